import EtherFabric
import Glibc

extension EmulatedAdapter {
  public func receiveErrors(interface: UInt32, reset: Bool) throws(EtherFabricError) -> ReceiveErrorCounts {
    try locked { state throws(EtherFabricError) in
      guard let memory = state.interfaces[interface] else {
        throw EtherFabricError(
          "VirtualInterface.queryStatistics", errno: EINVAL, reason: "no interface \(interface)",
          remedy: "Pass the resource id of one that lives.")
      }
      let counters = port.withClaim { memory.state.pointee.counters }
      let now = ReceiveErrorCounts(
        frameCheck: UInt32(truncatingIfNeeded: counters.frameCheckErrors),
        truncated: UInt32(truncatingIfNeeded: counters.cut),
        noDescriptor: UInt32(truncatingIfNeeded: counters.noDescriptor),
        aborted: UInt32(truncatingIfNeeded: counters.truncated))
      let base = memory.errorBase
      if reset { memory.errorBase = now }
      return ReceiveErrorCounts(
        frameCheck: now.frameCheck &- base.frameCheck, truncated: now.truncated &- base.truncated,
        noDescriptor: now.noDescriptor &- base.noDescriptor, aborted: now.aborted &- base.aborted)
    }
  }
}
