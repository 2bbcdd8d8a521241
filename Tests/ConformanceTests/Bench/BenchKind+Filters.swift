import EtherFabric
import Glibc
import Testing

/// What the generations make of filters.
extension BenchKind {
  /// Whether the generation takes such a filter at all.
  func takes(_ filter: FilterSpecification) -> Bool {
    let kind = filter.kind
    let hasMore = kind.contains(.ethernet) && !kind.isDisjoint(with: [.ipProtocol, .etherType])
    return switch generation.datapath {
    case .ef10: true
    case .efct: !hasMore
    case .ef10ct:
      !hasMore
        && kind.isDisjoint(with: [
          .ipv6, .unicastAll, .multicastAll, .unicastMismatch, .multicastMismatch, .blockKernel, .blockKernelUnicast,
          .blockKernelMulticast,
        ])
    }
  }

  /// Adds a filter; nil, and the right error, where the generation has none of the kind.
  func add(_ filter: FilterSpecification, to station: inout Station) throws -> FilterCookie? {
    guard takes(filter) else {
      let error = #expect(throws: EtherFabricError.self) { try station.interface.addFilter(filter) }
      #expect(error?.errno == EPROTONOSUPPORT, "\(filter.kind)")
      return nil
    }
    return try station.interface.addFilter(filter)
  }

  /// Whether these frames came, and, where filters are exact, no others.
  func agrees(_ came: [Int], _ expected: [Int]) -> Bool {
    filtersExactly ? came == expected : Set(expected).isSubset(of: came)
  }

  /// Filters for everything that a bench sends to its port, to groups and to all.
  func takeAll(_ bench: any ConformanceBench, _ station: inout Station, groups: [MACAddress] = []) throws {
    if generation.datapath == .ef10 {
      try station.interface.addFilter(.unicastAll)
      try station.interface.addFilter(.multicastAll)
    } else {
      for mac in [bench.portMAC, .broadcast] + groups { try station.interface.addFilter(.ethernet(mac)) }
    }
  }
}
