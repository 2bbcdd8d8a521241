// swift-format-ignore-file: AlwaysUseLowerCamelCase, the names are those of C.

import CiulHeaders
import EtherFabric
import Glibc

@c @implementation
public func ef_vi_filter_add(
  _ vi: UnsafeMutablePointer<ef_vi>!, _ handle: ef_driver_handle, _ spec: UnsafePointer<ef_filter_spec>!,
  _ cookie: UnsafeMutablePointer<ef_filter_cookie>!
) -> CInt {
  guard let spec else { return invalid }
  return withinOwned(vi, handle, "ef_vi_filter_add") { interface, _ throws(EtherFabricError) in
    let added = try interface.pointee.addFilter(FilterSpecification(spec.pointee))
    interface.pointee.publishStreamCounters()
    if let cookie { cookie.pointee = ef_filter_cookie(added) }
    return 0
  }
}

@c @implementation
public func ef_vi_filter_del(
  _ vi: UnsafeMutablePointer<ef_vi>!, _ handle: ef_driver_handle, _ cookie: UnsafeMutablePointer<ef_filter_cookie>!
) -> CInt {
  guard let cookie else { return invalid }
  return withinOwned(vi, handle, "ef_vi_filter_del") { interface, _ throws(EtherFabricError) in
    try interface.pointee.removeFilter(FilterCookie(cookie.pointee))
    return 0
  }
}

@c @implementation
public func ef_vi_filter_query(
  _ vi: UnsafeMutablePointer<ef_vi>!, _ handle: ef_driver_handle, _ cookie: UnsafePointer<ef_filter_cookie>!,
  _ info: UnsafeMutablePointer<ef_filter_info>!, _ bytes: Int
) -> CInt {
  guard let cookie, let info, bytes == MemoryLayout<ef_filter_info>.size else { return invalid }
  return withinOwned(vi, handle, "ef_vi_filter_query") { interface, _ throws(EtherFabricError) in
    let found = try interface.pointee.queryFilter(FilterCookie(cookie.pointee))
    info.pointee = ef_filter_info(
      valid_fields: found.validFields.rawValue, flags: found.isExclusive ? EF_FILTER_IS_EXCLUSIVE.rawValue : 0,
      filter_id: found.hardwareFilterID, q_id: found.receiveQueue)
    return 0
  }
}
