import EtherFabric
import EtherFabricFormats
import Glibc
import Synchronization

func yieldProcessor() { sched_yield() }

/// `InterfaceGrant.Service` of the emulated adapter: what a doorbell or a poll wakes in inline mode.
func serviceInterface(_ context: UnsafeMutableRawPointer, _ reason: UInt32) {
  let interface = context.assumingMemoryBound(to: InterfaceState.self)
  let port = interface.pointee.port
  if !port.tryClaim() {
    let isPrime = reason & InterfaceGrant.Reason.prime != 0
    guard reason & InterfaceGrant.Reason.poll == 0, port.claimForDoorbell(isPatient: isPrime) else { return }
  }
  port.pointee.counters.services &+= 1
  // Nothing that has arrived depends on a packet that leaves, unless there is a clock to follow.
  if reason == InterfaceGrant.Reason.transmitDoorbell, port.pointee.clockUsers == 0, port.pointee.transmitFaults == nil
  {
    port.transmitAll(interface)
    return port.release()
  }
  // Frames that are on the wire came before this doorbell: they meet the ring as it was, all of them.
  if !port.pointee.waitsForPoll {
    let isReceive = reason & InterfaceGrant.Reason.receiveDoorbell != 0
    port.receiveFromWire(budget: isReceive ? PortState.doorbellBudget : PortState.receiveBudget)
  } else if reason & (InterfaceGrant.Reason.poll | InterfaceGrant.Reason.prime) != 0 {
    port.receiveFromWire()
  }
  interface.acceptReceiveDoorbell()
  port.transmitAll(interface)
  if reason & InterfaceGrant.Reason.prime != 0 { interface.prime() }
  port.release()
}

extension UnsafeMutablePointer where Pointee == PortState {
  /// A doorbell must not be lost while another thread works on the port: wait for a moment. Should the moment
  /// pass, the next poll of the interface finds the doorbell in its page. A prime is patient: it comes before a
  /// sleep, and no poll would follow.
  @inline(never)
  func claimForDoorbell(isPatient: Bool) -> Bool {
    var spin = 0
    while isPatient || spin < 10_000 {
      if tryClaim() {
        pointee.counters.contended &+= 1
        return true
      }
      spin &+= 1
      if spin & 0xff == 0xff { yieldProcessor() }
    }
    return false
  }

  /// What an adapter with a thread of its own does again and again. Returns whether there was anything to do.
  func serviceAll() -> Bool {
    guard tryClaim() else { return true }
    defer { release() }
    let before = pointee.counters.received &+ pointee.counters.transmitted
    pointee.counters.services &+= 1
    // A doorbell that was rung before a frame came must count for it, so doorbells are looked at first.
    forEachInterface { $0.acceptReceiveDoorbell() }
    receiveFromWire()
    forEachInterface { interface in
      transmitAll(interface)
      interface.primeWhenAsked()
    }
    return pointee.counters.received &+ pointee.counters.transmitted != before
  }

  /// Sends the time-sync events that are due at a time: before a frame that arrived then, or now. Frames may have
  /// waited on the wire, so their times decide, not that of this call.
  /// - Parameter time: the time underneath the clock.
  @inline(never)
  func synchroniseClock(_ time: UInt64) {
    guard pointee.clock.isSyncDue(time), pointee.clock.sendsSyncs else { return }
    // Packets before it are reported before it.
    if pointee.firstPending != nil { reportPending() }
    pointee.clock.lastSync = time
    let word = pointee.clock.syncWord(pointee.clock.shown(time))
    forEachInterface { interface in
      if let express = interface.pointee.express {
        interface.synchroniseExpress(pointee.clock.expressSyncWord(pointee.clock.shown(time)), express)
      } else if interface.pointee.wantsTimeSync {
        interface.pointee.events.pointee.counters.pointee.timeSyncs &+= 1
        interface.pointee.events.post(word)
      }
    }
  }
}

extension InterfaceState {
  /// An event queue gets one time sync, however many of its interfaces stamp.
  var wantsTimeSync: Bool { events.pointee.stampCount > 0 && ownsEvents && !events.pointee.isHalted }
  var stamps: Bool { !flags.isDisjoint(with: [.receiveTimestamps, .transmitTimestamps]) }
}

extension UnsafeMutablePointer where Pointee == InterfaceState {
  /// Takes over the receive descriptors up to the doorbell.
  @inline(__always)
  func acceptReceiveDoorbell() {
    guard pointee.acceptMask != 0 else { return beginAccepting() }
    pointee.receiveAccepted = pointee.register(DoorbellPage.receiveDoorbell) & pointee.acceptMask
  }

  /// The same for a ring that has not begun, does not exist, or lends its buffers.
  @inline(never)
  private func beginAccepting() {
    if let inPlace = pointee.port.pointee.inPlace, inPlace.pointee.interface == self {
      return pointee.port.acceptInPlace(inPlace)
    }
    let posted = pointee.register(DoorbellPage.receiveDoorbell) & pointee.receiveMask
    guard pointee.receiveMask != 0, posted >= pointee.minimumFill else { return }
    pointee.acceptMask = pointee.receiveMask
    pointee.receiveAccepted = posted
  }

  /// The ring is empty: it begins as a new one does.
  func forgetDescriptors() {
    pointee.receiveRead = 0
    pointee.receiveAccepted = 0
    pointee.acceptMask = pointee.minimumFill == 0 ? pointee.receiveMask : 0
    pointee.packedStream?.pointee.restart()
  }

  /// `EVQ_RPTR`: signals at once where an event stands at the read index, else with the next event.
  func prime() {
    pointee.port.pointee.wire.armWait(pointee.port.pointee.wire.context)
    prime(at: pointee.register(DoorbellPage.eventQueueReadPointer))
  }

  /// The same for an adapter whose thread watches the register. A prime may write the index that is there already,
  /// so the register is marked once it has been seen.
  @inline(__always)
  func primeWhenAsked() {
    guard pointee.register(DoorbellPage.eventQueueReadPointer) != InterfaceState.notPrimed else { return }
    prime(at: pointee.takePrime())
  }

  private func prime(at index: UInt32) {
    let events = pointee.events
    events.clearSignal()
    events.pointee.attention.insert(.sleeper)
    if let express = pointee.express { return primeExpress(at: index, express) }
    let read = index & events.pointee.mask
    if EventWord(word: events.pointee.slots[Int(read)].load(ordering: .acquiring)).isPresent { events.signal() }
  }
}
