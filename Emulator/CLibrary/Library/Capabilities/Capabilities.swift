// swift-format-ignore-file: AlwaysUseLowerCamelCase, the names are those of C.

import CiulHeaders
import EtherFabric
import Glibc

@c @implementation
public func ef_vi_capabilities_get(
  _ handle: ef_driver_handle, _ interface: CInt, _ capability: ef_vi_capability, _ value: UnsafeMutablePointer<UInt>!
) -> CInt {
  ask(handle, capability, value) { owner, capability throws(EtherFabricError) in
    try owner.adapter(index: interface).0.capability(capability)
  }
}

@c @implementation
public func ef_vi_capabilities_get_from_pd_flags(
  _ handle: ef_driver_handle, _ interface: CInt, _ flags: ef_pd_flags, _ capability: ef_vi_capability,
  _ value: UnsafeMutablePointer<UInt>!
) -> CInt {
  ask(handle, capability, value) { owner, capability throws(EtherFabricError) in
    try owner.adapter(index: interface).0.capability(capability, flags: DomainFlags(rawValue: flags.rawValue))
  }
}

@c @implementation
public func ef_pd_capabilities_get(
  _ handle: ef_driver_handle, _ pd: UnsafeMutablePointer<ef_pd>!, _ domainHandle: ef_driver_handle,
  _ capability: ef_vi_capability, _ value: UnsafeMutablePointer<UInt>!
) -> CInt {
  ask(handle, capability, value) { _, capability throws(EtherFabricError) in
    try domain(pd, domainHandle, "ef_pd_capabilities_get").domain.capability(capability)
  }
}

@c @implementation
public func ef_vi_capabilities_max() -> CInt { CInt(Capability.max) }

@c @implementation
public func ef_vi_capabilities_name(_ capability: ef_vi_capability) -> UnsafePointer<CChar>! {
  let number = Int(capability.rawValue)
  return UnsafePointer(number < Names.known.count ? Names.known[number] : Names.unknown)
}

/// Strings that callers may keep.
private enum Names {
  nonisolated(unsafe) static let known = (0...Capability.max).map { strdup(Capability.name(of: $0)) }
  nonisolated(unsafe) static let unknown = strdup(Capability.name(of: -1))
}

private func ask(
  _ handle: ef_driver_handle, _ capability: ef_vi_capability, _ value: UnsafeMutablePointer<UInt>?,
  _ question: (DriverHandle, Capability) throws(EtherFabricError) -> UInt64
) -> CInt {
  guard let value else { return invalid }
  return answer { () throws(EtherFabricError) in
    let owner = try Registry.handle(handle, "ef_vi_capabilities_get")
    guard let asked = Capability(number: Int(capability.rawValue)) else { return -ENOSYS }
    value.pointee = UInt(try question(owner, asked))
    return 0
  }
}
