import EtherFabric
import NetworkLab

/// What a measurement states about itself: what it got, not what was asked for.
struct LatencyComments {
  let role: LatencyCommand.Role
  /// The device of this end, and with both roles that of the other.
  let drivers: [Driver]
  let affinity: LatencyAffinity?
  /// How each of the devices sends.
  let modes: [SendMode]

  /// Names and values; `memory` is what `InterfacePort` says of its buffers.
  func lines(memory: String? = nil) -> [(name: String, value: String)] {
    var lines: [(name: String, value: String)] = [("efvi latency", role.rawValue)]
    for driver in drivers { lines.append(("device", driver.identity.device)) }
    if drivers.contains(where: \.identity.isEmulated) {
      lines.append(("EMULATED", "software, no wire and no PCIe; not to be compared with hardware"))
    }
    lines.append(("wire", drivers.map(\.identity.interface).joined(separator: " - ")))
    lines.append(("mode", "UDP, sent by \(sends), event queues polled, " + services))
    lines.append(("pinning", pinning))
    if let memory { lines.append(("buffers", memory)) }
    return lines
  }

  private var sends: String {
    Set(modes).count > 1 ? modes.map(\.rawValue).joined(separator: " - ") : modes.first?.rawValue ?? ""
  }

  private var services: String {
    let services = drivers.compactMap { driver in
      driver.identity.configuration.first { $0.name == "service" }?.value
    }
    return "adapter service " + services.joined(separator: " - ")
  }

  private var pinning: String {
    guard let affinity else { return "none, of \(CPU.available.count) cores" }
    switch role {
    case .ping: return "ping on core \(affinity.ping)"
    case .pong: return "pong on core \(affinity.pong ?? affinity.ping)"
    case .both:
      let pong = affinity.pong.map { "on core \($0)" } ?? "not pinned"
      return "ping on core \(affinity.ping), pong \(pong)"
    }
  }
}
