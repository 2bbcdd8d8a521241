import EtherFabric
import LiveCounters

extension EmulatedAdapter {
  /// What the adapters of this program count, as others see it while it runs.
  public static var counterGroups: [CounterGroup] { AdapterCounters.groups }

  public func statistics() -> AdapterStatistics {
    let (port, faults) = self.port.withClaim {
      (
        self.port.pointee.counters,
        [
          ("rx", self.port.pointee.receiveFaults?.pointee.counters),
          ("tx", self.port.pointee.transmitFaults?.pointee.counters),
        ]
      )
    }
    var rows = port.rows()
    rows += wire.counters().rows { name in
      name.hasPrefix("rx_")
        ? "rx_wire_" + name.dropFirst(3) : name.hasPrefix("tx_") ? "tx_wire_" + name.dropFirst(3) : "wire_" + name
    }
    rows += expressRows()
    for (side, counters) in faults { rows += counters?.rows { "fault_\(side)_\($0)" } ?? [] }
    return AdapterStatistics(rows)
  }

  public func statistics(interface: UInt32) -> AdapterStatistics {
    locked { state in
      guard let memory = state.interfaces[interface] else { return AdapterStatistics([]) }
      if let express = memory.state.pointee.express {
        return AdapterStatistics(expressRows(of: memory.state, express))
      }
      let (counters, events) = port.withClaim {
        (memory.state.pointee.counters, memory.events.state.pointee.counters.pointee)
      }
      return AdapterStatistics(counters.rows() + events.rows { "event_\($0)" })
    }
  }
}
