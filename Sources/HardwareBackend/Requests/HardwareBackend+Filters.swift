import CEtherFabric
import EtherFabric
import Glibc

extension HardwareBackend {
  public func insert(_ filter: FilterSpecification, interface: UInt32) throws(EtherFabricError) -> FilterCookie {
    let operation = "VirtualInterface.addFilter"
    return try locked { state throws(EtherFabricError) in
      let found = try state.interface(interface, operation)
      return try add(filter, owner: interface, &state, operation, "ef_vi_filter_add") {
        ciul_ef_vi_filter_add(found.structure, found.handle, $0, $1)
      }
    }
  }

  public func remove(_ cookie: FilterCookie, interface: UInt32) throws(EtherFabricError) {
    let operation = "VirtualInterface.removeFilter"
    try locked { state throws(EtherFabricError) in
      let found = try state.interface(interface, operation)
      var filter = try state.filter(cookie, owner: interface, operation)
      let result = ciul_ef_vi_filter_del(found.structure, found.handle, &filter.cookie)
      guard result >= 0 else { throw failure(operation, "ef_vi_filter_del", result) }
      state.filters[cookie.id] = nil
    }
  }

  public func query(_ cookie: FilterCookie, interface: UInt32) throws(EtherFabricError) -> FilterInfo {
    let operation = "VirtualInterface.queryFilter"
    return try locked { state throws(EtherFabricError) in
      let found = try state.interface(interface, operation)
      var filter = try state.filter(cookie, owner: interface, operation)
      var info = ef_filter_info()
      let result = ciul_ef_vi_filter_query(
        found.structure, found.handle, &filter.cookie, &info, MemoryLayout<ef_filter_info>.size)
      guard result >= 0 else { throw failure(operation, "ef_vi_filter_query", result) }
      return FilterInfo(
        validFields: FilterInfo.Fields(rawValue: info.valid_fields),
        isExclusive: info.flags & UInt32(EF_FILTER_IS_EXCLUSIVE.rawValue) != 0, hardwareFilterID: info.filter_id,
        receiveQueue: info.q_id)
    }
  }

  public func allocateSet(count: Int, domain: UInt32) throws(EtherFabricError) -> UInt32 {
    let operation = "ProtectionDomain.allocateVirtualInterfaceSet"
    guard (1...64).contains(count) else {
      throw EtherFabricError(
        operation, errno: EINVAL, reason: "a set of \(count) interfaces", remedy: "Ask for 1 to 64.")
    }
    return try locked { state throws(EtherFabricError) in
      let owner = try state.domain(domain, operation)
      let (set, _) = try obtain(ef_vi_set.self, operation, "ef_vi_set_alloc_from_pd") {
        ciul_ef_vi_set_alloc_from_pd($0, $1, owner.structure, owner.handle, Int32(count))
      }
      let number = state.number()
      state.sets[number] = ControlState.InterfaceSet(set: set)
      return number
    }
  }

  /// `ef_vi_set_free` does nothing: filters are removed one by one, and the driver frees the set with the handle.
  public func freeSet(_ set: UInt32) {
    locked { state in
      guard let found = state.sets.removeValue(forKey: set) else { return }
      for id in found.filters {
        guard var filter = state.filters.removeValue(forKey: id) else { continue }
        _ = ciul_ef_vi_set_filter_del(found.set.structure, found.set.handle, &filter.cookie)
      }
      found.set.release { ciul_ef_vi_set_free($0, $1) }
    }
  }

  public func insert(_ filter: FilterSpecification, set: UInt32) throws(EtherFabricError) -> FilterCookie {
    let operation = "VirtualInterfaceSet.addFilter"
    return try locked { state throws(EtherFabricError) in
      guard let found = state.sets[set] else { throw .unknown(operation, "set", UInt64(set)) }
      let cookie = try add(filter, owner: set, &state, operation, "ef_vi_set_filter_add") {
        ciul_ef_vi_set_filter_add(found.set.structure, found.set.handle, $0, $1)
      }
      state.sets[set]?.filters.append(cookie.id)
      return cookie
    }
  }

  public func remove(_ cookie: FilterCookie, set: UInt32) throws(EtherFabricError) {
    let operation = "VirtualInterfaceSet.removeFilter"
    try locked { state throws(EtherFabricError) in
      guard let found = state.sets[set] else { throw .unknown(operation, "set", UInt64(set)) }
      var filter = try state.filter(cookie, owner: set, operation)
      let result = ciul_ef_vi_set_filter_del(found.set.structure, found.set.handle, &filter.cookie)
      guard result >= 0 else { throw failure(operation, "ef_vi_set_filter_del", result) }
      state.filters[cookie.id] = nil
      state.sets[set]?.filters.removeAll { $0 == cookie.id }
    }
  }

  private func add(
    _ filter: FilterSpecification, owner: UInt32, _ state: inout ControlState, _ operation: String, _ call: String,
    _ body: (UnsafePointer<ef_filter_spec>, UnsafeMutablePointer<ef_filter_cookie>) -> Int32
  ) throws(EtherFabricError) -> FilterCookie {
    try filter.check()
    var specification = try LibraryFilter.make(filter, operation)
    var cookie = ef_filter_cookie()
    let result = body(&specification, &cookie)
    guard result >= 0 else { throw failure(operation, call, result) }
    let id = state.filterNumber()
    state.filters[id] = ControlState.Filter(cookie: cookie, owner: owner)
    return FilterCookie(kind: filter.kind, id: id)
  }
}

extension ControlState {
  func filter(_ cookie: FilterCookie, owner: UInt32, _ operation: String) throws(EtherFabricError) -> Filter {
    guard let found = filters[cookie.id], found.owner == owner else {
      throw EtherFabricError(
        operation, errno: EINVAL,
        reason: "cookie \(cookie.id) (\(cookie.kind)) is no filter of this interface or set",
        remedy: "Use the cookie that adding it gave, and only until it is removed.")
    }
    return found
  }
}
