import EtherFabric

extension UnsafeMutablePointer<FilterState> {
  /// The memory of an empty table.
  static func make(limit: Int, hardwareMAC: MACAddress, chainsMulticast: Bool) -> UnsafeMutablePointer<FilterState> {
    var slotCount = 64
    while slotCount < 2 * limit { slotCount *= 2 }
    let slots = UnsafeMutablePointer<FilterSlot>.allocate(cacheAligned: slotCount)
    slots.initialize(repeating: FilterSlot(), count: slotCount)
    let entries = UnsafeMutablePointer<FilterEntry>.allocate(cacheAligned: limit)
    entries.initialize(repeating: FilterEntry(), count: limit)
    for index in 0..<limit { entries[index].next = index + 1 < limit ? Int32(index + 1) : -1 }
    let kinds = MatchKind.allCases
    let masks = UnsafeMutablePointer<FilterKey>.allocate(cacheAligned: kinds.count)
    for kind in kinds { (masks + Int(kind.rawValue)).initialize(to: kind.mask) }
    let kindCounts = UnsafeMutablePointer<UInt32>.allocate(capacity: kinds.count)
    kindCounts.initialize(repeating: 0, count: kinds.count)
    let queues = UnsafeMutablePointer<UInt32>.allocate(capacity: limit)
    queues.initialize(repeating: 0, count: limit)
    let stamps = UnsafeMutablePointer<UInt32>.allocate(capacity: FilterTable.recipientLimit)
    stamps.initialize(repeating: 0, count: FilterTable.recipientLimit)
    let state = UnsafeMutablePointer.allocate(capacity: 1)
    state.initialize(
      to: FilterState(
        slots: slots, slotMask: slotCount - 1, entries: entries, masks: masks, kindCounts: kindCounts,
        hardwareMAC: hardwareMAC.value, queues: queues, stamps: stamps, chainsMulticast: chainsMulticast))
    return state
  }

  /// Gives the memory back.
  func destroy() {
    pointee.slots.deallocate()
    pointee.entries.deallocate()
    pointee.masks.deallocate()
    pointee.kindCounts.deallocate()
    pointee.queues.deallocate()
    pointee.stamps.deallocate()
    pointee.kernelGroups?.deallocate()
    pointee.flows.deallocate()
    deallocate()
  }

  /// Keeps the set of kinds in use and the kernel's blocks.
  func count(_ entry: UnsafeMutablePointer<FilterEntry>, by step: Int) {
    pointee.flows.forget()
    if entry.pointee.blocks & FilterRule.blocksUnicast != 0 {
      pointee.unicastBlocks = UInt32(Int(pointee.unicastBlocks) + step)
    }
    if entry.pointee.blocks & FilterRule.blocksMulticast != 0 {
      pointee.multicastBlocks = UInt32(Int(pointee.multicastBlocks) + step)
    }
    let kind = Int(entry.pointee.matchKind)
    guard kind != 0xff else { return }
    pointee.kindCounts[kind] = UInt32(Int(pointee.kindCounts[kind]) + step)
    let bit: UInt32 = 1 << UInt32(kind)
    if pointee.kindCounts[kind] == 0 { pointee.kinds &= ~bit } else { pointee.kinds |= bit }
  }
}
