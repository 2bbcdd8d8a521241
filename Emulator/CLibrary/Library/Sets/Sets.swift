// swift-format-ignore-file: AlwaysUseLowerCamelCase, the names are those of C.

import CiulHeaders
import EtherFabric
import Glibc
import Synchronization

@c @implementation
public func ef_vi_set_alloc_from_pd(
  _ set: UnsafeMutablePointer<ef_vi_set>!, _ handle: ef_driver_handle, _ pd: UnsafeMutablePointer<ef_pd>!,
  _ domainHandle: ef_driver_handle, _ count: CInt
) -> CInt {
  let call = "ef_vi_set_alloc_from_pd"
  guard let set else { return invalid }
  return answer { () throws(EtherFabricError) in
    let owner = try Registry.handle(handle, call)
    let record = try domain(pd, domainHandle, call)
    let made = try record.domain.allocateVirtualInterfaceSet(count: Int(count))
    let number = Registry.shared.withLock { registry in
      let number = registry.nextNumber()
      registry.sets[number] = SetRecord(set: made, handle: owner)
      return number
    }
    set.pointee = ef_vi_set(vis_res_id: number, vis_pd: pd)
    return 0
  }
}

/// As in libciul nothing happens: the set lives until its handle is closed.
@c @implementation
public func ef_vi_set_free(_ set: UnsafeMutablePointer<ef_vi_set>!, _ handle: ef_driver_handle) -> CInt { 0 }

@c @implementation
public func ef_vi_set_filter_add(
  _ set: UnsafeMutablePointer<ef_vi_set>!, _ handle: ef_driver_handle, _ filter: UnsafePointer<ef_filter_spec>!,
  _ cookie: UnsafeMutablePointer<ef_filter_cookie>!
) -> CInt {
  guard let filter else { return invalid }
  return answer { () throws(EtherFabricError) in
    let record = try members(set, handle, "ef_vi_set_filter_add")
    let added = try record.set.addFilter(FilterSpecification(filter.pointee))
    if let cookie { cookie.pointee = ef_filter_cookie(added) }
    return 0
  }
}

@c @implementation
public func ef_vi_set_filter_del(
  _ set: UnsafeMutablePointer<ef_vi_set>!, _ handle: ef_driver_handle, _ cookie: UnsafeMutablePointer<ef_filter_cookie>!
) -> CInt {
  guard let cookie else { return invalid }
  return answer { () throws(EtherFabricError) in
    let record = try members(set, handle, "ef_vi_set_filter_del")
    try record.set.removeFilter(FilterCookie(cookie.pointee))
    return 0
  }
}

/// The set of a caller's structure.
func members(
  _ set: UnsafeMutablePointer<ef_vi_set>?, _ descriptor: ef_driver_handle, _ call: String
) throws(EtherFabricError) -> SetRecord {
  guard let set else { throw refusal(call, "no set") }
  let handle = try Registry.handle(descriptor, call)
  let number = set.pointee.vis_res_id
  guard let record = Registry.shared.withLock({ $0.sets[number] }), record.handle === handle else {
    throw refusal(call, "no set of this handle")
  }
  return record
}
