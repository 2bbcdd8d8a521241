import EtherFabric
import EtherFabricFormats

/// Turns echo requests (ping) into their replies.
public enum EchoReply {
  /// Rewrites the ICMPv4 or ICMPv6 echo request in `frame` into its reply: addresses swapped, hop limit 64, checksums
  /// complete.
  /// - Returns: the reply's length without padding; nil, with the frame untouched, for anything that is not a whole
  ///   and correct echo request to one host.
  public static func makeInPlace(_ frame: UnsafeMutableRawBufferPointer) -> Int? {
    let layout = FrameLayout(UnsafeRawBufferPointer(frame))
    guard let base = frame.baseAddress, layout.destinationClass == .unicast, isRequest(base, layout) else { return nil }
    let mac = EthernetAddress(load: base)
    if layout.l3Class == .ip4 {
      let address = IPv4Address(load: base + Int(layout.l3Offset) + 16)
      guard !address.isMulticast, !address.isBroadcast else { return nil }
      rewriteIPv4(base, layout, mac: mac, address: address)
    } else {
      let address = IPv6Address(load: base + Int(layout.l3Offset) + 24)
      guard !address.isMulticast else { return nil }
      rewriteIPv6(base, layout, mac: mac, address: address)
    }
    return Int(layout.l3End)
  }

  /// Whether `frame` is a whole echo request with correct checksums from a host that can be answered.
  static func isRequest(_ frame: UnsafeRawPointer, _ layout: FrameLayout) -> Bool {
    guard layout.isIPLengthValid else { return false }
    let header = frame + Int(layout.l3Offset)
    let message = frame + Int(layout.l4Offset)
    let count = Int(layout.l3End) - Int(layout.l4Offset)
    guard count >= 8, !EthernetAddress(load: frame + 6).isMulticast else { return false }
    switch layout.l3Class {
    case .ip4 where layout.ipProtocol == 1:
      let source = IPv4Address(load: header + 12)
      guard message.load16(0) == 0x0800, !source.isUnspecified, !source.isMulticast, !source.isBroadcast,
        !layout.verifyChecksums(frame).ipBad
      else { return false }
      return InternetChecksum.fold(InternetChecksum.partialSum(message, count: count)) == 0xffff
    case .ip6 where layout.ipProtocol == 58 && layout.l3HeaderLength == 40:
      let source = IPv6Address(load: header + 8)
      guard message.load16(0) == 0x8000, !source.isUnspecified, !source.isMulticast else { return false }
      return isICMPv6Correct(frame, layout)
    default:
      return false
    }
  }

  /// Whether the ICMPv6 message of an IPv6 datagram without extension headers carries its checksum.
  static func isICMPv6Correct(_ frame: UnsafeRawPointer, _ layout: FrameLayout) -> Bool {
    let header = frame + Int(layout.l3Offset)
    let count = Int(layout.l3End) - Int(layout.l4Offset)
    var sum = InternetChecksum(ipv6: header, protocol: 58, length: UInt16(truncatingIfNeeded: count))
    sum.add(frame + Int(layout.l4Offset), count: count)
    return sum.folded == 0xffff
  }

  /// Answers the request in place as `mac` and `address`.
  static func rewriteIPv4(
    _ frame: UnsafeMutableRawPointer, _ layout: FrameLayout, mac: EthernetAddress, address: IPv4Address
  ) {
    returnToSender(frame, from: mac)
    let header = frame + Int(layout.l3Offset)
    IPv4Address(load: header + 12).store(to: header + 16)
    address.store(to: header + 12)
    header.store8(64, at: 8)
    header.storeBytes(of: Checksum.ipv4Header(header), toByteOffset: 10, as: UInt16.self)
    let message = frame + Int(layout.l4Offset)
    message.store16(0, at: 0)
    message.store16(0, at: 2)
    var sum = InternetChecksum()
    sum.add(message, count: Int(layout.l3End) - Int(layout.l4Offset))
    message.storeBytes(of: sum.value, toByteOffset: 2, as: UInt16.self)
  }

  /// Answers the request in place as `mac` and `address`.
  static func rewriteIPv6(
    _ frame: UnsafeMutableRawPointer, _ layout: FrameLayout, mac: EthernetAddress, address: IPv6Address
  ) {
    returnToSender(frame, from: mac)
    let header = frame + Int(layout.l3Offset)
    IPv6Address(load: header + 8).store(to: header + 24)
    address.store(to: header + 8)
    header.store8(64, at: 7)
    frame.store16(0x8100, at: Int(layout.l4Offset))
    fillICMPv6(header, count: Int(layout.l3End) - Int(layout.l4Offset))
  }

  /// Writes the checksum of the ICMPv6 message of `count` bytes right behind the IPv6 header.
  static func fillICMPv6(_ header: UnsafeMutableRawPointer, count: Int) {
    let message = header + 40
    message.store16(0, at: 2)
    var sum = InternetChecksum(ipv6: header, protocol: 58, length: UInt16(truncatingIfNeeded: count))
    sum.add(message, count: count)
    message.storeBytes(of: sum.value, toByteOffset: 2, as: UInt16.self)
  }

  /// Swaps the Ethernet addresses, with `mac` as the new source.
  static func returnToSender(_ frame: UnsafeMutableRawPointer, from mac: EthernetAddress) {
    EthernetAddress(load: frame + 6).store(to: frame)
    mac.store(to: frame + 6)
  }
}
