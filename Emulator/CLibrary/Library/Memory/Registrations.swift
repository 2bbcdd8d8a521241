// swift-format-ignore-file: AlwaysUseLowerCamelCase, the names are those of C.

import CiulHeaders
import EtherFabric
import Glibc
import Synchronization

@c @implementation
public func ef_memreg_alloc(
  _ registration: UnsafeMutablePointer<ef_memreg>!, _ handle: ef_driver_handle, _ pd: UnsafeMutablePointer<ef_pd>!,
  _ domainHandle: ef_driver_handle, _ memory: UnsafeMutableRawPointer!, _ bytes: Int
) -> CInt {
  let call = "ef_memreg_alloc"
  guard let registration, let memory, bytes != 0 else { return invalid }
  return answer { () throws(EtherFabricError) in
    let owner = try Registry.handle(handle, call)
    let record = try domain(pd, domainHandle, call)
    guard UInt(bitPattern: memory) % 4096 == 0 else { return invalid }
    // Above 2^63 - 1 where it is below 0.
    guard bytes > 0, MemoryMap.isWritable(memory, count: bytes) else { return -EFAULT }
    let registered = try MemoryRegistration(record.domain, base: memory, count: bytes)
    let pages = (bytes + 4095) / 4096
    guard let table = malloc(pages * MemoryLayout<ef_addr>.stride)?.bindMemory(to: ef_addr.self, capacity: pages)
    else { return -ENOMEM }
    for page in 0..<pages { table[page] = registered.dmaAddress(page * 4096).rawValue }
    let key = UInt(bitPattern: table)
    owner.keep(registered, as: key)
    Registry.shared.withLock { $0.registrations[key] = owner }
    registration.pointee.mr_dma_addrs = table
    registration.pointee.mr_dma_addrs_base = table
    return 0
  }
}

/// As in libciul the handle does not matter, and may be closed.
@c @implementation
public func ef_memreg_free(
  _ registration: UnsafeMutablePointer<ef_memreg>!, _ handle: ef_driver_handle
) -> CInt {
  guard let registration else { return invalid }
  // What was never allocated has nothing to free.
  guard let table = registration.pointee.mr_dma_addrs_base else { return 0 }
  let key = UInt(bitPattern: table)
  let (owner, isLeft) = Registry.shared.withLock { registry in
    (registry.registrations.removeValue(forKey: key), registry.leftBehind.remove(key) != nil)
  }
  guard owner != nil || isLeft else { return invalid }
  // The program may unmap the memory next, so the adapter must not reach it any more.
  _ = owner?.drop(key)
  free(table)
  return 0
}
