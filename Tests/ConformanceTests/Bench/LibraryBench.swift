import EtherFabric
import Glibc
import LiveCounters

/// The wire of `PacketBench`, reached through `sfc:a0`: the backend for hardware, the shims, libciul as this project
/// makes it, and the emulated adapter in there. What it counts is read as `efvi stats` reads it.
final class LibraryBench: PacketBench {
  private var pump: VirtualInterface?
  private var events = EventBatch(capacity: 8)
  private var page: LivePage?

  static var isAvailable: Bool { getenv("EFVI_LIBCIUL") != nil }

  init(_ kind: BenchKind, _ options: String) throws {
    setenv("EFVI_DEVICE", "emu:afpacket?" + options.replacing(",", with: "&"), 1)
    try super.init(kind) { try Driver.open("sfc:a0") }
    pump = try driver.allocateProtectionDomain().allocateVirtualInterface(
      InterfaceOptions(receiveCapacity: 0, transmitCapacity: 0, eventCapacity: 512))
    page = try RunningPages.pages(of: getpid()).last
  }

  /// An interface that nothing comes to: its polls let the adapter work.
  override func service() { _ = pump?.poll(&events) }

  override func statistics() -> AdapterStatistics {
    guard let page else { return AdapterStatistics() }
    let reading = page.read()
    var counters = counters("port", of: page, reading, instance: 0, prefix: "")
    counters += self.counters("wire", of: page, reading, instance: 0, prefix: "wire_").map { counter in
      let name = counter.name.dropFirst(5)
      let isDirected = name.hasPrefix("rx_") || name.hasPrefix("tx_")
      return isDirected
        ? NamedCounter(name.prefix(3) + "wire_" + name.dropFirst(3), counter.value, help: counter.help) : counter
    }
    return AdapterStatistics(counters)
  }

  override func statistics(of interface: borrowing VirtualInterface) -> AdapterStatistics {
    guard let page else { return AdapterStatistics() }
    let reading = page.read()
    let instance = Int(interface.instance)
    return AdapterStatistics(
      counters("interface", of: page, reading, instance: instance, prefix: "")
        + counters("event_queue", of: page, reading, instance: instance, prefix: "event_"))
  }

  private func counters(
    _ name: String, of page: LivePage, _ reading: CounterReading, instance: Int, prefix: String
  ) -> [NamedCounter] {
    guard let group = page.groups.firstIndex(where: { $0.name == name }),
      let found = reading.groups[group].first(where: { $0.index == instance })
    else { return [] }
    return zip(page.groups[group].fields, found.values).map { NamedCounter(prefix + $0.name, $1, help: $0.help) }
  }
}
