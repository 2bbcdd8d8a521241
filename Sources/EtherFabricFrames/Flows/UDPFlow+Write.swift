import EtherFabric
import EtherFabricFormats

extension UDPFlow {
  /// Writes the headers, `payloadOffset` bytes, for a payload of `payloadLength` bytes at most `maximumPayload`.
  ///
  /// The IPv4 header checksum is complete. The UDP checksum is 0: an adapter with checksum offload fills it in, and
  /// `fillChecksum` does without one.
  /// - Returns: the length of the whole frame, payload included, before any padding to 60 bytes.
  @inlinable
  @discardableResult
  public func write(payloadLength: Int, into frame: UnsafeMutableRawPointer) -> Int {
    precondition(payloadLength >= 0 && payloadLength <= maximumPayload, "A datagram does not hold this payload.")
    let length = UInt16(truncatingIfNeeded: payloadLength + 8)
    switch addresses {
    case .ipv4(let source, let destination):
      let offset = frame.writeEthernet(to: destinationMAC, from: sourceMAC, vlan: vlan, type: EtherType.ipv4)
      let header = frame + offset
      header.store16(0x4500, at: 0)
      header.store16(length + 20, at: 2)
      // No identification is needed where "do not fragment" is set.
      header.storeBytes(of: UInt32(0x4000).bigEndian, toByteOffset: 4, as: UInt32.self)
      header.store8(hopLimit, at: 8)
      header.store8(17, at: 9)
      source.store(to: header + 12)
      destination.store(to: header + 16)
      header.storeBytes(of: Checksum.ipv4Header(header), toByteOffset: 10, as: UInt16.self)
    case .ipv6(let source, let destination):
      let offset = frame.writeEthernet(to: destinationMAC, from: sourceMAC, vlan: vlan, type: EtherType.ipv6)
      let header = frame + offset
      header.storeBytes(of: UInt32(0x6000_0000).bigEndian, as: UInt32.self)
      header.store16(length, at: 4)
      header.store8(17, at: 6)
      header.store8(hopLimit, at: 7)
      source.store(to: header + 8)
      destination.store(to: header + 24)
    }
    let offset = payloadOffset
    let header = frame + (offset - 8)
    header.store16(sourcePort, at: 0)
    header.store16(destinationPort, at: 2)
    header.store16(length, at: 4)
    header.store16(0, at: 6)
    return offset + payloadLength
  }

  /// Writes the headers as `write(payloadLength:into:)` does, into a buffer that must hold `payloadOffset` bytes.
  @inlinable
  @discardableResult
  public func write(payloadLength: Int, into frame: UnsafeMutableRawBufferPointer) -> Int {
    precondition(frame.count >= payloadOffset, "The buffer is shorter than the headers.")
    return write(payloadLength: payloadLength, into: frame.baseAddress!)
  }

  /// Writes the UDP checksum of a frame whose headers `write` has written and whose payload is in place.
  @inlinable
  public func fillChecksum(payloadLength: Int, in frame: UnsafeMutableRawPointer) {
    let offset = payloadOffset - 8
    let header = frame + offset
    let length = UInt16(truncatingIfNeeded: payloadLength + 8)
    let network = frame + networkOffset
    var sum: InternetChecksum
    switch addresses {
    case .ipv4: sum = InternetChecksum(ipv4: network, protocol: 17, length: length)
    case .ipv6: sum = InternetChecksum(ipv6: network, protocol: 17, length: length)
    }
    sum.add(header, count: 6)
    sum.add(header + 8, count: payloadLength)
    header.storeBytes(of: sum.udpValue, toByteOffset: 6, as: UInt16.self)
  }
}
