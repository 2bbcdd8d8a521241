import EtherFabric
import Glibc

extension FilterTable {
  /// Removes a filter of an interface (`ef_vi_filter_del`). EINVAL for a cookie that is not one of its filters.
  public func remove(_ cookie: FilterCookie, interface: UInt32) throws(EtherFabricError) {
    remove(Int32(try entryIndex(cookie, interface, "removeFilter")))
  }

  /// Removes every filter of an interface, as freeing it does.
  public func removeAll(interface: UInt32) {
    while let index = firstOfInterface[interface] { remove(index) }
  }

  /// How a filter is carried out (`ef_vi_filter_query`). EINVAL for a cookie that is not one of the interface's.
  ///
  /// EF10 knows the filter's number, and no receive queue. On EFCT and EF10CT both are known, but for a filter that the
  /// hardware does not carry out there is the default queue alone. Filters that only block the kernel, and sniffers,
  /// are no entry in the hardware's table.
  public func query(_ cookie: FilterCookie, interface: UInt32) throws(EtherFabricError) -> FilterInfo {
    let entry = state.pointee.entries[try entryIndex(cookie, interface, "queryFilter")]
    let isEF10 = entry.datapath == Datapath.ef10.rawValue
    guard entry.matchKind != 0xff else {
      let kind = FilterKind(rawValue: entry.kind)
      let isNone = isEF10 || !kind.isDisjoint(with: [.blockKernel, .blockKernelUnicast, .blockKernelMulticast])
      return FilterInfo(validFields: isNone ? [] : .receiveQueue)
    }
    guard !isEF10 else { return FilterInfo(validFields: .filterID, hardwareFilterID: entry.hardwareID) }
    let queue = state.pointee.queues[Int(entry.hardwareID)]
    return FilterInfo(
      validFields: [.filterID, .receiveQueue], isExclusive: queues.isExclusive(queue),
      hardwareFilterID: entry.hardwareID, receiveQueue: queue)
  }

  /// Frames delivered to the interface because of this filter.
  public func matchCount(_ cookie: FilterCookie, interface: UInt32) throws(EtherFabricError) -> UInt64 {
    state.pointee.entries[try entryIndex(cookie, interface, "matchCount")].matches
  }

  private func entryIndex(
    _ cookie: FilterCookie, _ interface: UInt32, _ operation: String
  ) throws(EtherFabricError) -> Int {
    let index = Int(cookie.id & 0xffff)
    guard cookie.id != 0, index < limit, state.pointee.entries[index].id == cookie.id,
      state.pointee.entries[index].interface == interface
    else {
      throw EtherFabricError(
        operation, errno: EINVAL,
        reason: "cookie \(cookie.id) (\(cookie.kind)) is no filter of this virtual interface",
        remedy: "Use the cookie that adding it to this interface gave, and only until it is removed.")
    }
    return index
  }

  private func remove(_ index: Int32) {
    let entry = state.pointee.entries + Int(index)
    state.count(entry, by: -1)
    if receiveSniffer == index { receiveSniffer = -1 }
    if transmitSniffer == index { transmitSniffer = -1 }
    if entry.pointee.matchKind != 0xff { leaveSlot(index, entry) }
    leaveInterface(index, entry)
    let freed = entry.pointee.datapath == Datapath.ef10.rawValue ? [index] : forget(index, entry)
    entry.pointee = FilterEntry()
    for free in freed {
      state.pointee.entries[Int(free)].next = firstFree
      firstFree = free
    }
    count -= 1
  }

  private func leaveSlot(_ index: Int32, _ entry: UnsafeMutablePointer<FilterEntry>) {
    guard let slot = state.find(entry.pointee.key, hash: entry.pointee.key.hash) else { return }
    let next = entry.pointee.next
    if slot.pointee.first == index {
      slot.pointee.first = next
    } else {
      var previous = slot.pointee.first
      while state.pointee.entries[Int(previous)].next != index { previous = state.pointee.entries[Int(previous)].next }
      state.pointee.entries[Int(previous)].next = next
      if next < 0 { slot.pointee.last = previous }
    }
    if slot.pointee.first < 0 { state.removeSlot(slot) }
  }

  private func leaveInterface(_ index: Int32, _ entry: UnsafeMutablePointer<FilterEntry>) {
    let (previous, next) = (entry.pointee.previousOfInterface, entry.pointee.nextOfInterface)
    if next >= 0 { state.pointee.entries[Int(next)].previousOfInterface = previous }
    if previous >= 0 {
      state.pointee.entries[Int(previous)].nextOfInterface = next
    } else {
      firstOfInterface[entry.pointee.interface] = next >= 0 ? next : nil
    }
  }
}
