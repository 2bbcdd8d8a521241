import EtherFabric

extension EmulatedAdapter {
  /// Lets the next cut-through sends of EF10 interfaces fail: the fallback of each is sent. It adds to the fault plan.
  /// - Parameters:
  ///   - count: how many; 0 takes back what is left of an earlier call.
  ///   - underrun: the frame comes too slowly, so that what had begun to go out ends with a bad frame check sequence;
  ///     else the adapter takes no notice of it.
  public func failNextCutThroughs(_ count: Int, underrun: Bool = false) {
    port.withClaim {
      port.pointee.cutThroughFaults.ordered = max(0, count)
      port.pointee.cutThroughFaults.orderedUnderrun = underrun
    }
  }
}
