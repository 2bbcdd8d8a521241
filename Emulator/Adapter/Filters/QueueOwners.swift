/// Whom the shared receive queues of EFCT and EF10CT belong to: a domain alone, or everybody. A queue without a filter
/// belongs to nobody.
struct QueueOwners {
  /// The owner of queues that are not exclusive.
  static let everybody = UInt32.max

  private var queues: [UInt32: (owner: UInt32, filters: Int)] = [:]

  func owner(of queue: UInt32) -> UInt32? { queues[queue]?.owner }

  func isExclusive(_ queue: UInt32) -> Bool { owner(of: queue).map { $0 != Self.everybody } ?? false }

  mutating func add(_ claim: QueueClaim) {
    queues[claim.queue, default: (claim.owner, 0)].filters += 1
  }

  mutating func remove(_ queue: UInt32) {
    guard var entry = queues[queue] else { return }
    entry.filters -= 1
    queues[queue] = entry.filters > 0 ? entry : nil
  }
}

/// The receive queue that a filter steers to, and whose it is then.
struct QueueClaim {
  var queue: UInt32
  var owner: UInt32
}
