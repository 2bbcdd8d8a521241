/// The fields of an EF10 receive event (`ESF_DZ_RX_*`), code 0. Source: facts sheet, section 3.
@frozen
public struct ReceiveEventWord: Equatable, Sendable {
  public var word: UInt64

  @inlinable public init(word: UInt64) { self.word = word }

  /// Error and class bits, at their place in the word.
  public enum Bit {
    public static let continues: UInt64 = 1 << 14
    public static let parseIncomplete: UInt64 = 1 << 15
    public static let frameCheckBad: UInt64 = 1 << 24
    public static let ipChecksumBad: UInt64 = 1 << 25
    public static let l4ChecksumBad: UInt64 = 1 << 26
    public static let truncated: UInt64 = 1 << 29
    public static let aborted: UInt64 = 1 << 30
    public static let multicast: UInt64 = 1 << 35
    /// `ESF_DZ_RX_EV_ROTATE`: the packed stream moved on to the next buffer before the packets of this event.
    public static let rotate: UInt64 = 1 << 53
    public static let innerIPChecksumBad: UInt64 = 1 << 56
    public static let innerL4ChecksumBad: UInt64 = 1 << 57
    /// Any bit that can make a discard.
    public static let anyError: UInt64 =
      frameCheckBad | ipChecksumBad | l4ChecksumBad | truncated | innerIPChecksumBad | innerL4ChecksumBad
  }

  /// - Parameters:
  ///   - bytes: written to this descriptor, receive prefix included.
  ///   - label: queue label.
  ///   - pointer: index of the descriptor after the last one completed; the low 4 bits are kept.
  ///   - flags: `Bit`s and class fields, at their place in the word.
  @inlinable
  public init(bytes: Int, label: Int, pointer: UInt32, flags: UInt64 = 0) {
    word =
      UInt64(truncatingIfNeeded: bytes & 0x3fff) | UInt64(truncatingIfNeeded: label & 0x1f) << 16
      | UInt64(pointer & 0xf) << 48 | flags
  }

  /// Bytes written to this descriptor, prefix included.
  @inlinable public var bytes: Int { Int(truncatingIfNeeded: word & 0x3fff) }
  /// The packet continues in the next descriptor.
  @inlinable public var continues: Bool { word & Bit.continues != 0 }
  /// Low 4 bits of the descriptor pointer after the last completed descriptor.
  @inlinable public var pointer: UInt32 { UInt32(truncatingIfNeeded: word >> 48 & 0xf) }
  /// The destination address is multicast or broadcast.
  @inlinable public var isMulticast: Bool { word & Bit.multicast != 0 }
  /// Ethernet base class, bits 36-38: 0 Ethernet II, 1 LLC, 2 LLC/SNAP.
  @inlinable public var l2Class: UInt8 { UInt8(truncatingIfNeeded: word >> 36 & 7) }
  /// VLAN tags, bits 39-41: 0, 1, 2.
  @inlinable public var vlanTags: UInt8 { UInt8(truncatingIfNeeded: word >> 39 & 7) }
  /// Bits 42-44: 0 unknown, 1 IPv4, 2 IPv6, 3 FCoE, 4 IPv4 fragment, 5 ARP, 6 IPv6 fragment.
  @inlinable public var l3Class: UInt8 { UInt8(truncatingIfNeeded: word >> 42 & 7) }
  /// Bits 32-33, how the frame carries another: 0 not, 1 VXLAN, 2 GRE. The classes are those of the frame inside.
  @inlinable public var encapsulation: UInt8 { UInt8(truncatingIfNeeded: word >> 32 & 3) }
  /// Bits 45-46: 1 TCP, 2 UDP.
  @inlinable public var l4Class: UInt8 { UInt8(truncatingIfNeeded: word >> 45 & 3) }

  /// The class fields at their place in the word.
  @inlinable
  public static func classes(l2: UInt8, vlanTags: UInt8, l3: UInt8, l4: UInt8, multicast: Bool) -> UInt64 {
    UInt64(l2 & 7) << 36 | UInt64(vlanTags & 7) << 39 | UInt64(l3 & 7) << 42 | UInt64(l4 & 3) << 45
      | (multicast ? Bit.multicast : 0)
  }
}
