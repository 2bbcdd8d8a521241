import EtherFabric
import EtherFabricFormats

extension UDPFlow {
  /// The flow that a received frame belongs to, as its sender would write it; nil for frames that are not whole UDP
  /// datagrams, and for those with two tags or behind 802.2.
  public init?(_ frame: UnsafeRawBufferPointer) {
    let layout = FrameLayout(frame)
    guard let base = frame.baseAddress, layout.l4Class == .udp, layout.isIPLengthValid, layout.vlanCount < 2,
      layout.baseClass == .ethernetII
    else { return nil }
    let header = base + Int(layout.l3Offset)
    let source = EthernetAddress(load: base + 6)
    let destination = EthernetAddress(load: base)
    let vlan = layout.vlanCount == 0 ? nil : base.load16(14)
    if layout.l3Class == .ip4 {
      self.init(
        from: source, IPv4Address(load: header + 12), port: layout.sourcePort,
        to: destination, IPv4Address(load: header + 16), port: layout.destinationPort, vlan: vlan)
      hopLimit = header.load8(8)
    } else {
      self.init(
        from: source, IPv6Address(load: header + 8), port: layout.sourcePort,
        to: destination, IPv6Address(load: header + 24), port: layout.destinationPort, vlan: vlan)
      hopLimit = header.load8(7)
    }
  }

  /// The payload of a received UDP datagram as a range of frame offsets, by UDP's own length; nil where the frame is
  /// not UDP or its lengths lie.
  @inlinable
  public static func payloadRange(of frame: UnsafeRawBufferPointer) -> Range<Int>? {
    let layout = FrameLayout(frame)
    guard let base = frame.baseAddress, layout.l4Class == .udp, layout.isIPLengthValid else { return nil }
    let start = Int(layout.l4Offset)
    let length = Int(base.load16(start + 4))
    guard length >= 8, start + length <= Int(layout.l3End) else { return nil }
    return start + 8..<start + length
  }
}
