/// `ef_vi_stats_query`, and what `ethtool -S` shows of a port: counters in a fixed order, as they were at one moment.
public struct AdapterStatistics: Sendable, Equatable {
  /// The counters, in the adapter's order; each name once.
  public private(set) var counters: [NamedCounter]

  private var places: [String: Int]

  /// Takes the counters in their order. Where a name comes again, its values are added up.
  public init(_ counters: some Sequence<NamedCounter> = []) {
    self.counters = []
    places = [:]
    for counter in counters { add(counter) }
  }

  /// Adds a counter at the end, or to the one that has its name.
  public mutating func add(_ counter: NamedCounter) {
    if let place = places[counter.name] {
      let (sum, isOver) = self.counters[place].value.addingReportingOverflow(counter.value)
      counters[place].value = isOver ? .max : sum
    } else {
      places[counter.name] = counters.count
      counters.append(counter)
    }
  }

  /// The value of the counter with this name, nil where there is none.
  public subscript(name: String) -> UInt64? { places[name].map { counters[$0].value } }

  /// The counter with this name, nil where there is none.
  public func counter(_ name: String) -> NamedCounter? { places[name].map { counters[$0] } }

  /// What happened since `earlier`, a snapshot of the same adapter: each counter less its earlier value. A counter that
  /// `earlier` lacks counts from 0, and so does one that went back (it was reset in between).
  public func difference(since earlier: AdapterStatistics) -> AdapterStatistics {
    AdapterStatistics(
      counters.map { now in
        let before = earlier[now.name] ?? 0
        return NamedCounter(now.name, now.value >= before ? now.value - before : now.value, help: now.help)
      })
  }

  /// The counters that are not 0.
  public var nonzero: AdapterStatistics { AdapterStatistics(counters.filter { $0.value != 0 }) }
}
