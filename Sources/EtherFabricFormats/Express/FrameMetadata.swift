/// What an X3 or X4 tells about a received frame: 16 bytes at the start of a superbuf slot (`EFCT_RX_HEADER_*`).
///
/// First word: bits 0-13 length, 14-15 frame location, 16-31 checksum, 32-33 L2 class, 34-35 L3 class, 36-37 L4 class,
/// 38-39 L2 status, 40 L3 bad, 41 L4 bad, 42 rollover, 43 sentinel, 44-45 timestamp status, 46-61 filter id (46-55 on
/// X3), 56-63 user. Second word: bits 0-31 quarter nanoseconds, 32-63 seconds. The metadata are there once the sentinel
/// has the value that was agreed for the superbuf, so the second word is written before the first. On X3 the slot's
/// metadata tell about the frame of the slot before. Source: facts sheet, section 10.
@frozen
public struct FrameMetadata: Equatable, Sendable {
  /// The word with the sentinel.
  public var first: UInt64
  /// The timestamp.
  public var second: UInt64

  @inlinable
  public init(first: UInt64, second: UInt64) {
    self.first = first
    self.second = second
  }

  /// Bytes of the metadata.
  public static let size = 16
  public static let sentinelBit: UInt64 = 1 << 43
  public static let rolloverBit: UInt64 = 1 << 42
  /// Frame location 1: at `SuperbufLayout.dataOffset`. The library takes no other.
  public static let frameLocation: UInt64 = 1 << 14

  /// Values of `l2Class`.
  public enum L2Class {
    public static let other: UInt8 = 0
    /// Ethernet with at most one VLAN tag.
    public static let ethernet: UInt8 = 1
  }

  /// Values of `l3Class`.
  public enum L3Class {
    public static let ip4: UInt8 = 0
    public static let ip6: UInt8 = 1
    public static let other: UInt8 = 2
  }

  /// Values of `l4Class`.
  public enum L4Class {
    public static let tcp: UInt8 = 0
    public static let udp: UInt8 = 1
    public static let fragment: UInt8 = 2
    public static let other: UInt8 = 3
  }

  /// Values of `l2Status`.
  public enum L2Status {
    public static let good: UInt8 = 0
    public static let lengthError: UInt8 = 1
    public static let frameCheckError: UInt8 = 2
  }

  /// Values of `timestampStatus`. An X3 only tells none from any other value; its readers take the clock's state from
  /// the last time sync.
  public enum TimestampStatus {
    public static let none: UInt8 = 0
    public static let setAndInSync: UInt8 = 1
    public static let notSet: UInt8 = 2
    public static let setNotInSync: UInt8 = 3
  }

  /// - Parameters:
  ///   - l3Bad: L3 checksum wrong, or L3 not judged.
  ///   - l4Bad: L4 checksum wrong, or L4 not judged.
  ///   - filterID: 10 bits on X3, 16 on X4.
  ///   - user: 0 on X3; its low 6 bits lie over the top of a 16-bit filter id.
  ///   - quarters: quarter nanoseconds of the second.
  @inlinable
  public init(
    length: Int, l2Class: UInt8 = L2Class.ethernet, l3Class: UInt8 = L3Class.other, l4Class: UInt8 = L4Class.other,
    l2Status: UInt8 = L2Status.good, l3Bad: Bool = false, l4Bad: Bool = false, rollover: Bool = false, sentinel: Bool,
    timestampStatus: UInt8 = TimestampStatus.none, filterID: UInt16 = 0, user: UInt8 = 0, checksum: UInt16 = 0,
    seconds: UInt32 = 0, quarters: UInt32 = 0
  ) {
    let classes = UInt64(l2Class & 3) << 32 | UInt64(l3Class & 3) << 34 | UInt64(l4Class & 3) << 36
    let status = UInt64(l2Status & 3) << 38 | (l3Bad ? Self.l3BadBit : 0) | (l4Bad ? Self.l4BadBit : 0)
    let marks = (rollover ? Self.rolloverBit : 0) | (sentinel ? Self.sentinelBit : 0)
    first =
      UInt64(truncatingIfNeeded: length & 0x3fff) | Self.frameLocation | UInt64(checksum) << 16 | classes | status
      | marks | UInt64(timestampStatus & 3) << 44 | UInt64(filterID) << 46 | UInt64(user) << 56
    second = UInt64(seconds) << 32 | UInt64(quarters)
  }

  /// Bytes of the frame, without FCS.
  @inlinable public var length: Int { Int(truncatingIfNeeded: first & 0x3fff) }
  /// Bits 14-15, always 1 from an adapter that the library takes.
  @inlinable public var location: UInt8 { UInt8(truncatingIfNeeded: first >> 14 & 3) }
  @inlinable public var checksum: UInt16 { UInt16(truncatingIfNeeded: first >> 16) }
  @inlinable public var l2Class: UInt8 { UInt8(truncatingIfNeeded: first >> 32 & 3) }
  @inlinable public var l3Class: UInt8 { UInt8(truncatingIfNeeded: first >> 34 & 3) }
  @inlinable public var l4Class: UInt8 { UInt8(truncatingIfNeeded: first >> 36 & 3) }
  @inlinable public var l2Status: UInt8 { UInt8(truncatingIfNeeded: first >> 38 & 3) }
  @inlinable public var l3Bad: Bool { first & Self.l3BadBit != 0 }
  @inlinable public var l4Bad: Bool { first & Self.l4BadBit != 0 }
  /// No frame: the adapter leaves this superbuf before it is full.
  @inlinable public var rollover: Bool { first & Self.rolloverBit != 0 }
  @inlinable public var sentinel: Bool { first & Self.sentinelBit != 0 }
  @inlinable public var timestampStatus: UInt8 { UInt8(truncatingIfNeeded: first >> 44 & 3) }
  /// The 16 bits that the library reads on both adapters.
  @inlinable public var filterID: UInt16 { UInt16(truncatingIfNeeded: first >> 46) }
  @inlinable public var user: UInt8 { UInt8(truncatingIfNeeded: first >> 56) }
  @inlinable public var seconds: UInt32 { UInt32(truncatingIfNeeded: second >> 32) }
  /// Quarter nanoseconds of the second.
  @inlinable public var quarters: UInt32 { UInt32(truncatingIfNeeded: second) }

  @usableFromInline static let l3BadBit: UInt64 = 1 << 40
  @usableFromInline static let l4BadBit: UInt64 = 1 << 41
}
