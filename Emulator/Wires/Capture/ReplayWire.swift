import CLinuxShims
import EmulatedAdapter
import EtherFabric
import Glibc

/// A wire on which the frames of a capture arrive, and which takes whatever the port transmits.
///
/// With the recorded pace the first frame arrives at the first `receiveNext`, and every later one when as much time
/// has passed on the clock as lies between them in the file, divided by the speed. Frames are never dropped because
/// the port is late. A file that ends in the middle of a record gives all frames in front of it, then `error`.
public final class ReplayWire: Wire {
  private let reader: CaptureReader
  private let recording: CaptureWriter?
  private let options: ReplayOptions
  private let descriptor: Int32
  private let state: UnsafeMutablePointer<ReplayState>

  /// Opens a capture to replay.
  ///
  /// - Parameters:
  ///   - path: A pcap or pcapng file. A FIFO or `-` works for one pass, and `receiveNext` then waits for its data.
  ///   - recording: Takes the frames that the port transmits, stamped with the real time clock.
  ///   - clock: Paces the replay.
  /// - Throws: As `CaptureReader.init`; `EINVAL` for an option out of range, or for more than one pass over what
  ///   can be read only once; the errno of the kernel when it gives no descriptor.
  public init(
    path: String, options: ReplayOptions = ReplayOptions(), recording: CaptureWriter? = nil,
    clock: ReplayClock = .monotonic
  ) throws(EtherFabricError) {
    try options.validate(path)
    let limit = options.mtu + ReplayOptions.headerLength
    let reader = try CaptureReader(path: path, frameLimit: limit, cutFrames: options.cutFrames)
    guard options.loops == 1 || reader.source.pointee.isSeekable else {
      throw EtherFabricError(
        "ReplayWire.init", errno: EINVAL, reason: "\(path): it can be read only once, not looped over",
        remedy: "Copy it into a file, or replay it once.")
    }
    let descriptor = options.pace == .asFastAsPossible ? efvi_wake_create() : efvi_timer_create()
    guard descriptor >= 0 else {
      throw EtherFabricError(
        "ReplayWire.init", errno: -descriptor, reason: "\(path): the kernel gives no descriptor to wait on",
        remedy: "Raise the limit of open files.")
    }
    // As fast as possible: there is a frame from the start.
    if options.pace == .asFastAsPossible { efvi_wake_signal(descriptor) }
    self.reader = reader
    self.recording = recording
    self.options = options
    self.descriptor = descriptor
    state = .allocate(capacity: 1)
    state.initialize(
      to: ReplayState(
        source: reader.source, sink: recording?.state, clock: clock, descriptor: descriptor, options: options))
  }

  deinit {
    state.deinitialize(count: 1)
    state.deallocate()
    close(descriptor)
  }

  public var operations: WireOperations {
    WireOperations(
      context: UnsafeMutableRawPointer(state),
      transmitReserve: { replay($0).pointee.transmitReserve($1) },
      transmitCommit: { replay($0).pointee.transmitCommit($1).rawValue },
      transmitFlush: { _ in 0 },
      receiveNext: { replay($0).pointee.receiveNext($1) },
      receiveRelease: { replay($0).pointee.receiveRelease() },
      armWait: { replay($0).pointee.armWait() })
  }

  /// Whether the port asked for a frame after the last one of the last pass, or the file failed.
  public var isExhausted: Bool { state.pointee.isExhausted }
  /// Why the replay stopped before its end, or nil; see `CaptureReader.error`.
  public var error: EtherFabricError? { reader.error }
  /// Frames that the port took, over all passes.
  public var framesReplayed: UInt64 { state.pointee.framesReplayed.value }
  /// Frames that the port transmitted.
  public var framesTransmitted: UInt64 { state.pointee.framesTransmitted.value }
  /// Bytes of these frames, without FCS.
  public var bytesTransmitted: UInt64 { state.pointee.bytesTransmitted.value }

  public var name: String { "pcap:\(reader.path)" }
  public var mtu: Int { options.mtu }
  public var macAddress: MACAddress? { nil }
  public var isLinkUp: Bool { true }
  public var waitDescriptor: Int32 { descriptor }

  /// `systemCalls` leaves out libpcap's reads of the file, one in 128 KiB.
  public func counters() -> WireCounters {
    state.pointee.countSkipped()
    return state.pointee.counters.counters
  }

  public func count(in cells: WireCounterCells?) { state.pointee.count(in: cells) }

  public var configuration: [(name: String, value: String)] {
    var lines = [
      (name: "capture", value: reader.path),
      (name: "pace", value: paceText),
      (name: "loops", value: options.loops.map { "\($0)" } ?? "for ever"),
      (name: "exhausted", value: isExhausted ? "yes" : "no"),
    ]
    if let error { lines.append((name: "error", value: "\(error)")) }
    if let recording { lines.append(contentsOf: recording.configuration) }
    return lines
  }

  private var paceText: String {
    switch options.pace {
    case .asFastAsPossible: "as fast as possible"
    case .recorded(let speed): "recorded, times \(speed)"
    }
  }
}

private func replay(_ context: UnsafeMutableRawPointer) -> UnsafeMutablePointer<ReplayState> {
  context.assumingMemoryBound(to: ReplayState.self)
}
