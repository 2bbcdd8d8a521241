import EtherFabric
import EtherFabricFormats

/// What an interface has received and not reported yet, where one event tells of several descriptors.
struct MergeState {
  /// Descriptors that one event may complete: 1 for a receive ring that only has its prefix written by this path.
  let limit: UInt32
  /// Whether the prefix carries the filter's id.
  let hasFilterIDs: Bool
  /// Descriptors completed since the last event.
  var pending: UInt32 = 0
  /// What their event says of them: classes, errors, whether they continue. The same for all.
  var bits: UInt64 = 0
  /// Whether frames begin in them; the same for all.
  var isStart = false
  /// Bytes written to the last of them.
  var lastBytes = 0

  init(_ flags: InterfaceFlags) {
    limit = flags.contains(.receiveEventMerge) ? UInt32(RingRules.receiveBatch) : 1
    hasFilterIDs = flags.contains(.receiveFilterID)
  }

  /// Whether interfaces with these flags need it.
  static func isNeeded(_ flags: InterfaceFlags) -> Bool {
    !flags.isDisjoint(with: [.receiveEventMerge, .receiveFilterID])
  }
}
