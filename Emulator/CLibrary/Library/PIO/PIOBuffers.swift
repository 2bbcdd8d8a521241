// swift-format-ignore-file: AlwaysUseLowerCamelCase, the names are those of C.

import CiulHeaders
import EtherFabric
import Glibc
import Synchronization

@c @implementation
public func ef_pio_alloc(
  _ pio: UnsafeMutablePointer<ef_pio>!, _ handle: ef_driver_handle, _ pd: UnsafeMutablePointer<ef_pd>!, _ bytes: UInt32,
  _ domainHandle: ef_driver_handle
) -> CInt {
  let call = "ef_pio_alloc"
  guard let pio else { return invalid }
  return answer { () throws(EtherFabricError) in
    let owner = try Registry.handle(handle, call)
    let record = try domain(pd, domainHandle, call)
    let buffer = try record.domain.allocatePIO(bytes == 0 ? nil : Int(bytes))
    let number = Registry.shared.withLock { registry in
      let number = registry.nextNumber()
      registry.buffers[number] = PIORecord(buffer: buffer, handle: owner)
      return number
    }
    pio.pointee = ef_pio(
      pio_buffer: buffer.copy.assumingMemoryBound(to: UInt8.self), pio_io: nil, pio_resource_id: number,
      pio_len: UInt32(buffer.count))
    return 0
  }
}

/// As in libciul the handle does not matter, and may be closed.
@c @implementation
public func ef_pio_free(_ pio: UnsafeMutablePointer<ef_pio>!, _ handle: ef_driver_handle) -> CInt {
  guard let pio else { return invalid }
  let number = pio.pointee.pio_resource_id
  // A linked interface keeps it.
  let (freed, isLeft) = Registry.shared.withLock { registry in
    (registry.buffers.removeValue(forKey: number), registry.leftBehind.remove(UInt(number)) != nil)
  }
  guard freed != nil || isLeft else { return invalid }
  pio.pointee.pio_buffer = nil
  pio.pointee.pio_io = nil
  return 0
}

@c @implementation
public func ef_pio_link_vi(
  _ pio: UnsafeMutablePointer<ef_pio>!, _ handle: ef_driver_handle, _ vi: UnsafeMutablePointer<ef_vi>!,
  _ interfaceHandle: ef_driver_handle
) -> CInt {
  guard let pio else { return invalid }
  return withinOwned(vi, interfaceHandle, "ef_pio_link_vi") { interface, control throws(EtherFabricError) in
    let record = try buffer(pio, handle, "ef_pio_link_vi")
    try interface.pointee.linkPIO(record.buffer)
    control.linkedBuffer = pio.pointee.pio_resource_id
    pio.pointee.pio_io = interface.pointee.pioMemory?.assumingMemoryBound(to: UInt8.self)
    vi.pointee.linked_pio = pio
    return 0
  }
}

@c @implementation
public func ef_pio_unlink_vi(
  _ pio: UnsafeMutablePointer<ef_pio>!, _ handle: ef_driver_handle, _ vi: UnsafeMutablePointer<ef_vi>!,
  _ interfaceHandle: ef_driver_handle
) -> CInt {
  guard let pio else { return invalid }
  return withinOwned(vi, interfaceHandle, "ef_pio_unlink_vi") { interface, control throws(EtherFabricError) in
    guard control.linkedBuffer == pio.pointee.pio_resource_id else { return invalid }
    try interface.pointee.unlinkPIO()
    control.linkedBuffer = nil
    pio.pointee.pio_io = nil
    vi.pointee.linked_pio = nil
    return 0
  }
}

@c @implementation
public func ef_vi_get_pio_size(_ vi: UnsafeMutablePointer<ef_vi>!) -> CInt {
  within(vi, else: invalid) { interface in
    let size = interface.pointee.pioSize
    return size == 0 ? invalid : CInt(clamping: size)
  }
}

@c @implementation
public func ef_pio_memcpy(
  _ vi: UnsafeMutablePointer<ef_vi>!, _ bytes: UnsafeRawPointer!, _ offset: CInt, _ length: CInt
) -> CInt {
  guard let bytes, length >= 0 else { return invalid }
  return within(vi, else: invalid) { interface in
    answer(interface) { () throws(QueueError) in
      try interface.pointee.copyToPIO(UnsafeRawBufferPointer(start: bytes, count: Int(length)), offset: Int(offset))
    }
  }
}

private func buffer(
  _ pio: UnsafeMutablePointer<ef_pio>, _ descriptor: ef_driver_handle, _ call: String
) throws(EtherFabricError) -> PIORecord {
  let handle = try Registry.handle(descriptor, call)
  let number = pio.pointee.pio_resource_id
  guard let record = Registry.shared.withLock({ $0.buffers[number] }), record.handle === handle else {
    throw refusal(call, "no PIO buffer of this handle")
  }
  return record
}
