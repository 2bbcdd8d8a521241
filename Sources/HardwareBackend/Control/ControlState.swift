import CEtherFabric
import EtherFabric

/// What libciul has handed out, by the numbers that the API knows it by. Each has a driver handle of its own: the
/// driver frees what belongs to a handle when that is closed, and nothing before.
struct ControlState {
  struct Domain {
    let structure: UnsafeMutablePointer<ef_pd>
    let handle: ef_driver_handle
  }

  struct Registration {
    let structure: UnsafeMutablePointer<ef_memreg>
    let handle: ef_driver_handle
    let byteCount: Int
  }

  struct RegistrationKey: Hashable {
    let domain: UInt32
    let address: UInt64
  }

  struct Interface {
    let structure: UnsafeMutablePointer<ef_vi>
    let handle: ef_driver_handle
  }

  struct InterfaceSet {
    let structure: UnsafeMutablePointer<ef_vi_set>
    let handle: ef_driver_handle
    var filters: [UInt64] = []
  }

  struct Filter {
    var cookie: ef_filter_cookie
    /// An interface or a set.
    let owner: UInt32
  }

  struct PIO {
    let structure: UnsafeMutablePointer<ef_pio>
    let handle: ef_driver_handle
  }

  var domains: [UInt32: Domain] = [:]
  /// Memory that is registered twice has the same address twice, where addresses are pointers.
  var registrations: [RegistrationKey: [Registration]] = [:]
  var interfaces: [UInt32: Interface] = [:]
  var sets: [UInt32: InterfaceSet] = [:]
  var filters: [UInt64: Filter] = [:]
  var pios: [UInt32: PIO] = [:]

  private var last: UInt32 = 0
  private var lastFilter: UInt64 = 0

  /// A number that was never used before.
  mutating func number() -> UInt32 {
    last += 1
    return last
  }

  mutating func filterNumber() -> UInt64 {
    lastFilter += 1
    return lastFilter
  }
}

/// A structure of the library's, zeroed: several of its calls count on that.
func zeroed<Structure>(_ type: Structure.Type) -> UnsafeMutablePointer<Structure> {
  let memory = UnsafeMutableRawPointer.allocate(byteCount: MemoryLayout<Structure>.size, alignment: 64)
  memory.initializeMemory(as: UInt8.self, repeating: 0, count: MemoryLayout<Structure>.size)
  return memory.bindMemory(to: Structure.self, capacity: 1)
}
