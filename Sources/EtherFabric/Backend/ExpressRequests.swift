/// Requests that only EFCT and EF10CT adapters know.
public protocol ExpressRequests {
  /// Attaches an interface to the receive queue that a filter of it steers to. `superbufs` is how many the interface
  /// wants in flight.
  /// - Throws: `EALREADY` where it is attached, `ENOSPC` where it has all the queues that it can have.
  func attachReceiveQueue(
    _ queue: Int, superbufs: Int, interface: UInt32
  ) throws(EtherFabricError) -> ReceiveQueueGrant
}

extension ExpressRequests {
  public func attachReceiveQueue(
    _ queue: Int, superbufs: Int, interface: UInt32
  ) throws(EtherFabricError) -> ReceiveQueueGrant {
    throw .unsupported("VirtualInterface.addFilter", "receive queues of superbufs")
  }
}

extension EtherFabricError {
  /// What an adapter without a feature answers.
  static func unsupported(_ operation: String, _ feature: String) -> EtherFabricError {
    EtherFabricError(
      operation, errno: 95, reason: "this adapter has no \(feature)",
      remedy: "Ask Driver.capability before, or choose another adapter with 'nic='.")
  }
}
