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
  /// The receive errors at their last reset.
  var errorBase = ReceiveErrorCounts()

  init(
    request: InterfaceRequest, domain: DomainState, index: UInt32, label: Int, flags: InterfaceFlags,
    events: EventQueueMemory,
    ownsEvents: Bool, port: UnsafeMutablePointer<PortState>, counters: UnsafeMutablePointer<InterfaceCounters>
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
        datapath: domain.datapath, express: express, receivesPlainly: !isExpress, counterWords: counters))
    guard !isExpress, options.receiveCapacity > 0 else { return }
    if flags.contains(.receivePackedStream) {
      let packed = UnsafeMutablePointer<PackedStreamQueue>.allocate(capacity: 1)
      packed.initialize(to: PackedStreamQueue(flags))
      state.pointee.packedStream = packed
      state.pointee.receivesPlainly = false
    } else if MergeState.isNeeded(flags) {
      let merge = UnsafeMutablePointer<MergeState>.allocate(capacity: 1)
      merge.initialize(to: MergeState(flags))
      state.pointee.merge = merge
      state.pointee.receivesPlainly = false
    }
  }

  deinit {
    state.pointee.merge?.deallocate()
    state.pointee.packedStream?.deallocate()
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
  private let counters: AdapterCounters
  private let counterSlot: Int

  init(
    capacity: Int, owner: UInt32, wireDescriptor: Int32, port: UnsafeMutablePointer<PortState>, hasTimer: Bool,
    counters: AdapterCounters
  ) throws(EtherFabricError) {
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
    let words = counters.openEventQueue(owner: owner)
    self.counters = counters
    counterSlot = words.slot
    slots = .allocate(byteCount: capacity * 8, alignment: 4096)
    memset(slots, 0xff, capacity * 8)
    state = .allocate(capacity: 1)
    state.initialize(
      to: EventQueueState(
        slots: slots, capacity: capacity, wake: signal, wait: waitDescriptor, port: port, instance: owner,
        hasTimer: hasTimer, counters: words.counters))
  }

  deinit {
    counters.closeEventQueue(counterSlot)
    if state.pointee.timer.descriptor >= 0 { close(state.pointee.timer.descriptor) }
    close(signal)
    close(waitDescriptor)
    slots.deallocate()
    state.deallocate()
  }
}
