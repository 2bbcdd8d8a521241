import EmulatedAdapter
import EmulatedWires
import EtherFabric
import Glibc

/// A frame as it came out of the wire.
struct Arrival {
  let bytes: [UInt8]
  let timestamp: UInt64
}

extension XDPWire {
  /// Opens the adapter's end of the pair, for frames of these kinds.
  convenience init(_ wanted: WantedFrames = .everything, _ change: (inout XDPWireOptions) -> Void = { _ in }) throws {
    var options = XDPWireOptions()
    change(&options)
    try self.init(interface: "a0", options: options)
    _ = want(wanted)
  }

  /// Puts a frame into the wire; nil where it gave no room.
  func commit(_ frame: [UInt8]) -> TransmitOutcome? {
    guard let room = operations.transmitReserve(operations.context, frame.count) else { return nil }
    room.copyMemory(from: frame, byteCount: frame.count)
    return TransmitOutcome(rawValue: operations.transmitCommit(operations.context, frame.count))
  }

  /// Ends a batch; the number of frames lost.
  func flush() -> Int { Int(operations.transmitFlush(operations.context)) }

  /// The next frame, not consumed, or nil.
  func peek() -> Arrival? {
    var frame = WireFrame(bytes: UnsafeMutableRawPointer(bitPattern: 1)!, length: 0)
    guard operations.receiveNext(operations.context, &frame) else { return nil }
    let bytes = Array(UnsafeRawBufferPointer(start: frame.bytes, count: frame.length))
    return Arrival(bytes: bytes, timestamp: frame.timestamp)
  }

  /// The next frame, consumed, or nil.
  func take() -> Arrival? {
    guard let frame = peek() else { return nil }
    operations.receiveRelease(operations.context)
    return frame
  }

  /// Everything that has arrived.
  func drain() -> [Arrival] {
    var frames: [Arrival] = []
    while let frame = take() { frames.append(frame) }
    return frames
  }

  /// Waits until `count` frames came, at most a second.
  func take(_ count: Int) -> [Arrival] {
    var frames: [Arrival] = []
    for _ in 0..<100 {
      frames += drain()
      if frames.count >= count { break }
      operations.armWait(operations.context)
      _ = isReadable(10)
    }
    return frames
  }

  /// Whether the descriptor becomes readable within the time.
  func isReadable(_ milliseconds: Int) -> Bool {
    var entry = pollfd(fd: waitDescriptor, events: Int16(POLLIN), revents: 0)
    return poll(&entry, 1, Int32(milliseconds)) > 0
  }

  func line(_ name: String) -> String { configuration.first { $0.name == name }?.value ?? "" }
}

extension WantedFrames {
  static let everything: WantedFrames = {
    var wanted = WantedFrames()
    wanted.isEverything = true
    return wanted
  }()

  static func matches(_ matches: [StealMatch], known: [MACAddress] = []) -> WantedFrames {
    var wanted = WantedFrames()
    wanted.matches = matches
    wanted.known = known
    return wanted
  }

  /// One filter, beside so many others that nothing matches.
  static func match(beside others: Int = 0, _ change: (inout StealMatch) -> Void) -> WantedFrames {
    var match = StealMatch()
    change(&match)
    let crowd = (0..<others).map { index in
      var other = StealMatch()
      other.destinationMAC = MACAddress("02:ee:00:00:00:01")!
      other.etherType = 0x9000 + UInt16(index)
      return other
    }
    return .matches([match] + crowd)
  }
}
