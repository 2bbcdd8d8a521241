import EtherFabric
import EtherFabricFormats
import Glibc

extension EmulatedAdapter {
  /// The receive queue that frames of a filter go to; nil for an interface that has one of its own by its nature (EF10).
  ///
  /// A filter that names a queue has its way. Otherwise the driver chooses: on X3 two filters on the same fields are
  /// one in the hardware and so lead to one queue; all else of an interface goes to one queue, which is no other's
  /// while there are any left, since all of a queue is seen by all who read it. An X4's queues are one interface's each.
  /// - Throws: `ENOSPC` where an X4 has no queue left.
  func receiveQueue(
    for filter: FilterSpecification, interface: UInt32, _ owner: FilterOwner
  ) throws(EtherFabricError) -> UInt32? {
    guard let state = port.pointee.interfaces[Int(interface)], let express = state.pointee.express else { return nil }
    if let destination = filter.destinationQueue { return UInt32(destination) }
    if express.pointee.isEFCT, let shared = filters.queue(of: filter, owner) { return shared }
    if express.pointee.homeQueue < 0 { express.pointee.homeQueue = try freeQueue(isEFCT: express.pointee.isEFCT) }
    return UInt32(express.pointee.homeQueue)
  }

  /// A queue that nobody uses; on X3 that with the fewest interfaces where there is none.
  private func freeQueue(isEFCT: Bool) throws(EtherFabricError) -> Int32 {
    let limit = isEFCT ? ExpressParameters.sharedQueues : ExpressParameters.ownQueues
    var users = [Int](repeating: 0, count: limit)
    port.forEachInterface { interface in
      guard let express = interface.pointee.express else { return }
      if express.pointee.homeQueue >= 0 { users[Int(express.pointee.homeQueue)] += 1 }
      for place in 0..<express.pointee.attachmentCount {
        guard let number = express.pointee.attachments[place]?.pointee.queue.pointee.number else { continue }
        if Int32(number) != express.pointee.homeQueue { users[Int(number)] += 1 }
      }
    }
    // Queue 0 of an X3 is the network driver's.
    let candidates = (isEFCT ? 1 : 0)..<limit
    guard let best = candidates.min(by: { users[$0] < users[$1] }), isEFCT || users[best] == 0 else {
      throw EtherFabricError(
        "VirtualInterface.addFilter", errno: ENOSPC, reason: "all \(limit) receive queues of the adapter are in use",
        remedy: "Free an interface first.")
    }
    return Int32(best)
  }
}

extension FilterTable {
  /// The queue of the adapter's filter on the same fields; nil where it has none.
  func queue(of specification: FilterSpecification, _ owner: FilterOwner) -> UInt32? {
    guard let rule = try? FilterRule(specification, owner), let match = rule.match else { return nil }
    let key = rule.key.masked(match.mask, kind: Int(match.rawValue))
    return state.find(key, hash: key.hash).flatMap { hardwareID(in: $0) }.map { state.pointee.queues[Int($0)] }
  }
}
