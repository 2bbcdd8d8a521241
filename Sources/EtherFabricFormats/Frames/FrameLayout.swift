/// What an adapter's parser knows of one frame: classes, offsets and the fields that filters and checksums need.
///
/// Made in one pass over the headers with no reads outside the frame, whatever its bytes. Offsets count from the
/// frame's first byte; an offset that has no meaning for the frame is at most its length.
public struct FrameLayout: Sendable, Equatable {
  /// Bytes of the frame, without FCS.
  public internal(set) var length: UInt32 = 0
  /// Frame offset where the IP datagram ends by its own length; meaningful when `isIPLengthValid`.
  public internal(set) var l3End: UInt32 = 0
  /// Frame offset of the first byte after Ethernet, tags and SNAP.
  public internal(set) var l3Offset: UInt16 = 0
  /// Bytes of the IP header, with options and IPv6 extension headers that were walked; 0 where there is no IP.
  public internal(set) var l3HeaderLength: UInt16 = 0
  /// Frame offset of the transport header; `l3Offset + l3HeaderLength` where there is no transport.
  public internal(set) var l4Offset: UInt16 = 0
  /// The type field after all tags; 0 for 802.2 without SNAP.
  public internal(set) var etherType: UInt16 = 0
  /// Identifier (12 bits) of the first tag; 0 without tags.
  public internal(set) var outerVLAN: UInt16 = 0
  /// Identifier (12 bits) of the second tag; 0 without one.
  public internal(set) var innerVLAN: UInt16 = 0
  /// TCP or UDP ports, the source's above the destination's; 0 without transport. One field, stored and loaded at
  /// once: a load of both would wait for two stores.
  @usableFromInline var ports: UInt32 = 0
  /// IPv4 protocol, or the IPv6 next header after the extension headers walked; 0 where there is no IP.
  public internal(set) var ipProtocol: UInt8 = 0
  /// Tags, 0 to 2, of type 0x8100 or 0x88a8. A third is not looked into.
  public internal(set) var vlanCount: UInt8 = 0
  public internal(set) var destinationClass = DestinationClass.unicast
  public internal(set) var baseClass = EthernetBaseClass.ethernetII
  public internal(set) var l3Class = L3Class.unknown
  public internal(set) var l4Class = L4Class.none
  /// Whether the IP length covers at least the fixed header and options and ends inside the frame.
  public internal(set) var isIPLengthValid = false
  /// What is unusual about the frame: `Oddity` bits. One byte, so that a frame with nothing unusual is one comparison.
  @usableFromInline var oddities: UInt8 = 0

  enum Oddity {
    static let pendingRoute: UInt8 = 1
    static let incomplete: UInt8 = 2
    static let carrier: UInt8 = 4
  }

  /// Whether an IPv6 routing header has segments left: the final address, and so the checksum, is not in the header.
  public var hasPendingRoute: Bool { oddities & Oddity.pendingRoute != 0 }
  /// Whether headers could not be read to their end: an IP or transport header that is cut or that cannot be, or more
  /// extension headers than are followed.
  public var isIncomplete: Bool { oddities & Oddity.incomplete != 0 }
  /// Whether the frame may carry another: UDP to the port of VXLAN, or GRE. See `carriedFrame`.
  public var mayCarryFrame: Bool {
    oddities & Oddity.carrier != 0 || l4Class == .udp && destinationPort == Self.vxlanPort
  }
  /// Whether there is nothing of these, the port of VXLAN left aside.
  @inlinable @inline(__always)
  public var isOrdinary: Bool { oddities == 0 }

  /// TCP or UDP source port; 0 without transport.
  @inlinable public var sourcePort: UInt16 { UInt16(truncatingIfNeeded: ports >> 16) }
  /// TCP or UDP destination port; 0 without transport.
  @inlinable public var destinationPort: UInt16 { UInt16(truncatingIfNeeded: ports) }

  /// Most IPv6 extension headers that are walked; a datagram with more has no transport class.
  @inlinable
  public static var maximumExtensionHeaders: Int { 8 }

  /// The layout of no bytes.
  public init() {}

  /// Parses `length` bytes at `frame`.
  public init(_ frame: UnsafeRawPointer, length: Int) {
    self.init()
    parse(frame, length: length)
  }

  /// Parses `length` bytes at `frame` in place of what this layout was.
  @inline(__always)
  mutating func parse(_ frame: UnsafeRawPointer, length: Int) {
    self = FrameLayout()
    self.length = UInt32(truncatingIfNeeded: length)
    guard length >= 14 else {
      l3Offset = UInt16(truncatingIfNeeded: max(length, 0))
      l4Offset = l3Offset
      return
    }
    let l3 = parseEthernet(frame, length: length)
    l3Offset = UInt16(truncatingIfNeeded: l3)
    l4Offset = l3Offset
    switch etherType {
    case EtherType.ipv4: parseIPv4(frame, at: l3, length: length)
    case EtherType.ipv6: parseIPv6(frame, at: l3, length: length)
    case EtherType.arp: l3Class = .arp
    case EtherType.fcoe: l3Class = .fcoe
    default: break
    }
  }

  /// Parses the frame in `bytes`.
  public init(_ bytes: UnsafeRawBufferPointer) {
    if let base = bytes.baseAddress {
      self.init(base, length: bytes.count)
    } else {
      self.init()
    }
  }

  /// Parses the frame in `bytes`.
  @inlinable
  public init(_ bytes: RawSpan) {
    self = bytes.withUnsafeBytes { FrameLayout($0) }
  }
}
