import EtherFabric
import EtherFabricFormats

extension EmulatedAdapter {
  /// Reboots the adapter's controller, as a firmware fault does.
  ///
  /// All rings stop, with what was posted and pushed in them; alternatives lose what they hold; event timers stop; time syncs end. The driver writes a
  /// reset event behind the last event of each EF10 event queue that has room for it, and nothing follows it. Filters
  /// stay, since the driver inserts them again: their frames are dropped and counted in `rx_stopped`. On EFCT and EF10CT
  /// there is no event.
  ///
  /// An interface begins anew when its event queue is initialised again, then its rings; or it is freed, and another
  /// allocated. Source: the driver's reset handling, `efrm_nic_flush_all_queues` and `ef10_inject_reset_ev`.
  public func reset() {
    locked { state in
      port.withClaim {
        endInPlace()
        for memory in state.interfaces.values {
          memory.state.pointee.receiveStopped = true
          memory.state.pointee.transmitStopped = true
          memory.state.pointee.sending?.pointee.emptyAlternatives()
          let events = memory.events.state
          guard !events.pointee.isHalted else { continue }
          port.stopTimer(events)
          events.pointee.isHalted = true
          events.pointee.counters.pointee.resets &+= 1
          guard memory.state.pointee.datapath == .ef10, events.hasRoom else { continue }
          events.post(ManagementEventWord(kind: ManagementEventWord.Kind.reboot).word)
        }
        decideInPlace(&state)
      }
    }
  }
}
