import EtherFabric

/// A network interface of the host, and the card behind it.
struct HostInterface {
  /// A card that ef_vi knows.
  struct Card {
    let model: String
    /// Nil where the driver of Onload 9 does not take it any more.
    let generation: Generation?
    var hasExpress = false

    /// By the numbers that PCI knows the card by: `0x1924:0x0b03`.
    static func named(_ vendor: String, _ device: String) -> Card? {
      switch (vendor, device) {
      case ("0x1924", "0x0a03"), ("0x1924", "0x1a03"): Card(model: "8000 series", generation: .sfc8000)
      case ("0x1924", "0x0b03"), ("0x1924", "0x1b03"): Card(model: "X2 series", generation: .x2)
      case ("0x1924", "0x0c03"): Card(model: "X4 series", generation: .x4, hasExpress: true)
      case ("0x1924", "0x2c03"): Card(model: "X4 series without express", generation: .x4)
      case ("0x10ee", "0x5084"): Card(model: "X3 series", generation: .x3)
      case ("0x1924", _): Card(model: "Solarflare \(device)", generation: nil)
      default: nil
      }
    }
  }

  let name: String
  let driver: String?
  let card: Card?
  let node: Int
  let mtu: String
  let state: String

  static func all(_ files: HostFiles) -> [HostInterface] {
    files.names("/sys/class/net").filter { files.exists("/sys/class/net/\($0)/mtu") }.map { name in
      let folder = "/sys/class/net/\(name)"
      return HostInterface(
        name: name, driver: files.linkName("\(folder)/device/driver"),
        card: Card.named(
          files.text("\(folder)/device/vendor") ?? "", files.text("\(folder)/device/device") ?? ""),
        node: files.text("\(folder)/device/numa_node").flatMap { Int($0) } ?? -1,
        mtu: files.text("\(folder)/mtu") ?? "?", state: files.text("\(folder)/operstate") ?? "unknown")
    }
  }

  var finding: Finding {
    let kind = card.map { "\($0.model) (\($0.generation.map { "\($0)" } ?? "not supported"))" } ?? "no card of ef_vi"
    let place = node < 0 ? "" : ", NUMA node \(node)"
    let found = "\(kind), driver \(driver ?? "none"), MTU \(mtu), link \(state)\(place)"
    guard let card else { return .ok(name, found) }
    if card.generation == nil {
      return .note(name, found, mend: "Use emu:afpacket:\(name), or a card of the 8000, X2, X3 or X4 series.")
    }
    let wanted = card.generation == .x3 ? "xilinx_efct" : "sfc"
    guard driver == wanted else {
      return .missing(name, found, mend: "modprobe \(wanted)", hasCards: true)
    }
    return state == "down" ? .note(name, found, mend: "ip link set \(name) up") : .ok(name, found)
  }

  func prospects(isReady: Bool) -> [Prospect] {
    var all: [Prospect] = []
    if let card, let generation = card.generation {
      let later = isReady ? "" : ", once the faults above are mended"
      all.append(Prospect(device: "sfc:\(name)", gets: "\(card.model) (\(generation))\(later)"))
      if card.hasExpress {
        all.append(
          Prospect(device: "sfc:\(name)/express", gets: "\(card.model), its express datapath (x4-express)\(later)"))
      }
      if generation.isEF10 {
        all.append(Prospect(device: "sfc:\(name)/phys", gets: "the same with physical addresses, a privilege\(later)"))
      }
    }
    return all + [Prospect(device: "emu:afpacket:\(name)", gets: "an emulated x2 on this interface")]
  }
}
