import EtherFabric
import Glibc
import LiveCounters
import Testing

/// The wire of `PacketBench`, reached through `sfc:a0`: the backend for hardware, the shims, libciul as this project
/// makes it, and the emulated adapter in there. What it counts is read as `efvi stats` reads it.
final class LibraryBench: PacketBench {
  private var pump: VirtualInterface
  private var events = EventBatch(capacity: 8)
  private let page: LivePage

  static var isAvailable: Bool { getenv("EFVI_LIBCIUL") != nil }

  init(_ kind: BenchKind, _ options: String) throws {
    setenv("EFVI_DEVICE", "emu:afpacket?" + options.replacing(",", with: "&"), 1)
    let driver = try Driver.open("sfc:a0")
    pump = try driver.allocateProtectionDomain().allocateVirtualInterface(
      InterfaceOptions(receiveCapacity: 0, transmitCapacity: 0))
    page = try #require(try RunningPages.pages(of: getpid()).last)
    try super.init(kind) { driver }
  }

  /// An interface that nothing comes to: its polls let the adapter work.
  override func service() { pump.poll(&events) }

  override func statistics() -> AdapterStatistics {
    let reading = page.read()
    var counters = counters("port", of: reading, instance: 0, prefix: "")
    counters += self.counters("wire", of: reading, instance: 0, prefix: "wire_").map { counter in
      let name = counter.name.dropFirst(5)
      let isDirected = name.hasPrefix("rx_") || name.hasPrefix("tx_")
      return isDirected
        ? NamedCounter(name.prefix(3) + "wire_" + name.dropFirst(3), counter.value, help: counter.help) : counter
    }
    return AdapterStatistics(counters)
  }

  override func statistics(of interface: borrowing VirtualInterface) -> AdapterStatistics {
    let reading = page.read()
    let instance = Int(interface.instance)
    return AdapterStatistics(
      counters("interface", of: reading, instance: instance, prefix: "")
        + counters("event_queue", of: reading, instance: instance, prefix: "event_"))
  }

  private func counters(
    _ name: String, of reading: CounterReading, instance: Int, prefix: String
  ) -> [NamedCounter] {
    guard let group = page.groups.firstIndex(where: { $0.name == name }),
      let found = reading.groups[group].first(where: { $0.index == instance })
    else { return [] }
    return zip(page.groups[group].fields, found.values).map { NamedCounter(prefix + $0.name, $1, help: $0.help) }
  }
}
