import CLinuxShims
import EtherFabric
import EtherFabricFormats
import Glibc

/// The memory of one interface: rings, event queue, doorbell page, and what wakes its sleepers.
final class InterfaceMemory {
  let state: UnsafeMutablePointer<InterfaceState>
  let events: EventQueueMemory
  let rings: UnsafeMutableRawPointer
  let receiveRing: UnsafeMutablePointer<UInt64>
  let transmitRing: UnsafeMutablePointer<UInt64>
  let doorbells: UnsafeMutableRawPointer
  let index: UInt32
  private var express: UnsafeMutablePointer<ExpressInterfaceState>?

  init(
    request: InterfaceRequest, domain: DomainState, index: UInt32, label: Int, flags: InterfaceFlags,
    events: EventQueueMemory,
    ownsEvents: Bool, port: UnsafeMutablePointer<PortState>
  ) {
    let isExpress = domain.datapath.isExpress
    var options = request.options
    if isExpress {
      express = .allocate(capacity: 1)
      express?.initialize(
        to: ExpressInterfaceState(
          datapath: domain.datapath, flags: flags, transmitCapacity: options.transmitCapacity,
          eventCapacity: events.capacity, mergesCompletions: port.pointee.completionBatch > 1))
      // There are no rings.
      options.receiveCapacity = 0
      options.transmitCapacity = 0
    }
    let receiveBytes = max(options.receiveCapacity, 1) * 8
    let bytes = receiveBytes + max(options.transmitCapacity, 1) * 8
    rings = .allocate(byteCount: bytes, alignment: 4096)
    memset(rings, 0, bytes)
    receiveRing = rings.assumingMemoryBound(to: UInt64.self)
    transmitRing = (rings + receiveBytes).assumingMemoryBound(to: UInt64.self)
    doorbells = .allocate(byteCount: DoorbellPage.size, alignment: 4096)
    memset(doorbells, 0, DoorbellPage.size)
    doorbells.storeBytes(
      of: InterfaceState.notPrimed, toByteOffset: DoorbellPage.eventQueueReadPointer, as: UInt32.self)
    self.events = events
    self.index = index
    state = .allocate(capacity: 1)
    let hasPrefix = !isExpress && !flags.isDisjoint(with: [.receiveTimestamps, .receiveEventMerge, .receiveFilterID])
    state.initialize(
      to: InterfaceState(
        index: index, port: port, domain: request.domain, label: label, flags: flags, events: events.state,
        ownsEvents: ownsEvents, doorbells: doorbells, receiveRing: receiveRing,
        receiveMask: options.receiveCapacity == 0 ? 0 : UInt32(options.receiveCapacity - 1),
        prefixLength: hasPrefix ? ReceivePrefix.length : 0, transmitRing: transmitRing,
        transmitMask: options.transmitCapacity == 0 ? 0 : UInt32(options.transmitCapacity - 1),
        fillsIPChecksum: !flags.contains(.noIPChecksum), fillsL4Checksum: !flags.contains(.noL4Checksum),
        stampsTransmits: flags.contains(.transmitTimestamps), isRestricted: flags.contains(.transmitTCPUDPOnly),
        datapath: domain.datapath, express: express, receivesPlainly: !isExpress))
  }

  deinit {
    state.deallocate()
    express?.pointee.deallocate()
    express?.deallocate()
    rings.deallocate()
    doorbells.deallocate()
  }
}

/// The memory of an event queue, kept while an interface uses it.
final class EventQueueMemory {
  let state: UnsafeMutablePointer<EventQueueState>
  let slots: UnsafeMutableRawPointer
  let capacity: Int
  let owner: UInt32
  /// Readable when there may be an event: the queue's own signal, and the wire's where nobody else serves it.
  let waitDescriptor: Int32
  private let signal: Int32
  /// Labels in use, by bit.
  var labels: UInt32 = 0

  init(capacity: Int, owner: UInt32, wireDescriptor: Int32) throws(EtherFabricError) {
    let call = "ProtectionDomain.allocateVirtualInterface"
    signal = efvi_wake_create()
    waitDescriptor = efvi_wait_create()
    guard signal >= 0, waitDescriptor >= 0 else {
      let code = -min(signal, waitDescriptor)
      if signal >= 0 { close(signal) }
      if waitDescriptor >= 0 { close(waitDescriptor) }
      throw EtherFabricError(
        call, errno: code, reason: "no descriptor to wait on", remedy: "Raise the limit of open files (ulimit -n).")
    }
    for descriptor in [signal, wireDescriptor] where descriptor >= 0 {
      _ = efvi_wait_add(waitDescriptor, descriptor)
    }
    self.capacity = capacity
    self.owner = owner
    slots = .allocate(byteCount: capacity * 8, alignment: 4096)
    memset(slots, 0xff, capacity * 8)
    state = .allocate(capacity: 1)
    state.initialize(to: EventQueueState(slots: slots, capacity: capacity, wake: signal))
  }

  deinit {
    close(signal)
    close(waitDescriptor)
    slots.deallocate()
    state.deallocate()
  }
}
