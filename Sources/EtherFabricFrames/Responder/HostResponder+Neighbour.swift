import EtherFabric
import EtherFabricFormats

extension HostResponder {
  /// Writes a neighbour advertisement for a correct solicitation of `address`.
  func answerSolicitation(
    _ frame: UnsafeRawPointer, _ layout: FrameLayout, for address: IPv6Address,
    into answer: UnsafeMutableRawPointer, room: Int
  ) -> Int? {
    let offset = Int(layout.l3Offset)
    let header = frame + offset
    let message = frame + Int(layout.l4Offset)
    let count = Int(layout.l3End) - Int(layout.l4Offset)
    // Hop limit 255 shows that no router has passed the frame on.
    guard layout.isIPLengthValid, layout.l3HeaderLength == 40, count >= 24, header.load8(7) == 255,
      message.load16(0) == 0x8700, IPv6Address(load: message + 8) == address
    else { return nil }
    let destination = IPv6Address(load: header + 24)
    guard destination == address || destination == address.solicitedNode, offset + 72 <= room,
      EchoReply.isICMPv6Correct(frame, layout)
    else { return nil }
    let source = IPv6Address(load: header + 8)
    guard !source.isMulticast else { return nil }

    answer.copyMemory(from: frame, byteCount: offset)
    EchoReply.returnToSender(answer, from: mac)
    // A host that tests whether the address is free has none yet: everyone is told.
    let isProbe = source.isUnspecified
    let recipient = isProbe ? IPv6Address.allNodes : source
    if isProbe { EthernetAddress(multicast: recipient).store(to: answer) }

    let reply = answer + offset
    reply.storeBytes(of: UInt32(0x6000_0000).bigEndian, as: UInt32.self)
    reply.store16(32, at: 4)
    reply.store8(58, at: 6)
    reply.store8(255, at: 7)
    address.store(to: reply + 8)
    recipient.store(to: reply + 24)
    reply.store16(0x8800, at: 40)
    // Override, and solicited where there was someone to answer.
    reply.storeBytes(of: UInt32(isProbe ? 0x2000_0000 : 0x6000_0000).bigEndian, toByteOffset: 44, as: UInt32.self)
    address.store(to: reply + 48)
    // Option: target link-layer address, 8 bytes.
    reply.store16(0x0201, at: 64)
    mac.store(to: reply + 66)
    EchoReply.fillICMPv6(reply, count: 32)
    return offset + 72
  }
}
