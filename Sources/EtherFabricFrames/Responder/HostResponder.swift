import EtherFabric
import EtherFabricFormats

/// What a host must answer to be reachable: who has this address, and ping.
///
/// Answers ARP requests, ICMPv4 echo requests, IPv6 neighbour solicitations and ICMPv6 echo requests for its own
/// addresses, with the tags of the question. Keeps no state and allocates nothing.
public struct HostResponder: Sendable, Equatable {
  public var mac: EthernetAddress
  /// The IPv4 address to answer for, or nil for none.
  public var ipv4: IPv4Address?
  /// The IPv6 address to answer for, or nil for none.
  public var ipv6: IPv6Address?

  public init(mac: EthernetAddress, ipv4: IPv4Address? = nil, ipv6: IPv6Address? = nil) {
    self.mac = mac
    self.ipv4 = ipv4
    self.ipv6 = ipv6
  }

  /// Writes the answer to `frame` into `output`, which must not overlap it.
  /// - Returns: the answer's length without padding; nil where the frame asks nothing of this host, is not correct, or
  ///   the answer does not fit.
  public func respond(to frame: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer) -> Int? {
    let layout = FrameLayout(frame)
    guard let base = frame.baseAddress, let answer = output.baseAddress, frame.count >= 14 else { return nil }
    guard layout.destinationClass != .unicast || EthernetAddress(load: base) == mac,
      !EthernetAddress(load: base + 6).isMulticast, layout.baseClass == .ethernetII
    else { return nil }
    switch layout.l3Class {
    case .arp: return answerARP(frame, layout, into: answer, room: output.count)
    case .ip4: return answerIPv4(base, layout, into: answer, room: output.count)
    case .ip6 where layout.ipProtocol == 58: return answerIPv6(base, layout, into: answer, room: output.count)
    default: return nil
    }
  }

  private func answerARP(
    _ frame: UnsafeRawBufferPointer, _ layout: FrameLayout, into answer: UnsafeMutableRawPointer, room: Int
  ) -> Int? {
    let offset = Int(layout.l3Offset)
    guard let ipv4, let question = ARPMessage(frame), question.operation == .request,
      question.targetAddress == ipv4, offset + ARPMessage.length <= room
    else { return nil }
    // Type and tags are the question's.
    answer.copyMemory(from: frame.baseAddress!, byteCount: offset)
    EchoReply.returnToSender(answer, from: mac)
    question.reply(from: mac).writeMessage(answer + offset)
    return offset + ARPMessage.length
  }

  private func answerIPv4(
    _ frame: UnsafeRawPointer, _ layout: FrameLayout, into answer: UnsafeMutableRawPointer, room: Int
  ) -> Int? {
    let length = Int(layout.l3End)
    guard let ipv4, layout.destinationClass == .unicast, EchoReply.isRequest(frame, layout), length <= room,
      IPv4Address(load: frame + Int(layout.l3Offset) + 16) == ipv4
    else { return nil }
    answer.copyMemory(from: frame, byteCount: length)
    EchoReply.rewriteIPv4(answer, layout, mac: mac, address: ipv4)
    return length
  }

  private func answerIPv6(
    _ frame: UnsafeRawPointer, _ layout: FrameLayout, into answer: UnsafeMutableRawPointer, room: Int
  ) -> Int? {
    guard let ipv6 else { return nil }
    if let length = answerSolicitation(frame, layout, for: ipv6, into: answer, room: room) { return length }
    let destination = IPv6Address(load: frame + Int(layout.l3Offset) + 24)
    let length = Int(layout.l3End)
    guard destination == ipv6 || destination == .allNodes, EchoReply.isRequest(frame, layout), length <= room
    else { return nil }
    answer.copyMemory(from: frame, byteCount: length)
    EchoReply.rewriteIPv6(answer, layout, mac: mac, address: ipv6)
    return length
  }
}
