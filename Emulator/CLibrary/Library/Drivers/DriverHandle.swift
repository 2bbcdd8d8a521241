import CEmulatorRegistration
import CLinuxShims
import EtherFabric
import Glibc
import Synchronization

/// What a program opened with `ef_driver_open`: a descriptor, and all that was allocated over it.
///
/// The descriptor is an epoll set, so that it can be polled: it becomes readable with the interfaces that
/// `ef_vi_prime` was called for. Resources end with the last of the handle and of the interfaces that were allocated
/// over it, as mapped memory keeps a device open.
final class DriverHandle: Sendable {
  let descriptor: Int32
  /// Adapters, by device string.
  private let adapters = Mutex<[String: Driver]>([:])
  private let memory = Mutex<[UInt: MemoryRegistration]>([:])

  private init(descriptor: Int32) { self.descriptor = descriptor }

  static func open() throws(EtherFabricError) -> DriverHandle {
    guard efvi_emulator_is_registered() != 0 else {
      throw EtherFabricError("ef_driver_open", errno: ENODEV, reason: "no adapters", remedy: "Link the emulator.")
    }
    let descriptor = efvi_wait_create()
    guard descriptor >= 0 else {
      throw EtherFabricError(
        "ef_driver_open", errno: -descriptor, reason: "no descriptor",
        remedy: "Raise the limit of open files (ulimit -n).")
    }
    return DriverHandle(descriptor: descriptor)
  }

  /// The adapter of a device, opened at the first request.
  func adapter(_ device: String) throws(EtherFabricError) -> Driver {
    let known = adapters.withLock { $0[device] }
    if let known { return known }
    let opened = try Driver.open(device)
    ExitReport.add(opened)
    return adapters.withLock { table in
      if let known = table[device] { return known }
      table[device] = opened
      return opened
    }
  }

  /// Keeps a registration until it is freed, or the handle ends.
  func keep(_ registration: MemoryRegistration, as key: UInt) { memory.withLock { $0[key] = registration } }
  func drop(_ key: UInt) -> MemoryRegistration? { memory.withLock { $0.removeValue(forKey: key) } }

  /// Whether the adapter may be given an address of the program's.
  func covers(_ start: UnsafeRawPointer, count: Int) -> Bool {
    memory.withLock { table in
      table.values.contains { registration in
        let offset = start - UnsafeRawPointer(registration.base)
        return offset >= 0 && offset <= registration.count && count <= registration.count - offset
      }
    }
  }
}
