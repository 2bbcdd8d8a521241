import CBaseline
import EtherFabric
import NetworkLab

/// A wire of ours and its peers, each with a veth pair of its own.
final class ThroughputSubject {
  enum Wire: String {
    case afpacket
    case xdp

    var options: String { self == .xdp ? ",attach=native" : "" }
    var driver: String { self == .xdp ? "net_af_xdp" : "net_af_packet" }
    var bare: String { self == .xdp ? "bare C AF_XDP" : "bare C TPACKET_V2" }
  }

  /// A peer that sends and receives.
  enum Rival {
    case plain(PlainEnd)
    case testpmd(path: String)
  }

  let wire: Wire
  let cores: Cores
  var ours: InterfaceEnd
  let ourPair: VethPair
  private(set) var peers: [(name: String, pair: VethPair, peer: Rival)] = []

  /// - Throws: Where our wire does not open. A peer that does not is left out, and `report` says so.
  init(_ wire: Wire, _ cores: Cores, _ report: Report) throws {
    self.wire = wire
    self.cores = cores
    ourPair = try Self.veth(wire, 0)
    var end = try InterfaceEnd("emu:\(wire.rawValue):\(ourPair.adapterEnd)\(wire.options)")
    try end.interface.addFilter(.ethernet(Frame.nobody))
    try end.postAll()
    ours = end
    add(wire.bare, 1, report) { .plain(try PlainEnd(wire == .xdp ? .xdp($0, generic: false) : .packet($0))) }
    if wire == .afpacket { add("libpcap", 2, report) { .plain(try PlainEnd(.pcap($0))) } }
    add("testpmd \(wire.driver)", 3, report) { _ in
      guard let path = Peer.testpmd.path else { throw BenchmarkError(reason: "dpdk-testpmd is not installed") }
      return .testpmd(path: path)
    }
  }

  private func add(_ name: String, _ index: Int, _ report: Report, _ make: (String) throws -> Rival) {
    do {
      let pair = try Self.veth(wire, index)
      peers.append((name, pair, try make(pair.adapterEnd)))
    } catch {
      report.skip("\(wire.rawValue) against \(name)", "\(error)")
    }
  }

  private static func veth(_ wire: Wire, _ index: Int) throws -> VethPair {
    let letter = wire == .xdp ? "x" : "p"
    return try VethPair(
      kernelEnd: "\(letter)k\(index)", adapterEnd: "\(letter)a\(index)",
      address: HostAddress(10, 9, UInt8((wire == .xdp ? 40 : 30) + index), 1))
  }

  /// A testpmd for a peer of that kind; nil for others.
  func start(_ index: Int, _ mode: Testpmd.Mode) throws -> Testpmd? {
    guard case .testpmd(let path) = peers[index].peer else { return nil }
    return try Testpmd(path, device: "\(wire.driver)0,iface=\(peers[index].pair.adapterEnd)", mode: mode, cores: cores)
  }
}
