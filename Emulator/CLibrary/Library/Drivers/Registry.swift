import EtherFabric
import Glibc
import Synchronization

/// What is behind the numbers in the structures of callers. Numbers are not used again, so that what was freed is told
/// from what lives.
struct Registry {
  var handles: [Int32: DriverHandle] = [:]
  var domains: [UInt32: DomainRecord] = [:]
  var sets: [UInt32: SetRecord] = [:]
  var buffers: [UInt32: PIORecord] = [:]
  /// Handles by the address of a registration's table.
  var registrations: [UInt: DriverHandle] = [:]
  /// What went with its handle, but has not been freed by the program: numbers, and addresses of tables.
  var leftBehind: Set<UInt> = []
  var lastNumber: UInt32 = 0x1000
  var freeSlots: [UInt32] = []
  var usedSlots: UInt32 = 0

  mutating func nextNumber() -> UInt32 {
    lastNumber &+= 1
    return lastNumber
  }

  /// Forgets a handle and what was allocated over it. Interfaces go on until they are freed.
  /// - Returns: what is to be released outside the lock.
  mutating func close(_ descriptor: Int32) -> [AnyObject]? {
    guard let closed = handles.removeValue(forKey: descriptor) else { return nil }
    var released: [AnyObject] = [closed]
    for (number, record) in domains where record.handle === closed {
      released.append(record.domain)
      domains[number] = nil
      leftBehind.insert(UInt(number))
    }
    for (number, record) in sets where record.handle === closed {
      released.append(record.set)
      sets[number] = nil
    }
    for (number, record) in buffers where record.handle === closed {
      released.append(record.buffer)
      buffers[number] = nil
      leftBehind.insert(UInt(number))
    }
    for (table, handle) in registrations where handle === closed {
      registrations[table] = nil
      leftBehind.insert(table)
    }
    return released
  }

  static let shared = Mutex(Registry())

  /// Whether memory is registered, over whichever handle: a program may have one for each registration.
  static func covers(_ start: UnsafeRawPointer, count: Int) -> Bool {
    shared.withLock { Array($0.handles.values) }.contains { $0.covers(start, count: count) }
  }

  static func add(_ handle: DriverHandle) {
    shared.withLock { $0.handles[handle.descriptor] = handle }
  }

  /// The handle of a descriptor.
  /// - Throws: what the driver's calls fail with: `EBADF` for no open descriptor, `ENOTTY` for one of something else.
  static func handle(_ descriptor: Int32, _ call: String) throws(EtherFabricError) -> DriverHandle {
    let isOpen = fcntl(descriptor, F_GETFD) != -1
    if isOpen, let handle = shared.withLock({ $0.handles[descriptor] }) { return handle }
    throw EtherFabricError(
      call, errno: isOpen ? ENOTTY : EBADF, reason: "\(descriptor) is no driver handle",
      remedy: "Pass what ef_driver_open stored.")
  }
}

/// A protection domain, and the handle that it was allocated over.
struct DomainRecord {
  let domain: ProtectionDomain
  let handle: DriverHandle
}

struct SetRecord {
  let set: VirtualInterfaceSet
  let handle: DriverHandle
}

struct PIORecord {
  let buffer: PIOBuffer
  let handle: DriverHandle
}

/// Turns what a call of the Swift API throws into what the C call returns.
func answer(_ call: () throws(EtherFabricError) -> CInt) -> CInt {
  do throws(EtherFabricError) {
    return try call()
  } catch {
    return -error.errno
  }
}

/// What most calls refuse structures with that are not theirs.
let invalid: CInt = -EINVAL

func refusal(_ call: String, _ reason: String) -> EtherFabricError {
  EtherFabricError(call, errno: EINVAL, reason: reason, remedy: "Pass one that was allocated, and not freed.")
}
