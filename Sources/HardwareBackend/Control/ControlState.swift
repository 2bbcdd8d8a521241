import CEtherFabric
import EtherFabric

/// What libciul has handed out, by the numbers that the API knows it by. Each has a driver handle of its own: the
/// driver frees what belongs to a handle when that is closed, and nothing before.
struct ControlState {
  typealias Domain = Obtained<ef_pd>
  typealias Interface = Obtained<ef_vi>
  typealias PIO = Obtained<ef_pio>

  struct Registration {
    let memory: Obtained<ef_memreg>
    let byteCount: Int
  }

  struct RegistrationKey: Hashable {
    let domain: UInt32
    let address: UInt64
  }

  struct InterfaceSet {
    let set: Obtained<ef_vi_set>
    var filters: [UInt64] = []
  }

  struct Filter {
    var cookie: ef_filter_cookie
    /// An interface or a set.
    let owner: UInt32
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
