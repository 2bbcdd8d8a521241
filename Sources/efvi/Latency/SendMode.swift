import ArgumentParser
import EtherFabric
import Glibc

/// How frames are handed to the adapter.
enum SendMode: String, ExpressibleByArgument, CaseIterable, Sendable {
  /// The adapter fetches them from memory.
  case dma
  /// They are written to a buffer of the adapter ahead, and sent from there.
  case pio
  /// They are written to the adapter, which sends while they come; a fallback in memory where that fails.
  case ctpio
  /// They are sent ahead into a transmit alternative, and let go.
  case alternatives

  /// What the adapter must have.
  private var capability: Capability {
    switch self {
    case .dma: .transmitQueueSizes
    case .pio: .pio
    case .ctpio: .ctpio
    case .alternatives: .transmitAlternatives
    }
  }

  var flags: InterfaceFlags {
    switch self {
    case .dma, .pio: []
    case .ctpio: .cutThrough
    case .alternatives: .transmitAlternatives
    }
  }

  /// The mode of a device: the one that was asked for, or else the plainest that it has.
  /// - Throws: `EOPNOTSUPP` where it has no such mode.
  static func of(_ driver: Driver, wanted: SendMode?) throws(EtherFabricError) -> SendMode {
    let modes = allCases.filter { $0.isHad(by: driver) }
    guard let wanted else { return modes.first ?? .dma }
    guard modes.contains(wanted) else {
      throw EtherFabricError(
        "efvi latency", errno: EOPNOTSUPP,
        reason: "--mode \(wanted.rawValue): \(driver.identity.generation) has no such way to send",
        remedy: "Choose one of \(modes.map(\.rawValue).joined(separator: ", ")), or another adapter with 'nic='.")
    }
    return wanted
  }

  private func isHad(by driver: Driver) -> Bool {
    // EFCT and EF10CT have nothing else, and EF10 has DMA besides.
    if driver.identity.generation.datapath.isExpress { return self == .ctpio }
    return (try? driver.capability(capability)) != nil
  }
}
