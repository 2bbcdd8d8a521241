import EtherFabric
import EtherFabricFormats
import Glibc

/// The memory of one interface: rings, event queue, doorbell page, and what wakes its sleepers.
final class InterfaceMemory {
  let state: UnsafeMutablePointer<InterfaceState>
  let events: EventQueueMemory
  private let pages: InterfacePages
  let receiveRing: UnsafeMutablePointer<UInt64>
  let transmitRing: UnsafeMutablePointer<UInt64>
  let doorbells: UnsafeMutableRawPointer
  let index: UInt32
  /// The set that it is a member of.
  var set: UInt32?
  private var express: UnsafeMutablePointer<ExpressInterfaceState>?
  /// What the interface has of the alternatives of the adapter.
  var alternatives: AlternativePool.Share?
  /// The receive errors at their last reset.
  var errorBase = ReceiveErrorCounts()

  init(
    request: InterfaceRequest, domain: DomainState, index: UInt32, label: Int, flags: InterfaceFlags,
    events: EventQueueMemory,
    ownsEvents: Bool, port: UnsafeMutablePointer<PortState>, counters: AdapterCounters,
    minimumFill: Int
  ) throws(EtherFabricError) {
    let isExpress = domain.datapath.isExpress
    var options = request.options
    if isExpress {
      // There are no rings.
      options.receiveCapacity = 0
      options.transmitCapacity = 0
    }
    let receiveBytes = max(options.receiveCapacity, 1) * 8
    let transmitBytes = max(options.transmitCapacity, 1) * 8
    pages = try InterfacePages(
      DoorbellPage.size + receiveBytes + transmitBytes,
      for: "rings of \(options.receiveCapacity) and \(options.transmitCapacity) descriptors")
    doorbells = pages.base
    let rings = pages.base + DoorbellPage.size
    receiveRing = rings.assumingMemoryBound(to: UInt64.self)
    transmitRing = (rings + receiveBytes).assumingMemoryBound(to: UInt64.self)
    if isExpress {
      express = .allocate(capacity: 1)
      express?.initialize(
        to: ExpressInterfaceState(
          datapath: domain.datapath, flags: flags, transmitCapacity: request.options.transmitCapacity,
          eventCapacity: events.capacity, mergesCompletions: port.pointee.completionBatch > 1,
          counters: counters.openExpress(index)))
    }
    doorbells.storeBytes(
      of: InterfaceState.notPrimed, toByteOffset: DoorbellPage.eventQueueReadPointer, as: UInt32.self)
    self.events = events
    self.index = index
    state = .allocate(cacheAligned: 1)
    let receiveMask = options.receiveCapacity == 0 ? 0 : UInt32(options.receiveCapacity - 1)
    let hasPrefix = !isExpress && !flags.isDisjoint(with: [.receiveTimestamps, .receiveEventMerge, .receiveFilterID])
    state.initialize(
      to: InterfaceState(
        index: index, domain: request.domain, port: port, events: events.state, doorbells: doorbells,
        receiveRing: receiveRing, transmitRing: transmitRing, receiveMask: receiveMask,
        acceptMask: minimumFill == 0 ? receiveMask : 0,
        transmitMask: options.transmitCapacity == 0 ? 0 : UInt32(options.transmitCapacity - 1),
        fillsIPChecksum: !flags.contains(.noIPChecksum), fillsL4Checksum: !flags.contains(.noL4Checksum),
        stampsTransmits: flags.contains(.transmitTimestamps), isRestricted: flags.contains(.transmitTCPUDPOnly),
        receivesPlainly: !isExpress, label: label, prefixLength: hasPrefix ? ReceivePrefix.length : 0,
        counterWords: counters.openInterface(index), express: express, flags: flags, ownsEvents: ownsEvents,
        minimumFill: UInt32(clamping: minimumFill), datapath: domain.datapath))
    guard !isExpress else { return }
    if options.transmitCapacity > 0 {
      let sending = UnsafeMutablePointer<InterfaceSending>.allocate(capacity: 1)
      sending.initialize(to: InterfaceSending(flags: flags))
      state.pointee.sending = sending
    }
    guard options.receiveCapacity > 0 else { return }
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
    state.pointee.sending?.pointee.deallocate()
    state.pointee.sending?.deallocate()
    state.deallocate()
    express?.pointee.deallocate()
    express?.deallocate()
  }
}
