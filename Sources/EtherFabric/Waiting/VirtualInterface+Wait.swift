import EtherFabricFormats
import Glibc

#if ETHERFABRIC_HARDWARE
  import CEtherFabric
#endif

extension VirtualInterface {
  /// The descriptor that is readable when events may have come since the last `prime`. For `poll`, `epoll` and
  /// `select`; it belongs to the interface. It may be readable without an event (a frame that a filter refused): poll,
  /// then prime again.
  public var waitDescriptor: Int32 { resource.grant.waitDescriptor }

  /// `ef_eventq_prime` and `ef_vi_prime`. Asks to be woken by the next event, or at once where one is there.
  public mutating func prime() {
    #if ETHERFABRIC_HARDWARE
      if let interface = state.pointee.hardware, let hardware = state.pointee.hardwareState {
        // ENOENT on X3 and X4 before the first filter: no event can come yet.
        _ = ciul_ef_vi_prime(interface, hardware.pointee.handle, ciul_ef_eventq_current(interface))
        return
      }
    #endif
    state.pointee.ring(DoorbellPage.eventQueueReadPointer, state.pointee.eventPointer & state.pointee.eventMask)
    if let service = state.pointee.service {
      service(state.pointee.context, InterfaceGrant.Reason.prime | InterfaceGrant.Reason.receiveDoorbell)
    }
  }

  /// `ef_eventq_wait`. Sleeps until an event is there. For code that is not latency critical.
  /// - Parameter timeout: nil to wait for ever.
  /// - Returns: false when the time is over (the C call returns `-ETIMEDOUT` on EF10).
  /// - Throws: what `poll(2)` failed with, `EBADF` for a descriptor that somebody has closed; `EINTR` is not an error.
  public mutating func wait(timeout: Duration? = nil) throws(EtherFabricError) -> Bool {
    let deadline = timeout.map { ContinuousClock.now + $0 }
    while true {
      prime()
      if hasEvent { return true }
      // Bounded: should a wake-up be missed, it is late and not lost.
      var milliseconds: Int32 = 100
      if let deadline {
        let left = ContinuousClock.now.duration(to: deadline)
        guard left > .zero else { return false }
        milliseconds = Int32(
          clamping: min(
            100,
            left.components.seconds * 1000
              + left.components.attoseconds / 1_000_000_000_000_000 + 1))
      }
      var descriptor = pollfd(fd: waitDescriptor, events: Int16(POLLIN), revents: 0)
      let count = Glibc.poll(&descriptor, 1, milliseconds)
      guard count >= 0 || errno == EINTR, descriptor.revents & Int16(POLLNVAL) == 0 else {
        throw EtherFabricError(
          "VirtualInterface.wait", errno: count < 0 ? errno : EBADF,
          reason: "poll(2) on descriptor \(waitDescriptor) failed",
          remedy: "Do not close the descriptor: it belongs to the interface.")
      }
    }
  }

  /// The same without holding a thread: suspends the task until an event is there.
  /// - Throws: `CancellationError` when the task is cancelled.
  public mutating func waitForEvent() async throws {
    while true {
      prime()
      if hasEvent { return }
      try await DescriptorWaiter.waitUntilReadable(waitDescriptor)
    }
  }
}

extension Endpoint {
  /// Sleeps until something has happened, or the time is over (false). See `VirtualInterface.wait`.
  public mutating func wait(timeout: Duration? = nil) throws(EtherFabricError) -> Bool {
    if eventNext < eventCount || sentNext < sentCount { return true }
    refill()
    return try interface.wait(timeout: timeout)
  }

  /// Suspends the task until something has happened. See `VirtualInterface.waitForEvent`.
  public mutating func waitForEvent() async throws {
    if eventNext < eventCount || sentNext < sentCount { return }
    refill()
    try await interface.waitForEvent()
  }
}
