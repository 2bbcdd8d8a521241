import EtherFabric
import EtherFabricFormats
import EtherFabricFrames
import Glibc

extension HostLink {
  /// Pings `peer` from this end, each request after the answer to the one before. Returns how many were answered.
  mutating func ping(_ peer: IPv4Address, count: Int, stop: StopFlag, sharesCore: Bool) throws -> Int {
    let peerMAC = try resolve(peer, timeout: .seconds(5), stop: stop)
    var answered = 0
    for sequence in 0..<UInt16(count) {
      guard let slot = port.transmitSlot() else { continue }
      try port.transmit(Self.writeRequest(sequence, to: peerMAC, peer, from: mac, address, into: slot.baseAddress!))
      let end = monotonicNanoseconds() + 1_000_000_000
      var isAnswered = false
      var spinner = Spinner(sharesCore: sharesCore)
      while !isAnswered, monotonicNanoseconds() < end, !stop.isSet {
        guard let frame = try port.next() else {
          spinner.spin()
          continue
        }
        isAnswered = Self.isReply(frame.bytes, to: sequence)
        port.recycle(frame.id)
      }
      if isAnswered { answered += 1 }
    }
    return answered
  }

  private static let payloadLength = 56

  /// Writes an ICMP echo request with 56 bytes after its header. Returns the length of the frame.
  private static func writeRequest(
    _ sequence: UInt16, to peerMAC: EthernetAddress, _ peer: IPv4Address, from mac: EthernetAddress,
    _ address: IPv4Address, into frame: UnsafeMutableRawPointer
  ) -> Int {
    let flow = UDPFlow(from: mac, address, port: 0, to: peerMAC, peer, port: 0)
    let length = flow.write(payloadLength: payloadLength, into: frame)
    // From UDP to ICMP: the protocol, its header of 8 bytes as well, and both checksums.
    frame.storeBytes(of: 1, toByteOffset: 23, as: UInt8.self)
    frame.storeBytes(of: 0, toByteOffset: 24, as: UInt16.self)
    frame.storeBytes(of: Checksum.ipv4Header(frame + 14), toByteOffset: 24, as: UInt16.self)
    let message = frame + 34
    memset(message, 0x5a, 8 + payloadLength)
    message.storeBytes(of: UInt32(0x0800_0000).bigEndian, as: UInt32.self)
    message.storeBytes(of: sequence.bigEndian, toByteOffset: 6, as: UInt16.self)
    var sum = InternetChecksum()
    sum.add(message, count: 8 + payloadLength)
    message.storeBytes(of: sum.value, toByteOffset: 2, as: UInt16.self)
    return length
  }

  private static func isReply(_ frame: UnsafeRawBufferPointer, to sequence: UInt16) -> Bool {
    guard frame.count >= 42 + payloadLength, frame[23] == 1, frame[34] == 0 else { return false }
    return frame.loadUnaligned(fromByteOffset: 40, as: UInt16.self) == sequence.bigEndian
      && frame[42..<42 + payloadLength].allSatisfy { $0 == 0x5a }
  }
}
