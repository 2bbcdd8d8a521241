// swift-format-ignore-file: AlwaysUseLowerCamelCase, the names are those of C.

import CiulHeaders
import EtherFabric
import Glibc
import Synchronization

@c @implementation
public func ef_pd_alloc(
  _ pd: UnsafeMutablePointer<ef_pd>!, _ handle: ef_driver_handle, _ interface: CInt, _ flags: ef_pd_flags
) -> CInt {
  allocateDomain(pd, handle) { owner throws(EtherFabricError) in
    let (driver, name) = try owner.adapter(index: interface)
    return (try driver.allocateProtectionDomain(flags: DomainFlags(rawValue: flags.rawValue)), name)
  }
}

@c @implementation
public func ef_pd_alloc_by_name(
  _ pd: UnsafeMutablePointer<ef_pd>!, _ handle: ef_driver_handle, _ name: UnsafePointer<CChar>!, _ flags: ef_pd_flags
) -> CInt {
  guard let name else { return invalid }
  return allocateDomain(pd, handle) { owner throws(EtherFabricError) in
    let name = String(cString: name)
    let driver = try owner.adapter(named: name)
    return (try driver.allocateProtectionDomain(flags: DomainFlags(rawValue: flags.rawValue)), name)
  }
}

@c @implementation
public func ef_pd_alloc_with_vport(
  _ pd: UnsafeMutablePointer<ef_pd>!, _ handle: ef_driver_handle, _ name: UnsafePointer<CChar>!, _ flags: ef_pd_flags,
  _ vlan: CInt
) -> CInt {
  guard let name else { return invalid }
  return allocateDomain(pd, handle) { owner throws(EtherFabricError) in
    let name = String(cString: name)
    let driver = try owner.adapter(named: name)
    let tag: Int? = vlan == EF_PD_VLAN_NONE ? nil : Int(vlan)
    let domain = try driver.allocateProtectionDomain(
      virtualPort: tag, flags: DomainFlags(rawValue: flags.rawValue))
    return (domain, name)
  }
}

@c @implementation
public func ef_pd_interface_name(_ pd: UnsafeMutablePointer<ef_pd>!) -> UnsafePointer<CChar>! {
  guard let pd, domain(pd) != nil else { return nil }
  return UnsafePointer(pd.pointee.pd_intf_name)
}

/// As in libciul the handle does not matter, and may be closed.
@c @implementation
public func ef_pd_free(_ pd: UnsafeMutablePointer<ef_pd>!, _ handle: ef_driver_handle) -> CInt {
  guard let pd else { return invalid }
  let number = pd.pointee.pd_resource_id
  let (freed, isLeft) = Registry.shared.withLock { registry in
    (registry.domains.removeValue(forKey: number), registry.leftBehind.remove(UInt(number)) != nil)
  }
  guard freed != nil || isLeft else { return invalid }
  free(pd.pointee.pd_intf_name)
  pd.pointee.pd_intf_name = nil
  return 0
}

/// The domain of a caller's structure, nil for one that lives no more or never did.
func domain(_ pd: UnsafeMutablePointer<ef_pd>) -> DomainRecord? {
  let number = pd.pointee.pd_resource_id
  return Registry.shared.withLock { $0.domains[number] }
}

/// The same, allocated over a certain handle.
func domain(
  _ pd: UnsafeMutablePointer<ef_pd>?, _ descriptor: ef_driver_handle, _ call: String
) throws(EtherFabricError) -> DomainRecord {
  guard let pd else { throw refusal(call, "no protection domain") }
  let handle = try Registry.handle(descriptor, call)
  guard let record = domain(pd), record.handle === handle else {
    throw refusal(call, "no protection domain of this handle")
  }
  return record
}

private func allocateDomain(
  _ pd: UnsafeMutablePointer<ef_pd>?, _ descriptor: ef_driver_handle,
  _ make: (DriverHandle) throws(EtherFabricError) -> (ProtectionDomain, String)
) -> CInt {
  guard let pd else { return invalid }
  return answer { () throws(EtherFabricError) in
    let handle = try Registry.handle(descriptor, "ef_pd_alloc")
    let (domain, name) = try make(handle)
    let number = Registry.shared.withLock { registry in
      let number = registry.nextNumber()
      registry.domains[number] = DomainRecord(domain: domain, handle: handle)
      return number
    }
    pd.initialize(to: ef_pd())
    pd.pointee.pd_flags = ef_pd_flags(rawValue: domain.flags.rawValue)
    pd.pointee.pd_resource_id = number
    pd.pointee.pd_intf_name = strdup(name)
    pd.pointee.pd_cluster_sock = -1
    return 0
  }
}
