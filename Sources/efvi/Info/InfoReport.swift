import EtherFabric

/// All that `efvi info` tells.
enum InfoReport {
  static func make(_ driver: Driver, _ interface: borrowing VirtualInterface) -> Report {
    let identity = driver.identity
    var report = Report(identity)
    report.add(
      "identity", figures: false,
      [
        ("device", .text(identity.device)),
        ("interface", .text(identity.interface)),
        ("generation", .text("\(identity.generation)")),
        ("emulated", .flag(identity.isEmulated)),
        ("mac", .text("\(identity.macAddress)")),
        ("mtu", .integer(UInt64(driver.mtu))),
        ("link", .text(driver.isLinkUp ? "up" : "down")),
        ("numa_node", identity.numaNode < 0 ? .none : .integer(UInt64(identity.numaNode))),
      ])
    report.add("configuration", figures: false, identity.configuration.map { ($0.name, .text($0.value)) })
    report.add(
      "limits", figures: false,
      [
        ("receive_rings", sizes(driver, .receiveQueueSizes)),
        ("transmit_rings", sizes(driver, .transmitQueueSizes)),
        ("event_queues", sizes(driver, .eventQueueSizes)),
        ("largest_frame", .integer(UInt64(driver.mtu + 14))),
      ])
    report.add(
      "virtual_interface", figures: false,
      [
        ("instance", .integer(UInt64(interface.instance))),
        ("receive_capacity", .integer(UInt64(interface.receiveCapacity))),
        ("transmit_capacity", .integer(UInt64(interface.transmitCapacity))),
        ("event_capacity", .integer(UInt64(interface.eventCapacity))),
        ("receive_buffer_length", .integer(UInt64(interface.receiveBufferLength))),
        ("receive_prefix_length", .integer(UInt64(interface.receivePrefixLength))),
        ("flags", .text("0x" + String(interface.flags.rawValue, radix: 16))),
      ])
    report.add(
      "capabilities", figures: false,
      Capability.allCases.map { capability in
        ((try? driver.capability(capability)).map { (capability.swiftName, .integer($0)) })
          ?? (capability.swiftName, .none)
      })
    return report
  }

  /// The sizes in a mask whose bits are the sizes.
  private static func sizes(_ driver: Driver, _ capability: Capability) -> Report.Value {
    guard let mask = try? driver.capability(capability) else { return .none }
    let sizes = (0..<63).map { UInt64(1) << $0 }.filter { mask & $0 != 0 }
    return .text(sizes.map { String($0) }.joined(separator: " "))
  }
}
