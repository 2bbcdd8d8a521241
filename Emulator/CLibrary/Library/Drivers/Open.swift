// swift-format-ignore-file: AlwaysUseLowerCamelCase, the names are those of C.

import CiulHeaders
import EtherFabric
import Glibc
import Synchronization

@c @implementation
public func ef_driver_open(_ handle: UnsafeMutablePointer<ef_driver_handle>!) -> CInt {
  guard let handle else { return invalid }
  return answer { () throws(EtherFabricError) in
    let opened = try DriverHandle.open()
    Registry.add(opened)
    handle.pointee = opened.descriptor
    return 0
  }
}

@c @implementation
public func ef_driver_close(_ descriptor: ef_driver_handle) -> CInt {
  guard let closed = Registry.shared.withLock({ $0.close(descriptor) }) else {
    // Somebody else's descriptor is not ours to close.
    errno = EBADF
    return -1
  }
  return withExtendedLifetime(closed) { close(descriptor) }
}

/// Strings that C callers may keep.
private enum Text {
  nonisolated(unsafe) static let version = strdup(LibraryVersion.string + " (ef_vi over an emulated adapter)")
  nonisolated(unsafe) static let interface = strdup(LibraryVersion.driverInterface)
}

@c @implementation
public func ef_vi_version_str() -> UnsafePointer<CChar>! { UnsafePointer(Text.version) }

@c @implementation
public func ef_vi_driver_interface_str() -> UnsafePointer<CChar>! { UnsafePointer(Text.interface) }
