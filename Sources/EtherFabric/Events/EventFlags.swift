/// `EF_EVENT_FLAG_*` of receive events.
@frozen
public struct ReceiveFlags: OptionSet, Hashable, Sendable {
  public var rawValue: UInt16
  @inlinable public init(rawValue: UInt16) { self.rawValue = rawValue }

  /// First fragment of a packet.
  public static let startOfPacket = ReceiveFlags(rawValue: 1)  // EF_EVENT_FLAG_SOP
  /// More fragments follow.
  public static let continues = ReceiveFlags(rawValue: 2)  // EF_EVENT_FLAG_CONT
  /// Multicast or broadcast.
  public static let multicast = ReceiveFlags(rawValue: 8)  // EF_EVENT_FLAG_MULTICAST
}

/// `EF_EVENT_RX_DISCARD_*`. Why a packet was marked.
@frozen
public enum DiscardReason: UInt8, Hashable, Sendable {
  case checksumBad = 0
  case multicastMismatch = 1
  case frameCheckBad = 2
  case truncated = 3
  case rightsBad = 4
  case eventError = 5
  case other = 6
  case innerChecksumBad = 7
}

extension DiscardReason {
  /// `ef_vi_get_rx_discard_subtype_from_flags`. The one reason that stands for the errors of a packet: the frame check
  /// before the length, checksums, inner checksums, and classes.
  @inlinable
  public init(_ errors: DiscardMask) {
    if errors.contains(.frameCheckError) {
      self = .frameCheckBad
    } else if errors.contains(.lengthError) {
      self = .truncated
    } else if !errors.isDisjoint(with: [.l4ChecksumError, .l3ChecksumError]) {
      self = .checksumBad
    } else if !errors.isDisjoint(with: [.innerL4ChecksumError, .innerL3ChecksumError]) {
      self = .innerChecksumBad
    } else if !errors.isDisjoint(with: [.l2ClassOther, .l3ClassOther, .l4ClassOther]) {
      self = .other
    } else {
      self = .checksumBad
    }
  }
}

/// `EF_VI_DISCARD_*`. Which errors make a discard event.
@frozen
public struct DiscardMask: OptionSet, Hashable, Sendable {
  public var rawValue: UInt32
  @inlinable public init(rawValue: UInt32) { self.rawValue = rawValue }

  public static let l4ChecksumError = DiscardMask(rawValue: 0x1)  // EF_VI_DISCARD_RX_L4_CSUM_ERR
  public static let l3ChecksumError = DiscardMask(rawValue: 0x2)  // EF_VI_DISCARD_RX_L3_CSUM_ERR
  public static let frameCheckError = DiscardMask(rawValue: 0x4)  // EF_VI_DISCARD_RX_ETH_FCS_ERR
  public static let lengthError = DiscardMask(rawValue: 0x8)  // EF_VI_DISCARD_RX_ETH_LEN_ERR
  /// Means nothing on any adapter.
  @available(*, deprecated, message: "no adapter tells this error")
  public static let toBeDiscarded = DiscardMask(rawValue: 0x10)  // EF_VI_DISCARD_RX_TOBE_DISC
  public static let innerL4ChecksumError = DiscardMask(rawValue: 0x20)  // EF_VI_DISCARD_RX_INNER_L4_CSUM_ERR
  public static let innerL3ChecksumError = DiscardMask(rawValue: 0x40)  // EF_VI_DISCARD_RX_INNER_L3_CSUM_ERR
  public static let l2ClassOther = DiscardMask(rawValue: 0x80)  // EF_VI_DISCARD_RX_L2_CLASS_OTHER
  public static let l3ClassOther = DiscardMask(rawValue: 0x100)  // EF_VI_DISCARD_RX_L3_CLASS_OTHER
  public static let l4ClassOther = DiscardMask(rawValue: 0x200)  // EF_VI_DISCARD_RX_L4_CLASS_OTHER
  /// What a new VI starts with.
  public static let standard = DiscardMask(rawValue: 0x6f)

  /// `ef_vi_get_rx_discard_subtype_from_flags`. The reason that stands for these errors: the frame check before the
  /// length, before checksums, before inner checksums, before what is of another class.
  public var reason: DiscardReason {
    if contains(.frameCheckError) { return .frameCheckBad }
    if contains(.lengthError) { return .truncated }
    if !isDisjoint(with: [.l4ChecksumError, .l3ChecksumError]) { return .checksumBad }
    if !isDisjoint(with: [.innerL4ChecksumError, .innerL3ChecksumError]) { return .innerChecksumBad }
    return isDisjoint(with: [.l2ClassOther, .l3ClassOther, .l4ClassOther]) ? .checksumBad : .other
  }
}

/// `EF_VI_SYNC_FLAG_*`. The state of the adapter's clock at a timestamp.
@frozen
public struct ClockFlags: OptionSet, Hashable, Sendable {
  public var rawValue: UInt8
  @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }

  public static let clockSet = ClockFlags(rawValue: 1)  // EF_VI_SYNC_FLAG_CLOCK_SET
  public static let inSync = ClockFlags(rawValue: 2)  // EF_VI_SYNC_FLAG_CLOCK_IN_SYNC
}
