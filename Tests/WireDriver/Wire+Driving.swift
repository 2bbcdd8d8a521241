import EmulatedAdapter
import Glibc

/// A frame as it came out of the wire.
public struct Arrival {
  public let bytes: [UInt8]
  public let timestamp: UInt64
}

/// A wire worked by hand, frame by frame, the way a port does.
extension Wire {
  /// Puts a frame into the wire; nil where it gave no room.
  public func commit(_ frame: [UInt8]) -> TransmitOutcome? {
    guard let room = operations.transmitReserve(operations.context, frame.count) else { return nil }
    room.copyMemory(from: frame, byteCount: frame.count)
    return TransmitOutcome(rawValue: operations.transmitCommit(operations.context, frame.count))
  }

  /// Ends a batch; the number of frames lost.
  public func flush() -> Int { Int(operations.transmitFlush(operations.context)) }

  /// The next frame, consumed, or nil.
  public func take() -> Arrival? {
    guard let frame = peek() else { return nil }
    operations.receiveRelease(operations.context)
    return frame
  }

  /// The next frame, not consumed, or nil.
  public func peek() -> Arrival? {
    var frame = WireFrame(bytes: UnsafeMutableRawPointer(bitPattern: 1)!, length: 0)
    guard operations.receiveNext(operations.context, &frame) else { return nil }
    let bytes = Array(UnsafeRawBufferPointer(start: frame.bytes, count: frame.length))
    return Arrival(bytes: bytes, timestamp: frame.timestamp)
  }

  /// Everything that has arrived.
  public func drain() -> [Arrival] {
    var frames: [Arrival] = []
    while let frame = take() { frames.append(frame) }
    return frames
  }

  /// Waits until `count` frames came, at most a second.
  public func take(_ count: Int) -> [Arrival] {
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
  public func isReadable(_ milliseconds: Int) -> Bool {
    var entry = pollfd(fd: waitDescriptor, events: Int16(POLLIN), revents: 0)
    return poll(&entry, 1, Int32(milliseconds)) > 0
  }
}
