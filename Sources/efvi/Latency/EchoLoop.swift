import EtherFabric
import EtherFabricFrames
import Glibc

extension HostLink {
  /// Sends every datagram back to where it came from until `stop`, and returns how many.
  ///
  /// Exchanging the two ends of a datagram leaves its checksums right, so that the frame goes back as it came.
  mutating func echo(until stop: StopFlag, sharesCore: Bool) throws -> Int {
    var count = 0
    var spinner = Spinner(sharesCore: sharesCore)
    while !stop.isSet {
      guard let frame = try next() else {
        spinner.spin()
        continue
      }
      defer { port.recycle(frame.id) }
      guard let slot = port.transmitSlot(), frame.bytes.count <= slot.count else { continue }
      Self.turn(frame.bytes, into: slot.baseAddress!)
      try port.transmit(frame.bytes.count)
      count += 1
    }
    return count
  }

  @inline(__always)
  private static func turn(_ frame: UnsafeRawBufferPointer, into reply: UnsafeMutableRawPointer) {
    let base = frame.baseAddress!
    memcpy(reply, base, frame.count)
    memcpy(reply, base + 6, 6)
    memcpy(reply + 6, base, 6)
    memcpy(reply + 26, base + 30, 4)
    memcpy(reply + 30, base + 26, 4)
    memcpy(reply + 34, base + 36, 2)
    memcpy(reply + 36, base + 34, 2)
  }
}
