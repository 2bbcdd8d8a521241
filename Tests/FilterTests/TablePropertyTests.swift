import EmulatedAdapter
import EtherFabric
import Glibc
import Testing

@Suite struct TablePropertyTests {
  @Test(arguments: 1...12 as ClosedRange<UInt64>, [true, false])
  func matchesAsALinearSearchDoes(_ seed: UInt64, _ chainsMulticast: Bool) throws {
    var random = RandomTraffic(seed: seed)
    let table = FilterTable(limit: 300, hardwareMAC: ownMAC, chainsMulticast: chainsMulticast)
    var linear = LinearMatcher(chainsMulticast: chainsMulticast)
    if seed % 2 == 0 {
      linear.kernelGroups = [group]
      table.kernelGroups = [group]
    }
    // The table grows and shrinks in turns.
    for step in 0..<600 {
      let isGrowing = step / 150 % 2 == 0
      if linear.filters.isEmpty || random.below(10) < (isGrowing ? 8 : 2) {
        try insert(random.filter(), UInt32(random.below(90)), table, &linear)
      } else {
        let removed = linear.filters.remove(at: random.below(linear.filters.count))
        try table.remove(removed.cookie, interface: removed.interface)
      }
      #expect(table.count == linear.filters.count)
      for _ in 0..<5 {
        let frame = random.frame()
        let expected = linear.route(frame)
        let found = table.route(frame)
        #expect(Set(found.interfaces) == expected.interfaces, "seed \(seed) step \(step): \(frame)")
        #expect(found.interfaces.count == expected.interfaces.count, "seed \(seed) step \(step): \(frame)")
        #expect(found.toKernel == expected.toKernel, "seed \(seed) step \(step): \(frame)")
      }
    }
  }

  /// Inserts into both, and checks that a refusal is one that the list explains.
  private func insert(
    _ filter: FilterSpecification, _ interface: UInt32, _ table: FilterTable, _ linear: inout LinearMatcher
  ) throws {
    let same = linear.filters.filter { Self.isSameMatch($0.filter, filter) }
    let isShared =
      filter.kind.contains(.ethernet) && filter.macAddress.isMulticast
      || !filter.kind.isDisjoint(with: [.ipv4, .ipv6])
        && (filter.local.address.isMulticast || filter.local.address.isBroadcast)
      || !filter.kind.isDisjoint(with: [.multicastAll, .multicastMismatch])
    let isDuplicate = !same.isEmpty && (!isShared || same.contains { $0.interface == interface })
    do {
      let cookie = try table.insert(filter, interface: interface)
      #expect(!isDuplicate, "\(filter)")
      linear.filters.append(.init(filter: filter, interface: interface, cookie: cookie))
    } catch {
      #expect(error.errno == EEXIST && isDuplicate, "\(error)")
    }
  }

  private static func isSameMatch(_ a: FilterSpecification, _ b: FilterSpecification) -> Bool {
    guard let rank = LinearMatcher.rank(a), rank == LinearMatcher.rank(b) else { return false }
    if a.kind.contains(.unicastAll) || b.kind.contains(.unicastAll) { return true }
    return a == b
  }
}
