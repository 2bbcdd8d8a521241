/// How a frame carries another, by the number that receive events have for it.
public enum Encapsulation: UInt8, Sendable {
  case none = 0
  case vxlan = 1
  case gre = 2
}

/// What an adapter's parser knows of the frame or datagram inside a VXLAN or GRE packet, and its verdict on the checksums.
public struct CarriedFrame: Sendable, Equatable {
  public let encapsulation: Encapsulation
  /// Classes of what is inside. Its offsets count from where that begins, for a bare datagram from the outer frame.
  public let layout: FrameLayout
  /// The IPv4 header checksum inside is wrong.
  public let ipBad: Bool
  /// The TCP or UDP checksum inside is wrong.
  public let l4Bad: Bool
}

extension FrameLayout {
  /// The UDP port that IANA gave to VXLAN.
  @inlinable
  public static var vxlanPort: UInt16 { 4789 }

  /// What is inside the frame that this layout was parsed from; nil where it carries none.
  ///
  /// VXLAN: UDP to `vxlanPort` with the flag of a network identifier. GRE: version 0 without a route, with an Ethernet
  /// frame (NVGRE) or an IP datagram; of others the encapsulation is told, and no class. One level: what is inside that is
  /// not looked at.
  public func carriedFrame(_ frame: UnsafeRawPointer) -> CarriedFrame? {
    guard mayCarryFrame else { return nil }
    let end = isIPLengthValid ? Int(l3End) : Int(length)
    let start = Int(l4Offset)
    return l4Class == .udp ? vxlan(frame, at: start, end: end) : gre(frame, at: start, end: end)
  }

  private func vxlan(_ frame: UnsafeRawPointer, at start: Int, end: Int) -> CarriedFrame? {
    let inner = start + 16
    guard inner <= end, frame.field8(start + 8) & 0x08 != 0 else { return nil }
    return Self.ethernet(frame, at: inner, end: min(end, start + Int(frame.field16(start + 4))), .vxlan)
  }

  private func gre(_ frame: UnsafeRawPointer, at start: Int, end: Int) -> CarriedFrame? {
    guard start + 4 <= end else { return nil }
    let flags = frame.field16(start)
    guard flags & 0x4007 == 0 else { return nil }
    // Checksum, key and sequence number, 4 bytes each.
    let inner = start + 4 + (flags & 0xb000).nonzeroBitCount * 4
    guard inner <= end else { return nil }
    let type = frame.field16(start + 2)
    if type == EtherType.bridging { return Self.ethernet(frame, at: inner, end: end, .gre) }
    var layout = FrameLayout()
    layout.length = UInt32(end)
    layout.etherType = type
    layout.l3Offset = UInt16(truncatingIfNeeded: inner)
    layout.l4Offset = layout.l3Offset
    switch type {
    case EtherType.ipv4: layout.parseIPv4(frame, at: inner, length: end)
    case EtherType.ipv6: layout.parseIPv6(frame, at: inner, length: end)
    default: break
    }
    return Self.judged(layout, frame, .gre)
  }

  private static func ethernet(
    _ frame: UnsafeRawPointer, at start: Int, end: Int, _ encapsulation: Encapsulation
  ) -> CarriedFrame? {
    let inner = frame + start
    return judged(FrameLayout(inner, length: max(0, end - start)), inner, encapsulation)
  }

  private static func judged(
    _ layout: FrameLayout, _ frame: UnsafeRawPointer, _ encapsulation: Encapsulation
  ) -> CarriedFrame {
    let verdict = layout.verifyChecksums(frame)
    return CarriedFrame(
      encapsulation: encapsulation, layout: layout, ipBad: verdict.ipBad, l4Bad: verdict.l4Bad)
  }
}
