import NetworkLab

/// The network of `--private-network`: a veth pair without addresses, both ends for adapters.
enum LatencyNetwork {
  static func make() throws -> VethPair {
    try Namespace.enterPrivate()
    // The kernel keeps its address out of the range that is measured, and so out of the way.
    let pair = try VethPair(address: "192.0.2.1", prefix: 32)
    try pair.setOffloads(.kernel, [.tcpSegmentation, .genericSegmentation], enabled: false)
    return pair
  }
}
