import EmulatedAdapter
import EtherFabric
import Glibc

/// Any wire with a tap in it: frames that pass are also written to a capture.
///
/// Received frames are recorded as the inner wire gives them, with its time stamp or, where it has none, the real
/// time clock; transmitted ones once the inner wire has accepted them. A recording that fails never disturbs the
/// traffic: it is counted by the writer, and told by `error` and `configuration`.
public final class RecordingWire: Wire {
  /// Which frames are recorded.
  public struct Directions: OptionSet, Sendable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }
    /// From the wire into the adapter.
    public static let receive = Directions(rawValue: 1)
    /// From the adapter onto the wire.
    public static let transmit = Directions(rawValue: 2)
    /// Both.
    public static let both: Directions = [.receive, .transmit]
  }

  /// The wire that carries the traffic.
  public let inner: any Wire
  /// Where the frames go.
  public let writer: CaptureWriter
  private let tap: UnsafeMutablePointer<RecordingTap>

  /// Puts a tap in front of `inner`. Both objects stay usable for control; the datapath of `inner` must only be
  /// driven through this wire.
  public init(_ inner: any Wire, writer: CaptureWriter, directions: Directions = .both) {
    self.inner = inner
    self.writer = writer
    tap = .allocate(capacity: 1)
    tap.initialize(to: RecordingTap(inner: inner.operations, sink: writer.state, directions: directions))
    // What is written has a time, whether or not the port asks for one.
    inner.stamp(true)
  }

  deinit {
    tap.deinitialize(count: 1)
    tap.deallocate()
    writer.state.pointee.flush()
  }

  public var operations: WireOperations {
    WireOperations(
      context: UnsafeMutableRawPointer(tap),
      transmitReserve: { recordingTap($0).pointee.transmitReserve($1) },
      transmitCommit: { recordingTap($0).pointee.transmitCommit($1) },
      transmitFlush: { recordingTap($0).pointee.transmitFlush() },
      receiveNext: { recordingTap($0).pointee.receiveNext($1) },
      receiveRelease: { recordingTap($0).pointee.receiveRelease() },
      armWait: { recordingTap($0).pointee.armWait() },
      transmitPoisoned: inner.operations.transmitPoisoned == nil
        ? nil : { recordingTap($0).pointee.transmitPoisoned($1) })
  }

  /// Why the recording stopped, or nil.
  public var error: EtherFabricError? { writer.error }

  public var name: String { inner.name }
  public var mtu: Int { inner.mtu }
  public var macAddress: MACAddress? { inner.macAddress }
  public var isLinkUp: Bool { inner.isLinkUp }
  public var waitDescriptor: Int32 { inner.waitDescriptor }
  public func counters() -> WireCounters { inner.counters() }
  public func count(in cells: WireCounterCells?) { inner.count(in: cells) }
  public var canSteal: Bool { inner.canSteal }
  public func steal(_ matches: [StealMatch]) -> Bool { inner.steal(matches) }
  public var leavesUnwanted: Bool { inner.leavesUnwanted }
  public func want(_ frames: WantedFrames) -> Bool { inner.want(frames) }

  public var configuration: [(name: String, value: String)] { inner.configuration + writer.configuration }
}

extension CaptureWriter {
  /// What a wire that records tells of it.
  var configuration: [(name: String, value: String)] {
    var lines = [
      (name: "recording", value: path),
      (name: "recorded", value: "\(framesRecorded) frames"),
      (name: "not recorded", value: "\(framesLost) frames"),
    ]
    if let error { lines.append((name: "recording error", value: "\(error)")) }
    return lines
  }
}

/// The datapath of a `RecordingWire`, in memory of its own.
private struct RecordingTap: ~Copyable {
  /// As long as any frame that a wire takes, also one that the wire is to segment.
  private static let stageBytes = 1 << 17

  private let inner: WireOperations
  private let sink: UnsafeMutablePointer<CaptureSink>
  private let recordsReceive: Bool
  private let recordsTransmit: Bool
  private let stage: UnsafeMutableRawPointer
  private var reserved: UnsafeMutableRawPointer?
  private var isCurrentRecorded = false

  init(inner: WireOperations, sink: UnsafeMutablePointer<CaptureSink>, directions: RecordingWire.Directions) {
    self.inner = inner
    self.sink = sink
    recordsReceive = directions.contains(.receive)
    recordsTransmit = directions.contains(.transmit)
    stage = .allocate(byteCount: Self.stageBytes, alignment: 64)
  }

  deinit { stage.deallocate() }

  mutating func transmitReserve(_ length: Int) -> UnsafeMutableRawPointer? {
    reserved = inner.transmitReserve(inner.context, length)
    return reserved
  }

  mutating func transmitCommit(_ length: Int) -> Int32 {
    guard recordsTransmit, let reserved, length >= 0 else { return inner.transmitCommit(inner.context, length) }
    self.reserved = nil
    // After the commit the room belongs to the wire again, before it nobody knows whether the frame will pass.
    let kept = min(length, Self.stageBytes)
    stage.copyMemory(from: reserved, byteCount: kept)
    let outcome = inner.transmitCommit(inner.context, length)
    if outcome == TransmitOutcome.sent.rawValue {
      _ = sink.pointee.record(
        stage, length: kept, originalLength: length, timestamp: nanoseconds(of: CLOCK_REALTIME))
    }
    return outcome
  }

  /// A capture has no place for the mark, so such a frame is not recorded.
  func transmitPoisoned(_ length: Int) -> Int32 {
    inner.transmitPoisoned?(inner.context, length) ?? TransmitOutcome.failed.rawValue
  }

  func transmitFlush() -> Int32 { inner.transmitFlush(inner.context) }

  mutating func receiveNext(_ out: UnsafeMutableRawPointer) -> Bool {
    guard inner.receiveNext(inner.context, out) else { return false }
    guard recordsReceive, !isCurrentRecorded else { return true }
    isCurrentRecorded = true
    let frame = out.assumingMemoryBound(to: WireFrame.self).pointee
    guard !frame.isPoisoned else { return true }
    let timestamp = frame.timestamp != 0 ? frame.timestamp : nanoseconds(of: CLOCK_REALTIME)
    _ = sink.pointee.record(
      frame.bytes, length: frame.length, originalLength: frame.length, timestamp: timestamp)
    return true
  }

  mutating func receiveRelease() {
    isCurrentRecorded = false
    inner.receiveRelease(inner.context)
  }

  func armWait() { inner.armWait(inner.context) }
}

private func recordingTap(_ context: UnsafeMutableRawPointer) -> UnsafeMutablePointer<RecordingTap> {
  context.assumingMemoryBound(to: RecordingTap.self)
}
