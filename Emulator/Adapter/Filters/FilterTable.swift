import EtherFabric
import Glibc

/// The adapter's filter table: which frames go to which interface.
///
/// One table per port, owned by one thread at a time (the port's guard). This class is the control path; the datapath
/// is `matcher`, which reads raw memory.
public final class FilterTable {
  /// For the datapath. Valid for as long as the table is.
  public let matcher: FilterMatcher
  /// How many filters the table holds at most.
  public let limit: Int
  /// How many it holds now.
  public private(set) var count = 0

  let state: UnsafeMutablePointer<FilterState>
  private var firstFree: Int32 = 0
  private var serial: UInt64 = 0

  /// - Parameters:
  ///   - limit: 1...65535; hardware filter IDs have 16 bits.
  ///   - hardwareMAC: the interface's own address, which unicast-mismatch filters leave to the kernel.
  ///   - chainsMulticast: whether the firmware lets a multicast frame match filters of several kinds
  ///     (`EF_VI_CAP_MULTICAST_FILTER_CHAINING`; the driver turns it on where the firmware can).
  public init(limit: Int = 8192, hardwareMAC: MACAddress, chainsMulticast: Bool = true) {
    precondition((1...65535).contains(limit), "a filter table has 1...65535 entries, not \(limit)")
    self.limit = limit
    state = .make(limit: limit, hardwareMAC: hardwareMAC, chainsMulticast: chainsMulticast)
    matcher = FilterMatcher(state: state)
  }

  deinit {
    state.destroy()
  }

  /// The interface's own address.
  public var hardwareMAC: MACAddress {
    get { MACAddress(value: state.pointee.hardwareMAC) }
    set { state.pointee.hardwareMAC = newValue.value }
  }

  /// Group addresses that the kernel listens to, which multicast-mismatch filters leave to it. Broadcast always is one.
  public var kernelGroups: [MACAddress] {
    get {
      guard let groups = state.pointee.kernelGroups else { return [] }
      return (0..<state.pointee.kernelGroupCount).map { MACAddress(value: groups[$0]) }
    }
    set {
      state.pointee.kernelGroups?.deallocate()
      state.pointee.kernelGroups = nil
      let values = Set(newValue.map(\.value)).sorted()
      state.pointee.kernelGroupCount = values.count
      guard !values.isEmpty else { return }
      let groups = UnsafeMutablePointer<UInt64>.allocate(capacity: values.count)
      for (index, value) in values.enumerated() { (groups + index).initialize(to: value) }
      state.pointee.kernelGroups = groups
    }
  }

  /// Adds a filter that steers to an interface (`ef_vi_filter_add`).
  ///
  /// - Parameters:
  ///   - interface: which interface, as the datapath reports it.
  ///   - queue: the receive queue that `query` reports; nil for the interface's own number.
  /// - Throws: EINVAL for what the driver calls wrong, EPROTONOSUPPORT and EOPNOTSUPP for what an X2 does not do,
  ///   EEXIST for a filter that this or, unless it is for multicast, another interface has, ENOSPC when full.
  public func insert(
    _ specification: FilterSpecification, interface: UInt32, queue: UInt32? = nil
  ) throws(EtherFabricError) -> FilterCookie {
    let rule = try FilterRule(specification)
    let key = rule.match.map { rule.key.masked($0.mask, kind: Int($0.rawValue)) }
    let existing = key.flatMap { state.find($0, hash: $0.hash) }
    if let existing { try checkDuplicate(specification, rule, existing, interface) }
    guard firstFree >= 0 else {
      throw EtherFabricError(
        "addFilter", errno: ENOSPC, reason: "the adapter's filter table has its \(limit) filters",
        remedy: "Remove filters that are not needed, or filter on something coarser, such as a MAC or a VLAN.")
    }

    let index = firstFree
    let entry = state.pointee.entries + Int(index)
    firstFree = entry.pointee.next
    count += 1
    serial += 1
    entry.pointee = FilterEntry()
    entry.pointee.id = serial << 16 | UInt64(index)
    entry.pointee.interface = interface
    entry.pointee.queue = queue ?? interface
    entry.pointee.kind = specification.kind.rawValue
    entry.pointee.flags = specification.flags.rawValue
    entry.pointee.blocks = rule.blocks
    if let key, let match = rule.match {
      entry.pointee.key = key
      entry.pointee.matchKind = match.rawValue
      append(index, to: existing ?? state.addSlot(key, hash: key.hash))
    }
    state.count(entry, by: 1)
    return FilterCookie(kind: specification.kind, id: entry.pointee.id)
  }

  /// Removes a filter of an interface (`ef_vi_filter_del`). EINVAL for a cookie that is not one of its filters.
  public func remove(_ cookie: FilterCookie, interface: UInt32) throws(EtherFabricError) {
    remove(Int32(try entryIndex(cookie, interface, "removeFilter")))
  }

  /// Removes every filter of an interface, as freeing it does.
  public func removeAll(interface: UInt32) {
    for index in 0..<limit where state.pointee.entries[index].id != 0 {
      if state.pointee.entries[index].interface == interface { remove(Int32(index)) }
    }
  }

  /// How a filter is carried out (`ef_vi_filter_query`). EINVAL for a cookie that is not one of the interface's.
  public func query(_ cookie: FilterCookie, interface: UInt32) throws(EtherFabricError) -> FilterInfo {
    let index = try entryIndex(cookie, interface, "queryFilter")
    let entry = state.pointee.entries[index]
    // Filters that only block the kernel are no entry in the hardware's table.
    guard entry.matchKind != 0xff else { return FilterInfo(validFields: []) }
    return FilterInfo(
      validFields: [.filterID, .receiveQueue],
      isExclusive: FilterFlags(rawValue: entry.flags).contains(.exclusive),
      hardwareFilterID: UInt32(index), receiveQueue: entry.queue)
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

  private func checkDuplicate(
    _ specification: FilterSpecification, _ rule: FilterRule, _ slot: UnsafeMutablePointer<FilterSlot>,
    _ interface: UInt32
  ) throws(EtherFabricError) {
    var isOwn = false
    var index = slot.pointee.first
    while index >= 0, !isOwn {
      isOwn = state.pointee.entries[Int(index)].interface == interface
      index = state.pointee.entries[Int(index)].next
    }
    if isOwn {
      throw EtherFabricError(
        "addFilter", errno: EEXIST,
        reason: "this virtual interface already has a filter (\(specification.kind)) on the same fields",
        remedy: "One is enough; remove it before adding it with other flags.")
    }
    guard !rule.isShared else { return }
    throw EtherFabricError(
      "addFilter", errno: EEXIST,
      reason: "another virtual interface has the filter (\(specification.kind)), and only multicast is replicated",
      remedy: "Remove the other filter, or name more fields: the most specific filter gets the frames.")
  }

  private func append(_ index: Int32, to slot: UnsafeMutablePointer<FilterSlot>) {
    guard slot.pointee.first >= 0 else {
      slot.pointee.first = index
      return
    }
    var last = slot.pointee.first
    while state.pointee.entries[Int(last)].next >= 0 { last = state.pointee.entries[Int(last)].next }
    state.pointee.entries[Int(last)].next = index
  }

  private func remove(_ index: Int32) {
    let entry = state.pointee.entries + Int(index)
    state.count(entry, by: -1)
    if entry.pointee.matchKind != 0xff, let slot = state.find(entry.pointee.key, hash: entry.pointee.key.hash) {
      if slot.pointee.first == index {
        slot.pointee.first = entry.pointee.next
      } else {
        var previous = Int(slot.pointee.first)
        while state.pointee.entries[previous].next != index { previous = Int(state.pointee.entries[previous].next) }
        state.pointee.entries[previous].next = entry.pointee.next
      }
      if slot.pointee.first < 0 { state.removeSlot(slot) }
    }
    entry.pointee = FilterEntry()
    entry.pointee.next = firstFree
    firstFree = index
    count -= 1
  }
}
