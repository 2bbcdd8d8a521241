/// `ef_filter_flags`: how a filter takes its frames.
public struct FilterFlags: OptionSet, Hashable, Sendable {
  public let rawValue: UInt32

  @inlinable
  public init(rawValue: UInt32) { self.rawValue = rawValue }

  /// `EF_FILTER_FLAG_MCAST_LOOP_RECEIVE`: also frames that this host itself sent to a multicast group.
  public static let multicastLoopback = FilterFlags(rawValue: 0x2)
  /// `EF_FILTER_FLAG_EXCLUSIVE_RXQ`: the receive queue is this program's alone.
  public static let exclusive = FilterFlags(rawValue: 0x4)
  /// `EF_FILTER_FLAG_SHARED_RXQ`: the receive queue may be shared with other programs.
  public static let shared = FilterFlags(rawValue: 0x8)
  /// `EF_FILTER_FLAG_REQUEST_WAKEUPS`: the receive queue raises wakeups.
  public static let requestWakeups = FilterFlags(rawValue: 0x10)
}
