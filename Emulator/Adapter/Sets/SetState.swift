/// A set of interfaces as the datapath sees it: the adapter's indirection table, and who is there.
struct SetState {
  /// Entries of the indirection table, a power of two.
  static let tableSize = 128
  /// Interfaces of a set, at most.
  static let memberLimit = 64

  /// The member of each bucket: bytes, `tableSize` of them.
  let table: UnsafeMutablePointer<UInt8>
  /// Members by their place, nil where there is none: `memberLimit` of them.
  let members: UnsafeMutablePointer<UnsafeMutablePointer<InterfaceState>?>
  /// The set has more members than one, so that frames are hashed.
  let isSpread: Bool
  /// Frames for members that are not there.
  var absent: UInt64 = 0

  /// The member for a hash. The driver gives the buckets to the members in turns.
  @inline(__always)
  func member(_ hash: UInt32) -> UnsafeMutablePointer<InterfaceState>? {
    members[Int(table[Int(hash) & (Self.tableSize - 1)])]
  }
}

/// The memory of a set, and the numbers that its interfaces have.
final class SetMemory {
  let state: UnsafeMutablePointer<SetState>
  let domain: UInt32
  let count: Int
  /// Number of the first member; the others follow.
  let base: UInt32
  /// Place in the port's list of sets.
  let slot: Int
  /// Members that are allocated, by bit.
  var allocated: UInt64 = 0
  /// The set itself has been freed, and members live on.
  var isFreed = false

  init(domain: UInt32, count: Int, base: UInt32, slot: Int) {
    self.domain = domain
    self.count = count
    self.base = base
    self.slot = slot
    let table = UnsafeMutablePointer<UInt8>.allocate(capacity: SetState.tableSize)
    for bucket in 0..<SetState.tableSize { (table + bucket).initialize(to: UInt8(bucket % count)) }
    let members = UnsafeMutablePointer<UnsafeMutablePointer<InterfaceState>?>.allocate(capacity: SetState.memberLimit)
    members.initialize(repeating: nil, count: SetState.memberLimit)
    state = .allocate(capacity: 1)
    state.initialize(to: SetState(table: table, members: members, isSpread: count > 1))
  }

  /// Members that are not allocated, by bit.
  var free: UInt64 { ~allocated & (count == 64 ? .max : (1 << UInt64(count)) - 1) }

  /// Puts a member where frames find it, or takes it away. Under the claim.
  func attach(_ interface: UnsafeMutablePointer<InterfaceState>) { place(interface, interface) }
  func detach(_ interface: UnsafeMutablePointer<InterfaceState>) { place(interface, nil) }

  private func place(
    _ interface: UnsafeMutablePointer<InterfaceState>, _ value: UnsafeMutablePointer<InterfaceState>?
  ) {
    state.pointee.members[Int(interface.pointee.index - base)] = value
  }

  deinit {
    state.pointee.table.deallocate()
    state.pointee.members.deallocate()
    state.deallocate()
  }
}
