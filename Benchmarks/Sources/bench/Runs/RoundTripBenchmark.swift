import CBaseline
import EtherFabric
import Glibc
import NetworkLab

/// Half round trips over veth pairs, each to a far end in plain C on a core of its own.
struct RoundTripBenchmark {
  private static let name = "roundtrip"

  /// Somebody who sends and waits for the echo.
  private final class Contestant {
    let label: String
    let mode: String
    let share: Int
    let run: (_ trips: Int, _ first: UInt32) throws -> [Double]
    let far: PlainEnd
    var medians = Sample()
    var tails = Sample()
    var all: [Double] = []

    init(
      _ label: String, mode: String = "spinning", share: Int = 1, far: PlainEnd,
      run: @escaping (_ trips: Int, _ first: UInt32) throws -> [Double]
    ) {
      self.label = label
      self.mode = mode
      self.share = share
      self.far = far
      self.run = run
    }
  }

  static func run(_ bench: Bench) throws {
    guard let cores = bench.needCores("half round trips") else { return }
    bench.report.title("roundtrip: half round trip of a 64-byte UDP frame over veth, to a far end in plain C")
    var contestants: [Contestant] = []
    for (what, make) in makers {
      do {
        contestants.append(try make())
      } catch {
        bench.report.skip("half round trip, \(what)", "\(error)")
      }
    }
    let trips = bench.isQuick ? 20_000 : 100_000
    // Numbers that no other turn uses: an echo that comes late is nobody's.
    var number: UInt32 = 0
    for _ in 0..<bench.rounds(5, 15) {
      for contestant in contestants {
        let echo = try EchoThread(contestant.far, core: cores.there)
        defer { echo.stop() }
        // The first trips find the far end not yet there, and wait.
        _ = try contestant.run(200, number)
        let halves = try contestant.run(trips / contestant.share, number + 200)
        number &+= UInt32(trips + 200)
        let sorted = Sample(values: halves)
        contestant.medians.add(sorted.median)
        contestant.tails.add(sorted.quantile(0.999))
        contestant.all += halves
      }
    }
    tell(bench, contestants, pinning: "pinned, \(cores.text)")
  }

  // MARK: Who takes part

  private static var makers: [(String, () throws -> Contestant)] {
    [
      ("emu:afpacket", { try interface("afpacket", 0) { try PlainEnd(.packet($0)) } }),
      ("bare C TPACKET_V2", { try plain("bare C TPACKET_V2", 1) { try PlainEnd(.packet($0)) } }),
      (
        "libpcap",
        {
          try plain("libpcap", 2) {
            try PlainEnd(.pcap($0))
          } far: {
            try PlainEnd(.packet($0))
          }
        }
      ),
      // Two ways of attaching the program: in the driver, and in front of the stack.
      ("emu:xdp native", { try xdp("native", 3) }),
      ("bare C AF_XDP native", { try plain("bare C AF_XDP native", 4) { try PlainEnd(.xdp($0, generic: false)) } }),
      ("emu:xdp generic", { try xdp("generic", 7) }),
      ("bare C AF_XDP generic", { try plain("bare C AF_XDP generic", 8) { try PlainEnd(.xdp($0, generic: true)) } }),
      ("kernel UDP spinning", { try sockets("kernel UDP spinning", 5, blocks: false) }),
      ("kernel UDP blocking", { try sockets("kernel UDP blocking", 6, blocks: true) }),
    ]
  }

  private static func veth(_ index: Int) throws -> VethPair {
    try VethPair(kernelEnd: "rk\(index)", adapterEnd: "ra\(index)", address: HostAddress(10, 9, UInt8(10 + index), 1))
  }

  private static func xdp(_ attach: String, _ index: Int) throws -> Contestant {
    try interface("xdp", index, way: attach) { try PlainEnd(.xdp($0, generic: attach == "generic")) }
  }

  private static func interface(
    _ wire: String, _ index: Int, way: String? = nil, far: (String) throws -> PlainEnd
  ) throws -> Contestant {
    let pair = try veth(index)
    let options = way.map { ",attach=\($0)" } ?? ""
    let end = try Interfaced("emu:\(wire):\(pair.adapterEnd)\(options)", to: pair.kernelMAC)
    return Contestant("emu:\(wire)\(way.map { " \($0)" } ?? "")", far: try far(pair.kernelEnd)) { trips, first in
      try end.end.measure(64, trips: trips, from: first)
    }
  }

  private static func plain(
    _ label: String, _ index: Int, _ make: @escaping (String) throws -> PlainEnd,
    far: ((String) throws -> PlainEnd)? = nil
  ) throws -> Contestant {
    let pair = try veth(index)
    let end = try make(pair.adapterEnd)
    let frame = Frame(length: 64, destination: pair.kernelMAC, source: pair.adapterMAC)
    return Contestant(label, far: try (far ?? make)(pair.kernelEnd)) { trips, first in
      try end.measure(frame.bytes, 64, trips: trips, from: first)
    }
  }

  /// Two stacks: the far socket is in a network namespace of its own, which lives as long as the socket.
  private static func sockets(_ label: String, _ index: Int, blocks: Bool) throws -> Contestant {
    let pair = try veth(index)
    let near = pair.address
    let there = HostAddress(10, 9, UInt8(10 + index), 2)
    let far = try pair.farHost(address: there) {
      try PlainEnd(.udp(local: there, peer: near, blocks: blocks))
    }.join()
    let end = try PlainEnd(.udp(local: near, peer: there, blocks: blocks))
    let frame = Frame(length: 64, destination: pair.kernelMAC, source: pair.adapterMAC)
    return Contestant(label, mode: blocks ? "blocking" : "spinning", share: blocks ? 10 : 1, far: far) { trips, first in
      try end.measure(frame.bytes, 64, trips: trips, from: first)
    }
  }

  /// Holds an end for a closure.
  private final class Interfaced {
    var end: InterfaceEnd

    init(_ device: String, to peer: MACAddress) throws {
      var made = try InterfaceEnd(device)
      let mac = made.driver.identity.macAddress
      try made.interface.addFilter(.ethernet(mac))
      Frame.store(to: made.source, length: 64, destination: peer, source: mac)
      try made.postAll()
      end = made
    }
  }

  // MARK: What came out

  private static func tell(_ bench: Bench, _ contestants: [Contestant], pinning: String) {
    func find(_ label: String) -> Contestant? { contestants.first { $0.label == label } }
    let rivals = [
      ("emu:afpacket", "bare C TPACKET_V2"), ("emu:xdp native", "bare C AF_XDP native"),
      ("emu:xdp generic", "bare C AF_XDP generic"),
    ]
    for (label, bare) in rivals {
      guard let ours = find(label) else { continue }
      let conditions = Conditions(wire: "\(label) on veth", mode: ours.mode, pinning: pinning)
      for (peer, aim) in [(bare, Aim.atMost(1.05)), ("kernel UDP spinning", .atMost(0.6))] {
        guard let theirs = find(peer) else { continue }
        bench.report.add(
          Comparison(
            name, "\(label), half round trip, median", conditions, unit: "ns", ours: ours.medians, peer: peer,
            theirs: theirs.medians, aim: aim))
      }
      if let theirs = find(bare) {
        bench.report.add(
          Comparison(
            name, "\(label), half round trip, p99.9", conditions, unit: "ns", ours: ours.tails, peer: bare,
            theirs: theirs.tails, aim: .atMost(1)))
      }
    }
    for other in contestants where !other.label.hasPrefix("emu:") {
      let conditions = Conditions(wire: "veth", mode: other.mode, pinning: pinning)
      bench.report.add(Comparison(name, "\(other.label), median", conditions, unit: "ns", ours: other.medians))
      bench.report.add(Comparison(name, "\(other.label), p99.9", conditions, unit: "ns", ours: other.tails))
    }
    bench.report.draw(curves(contestants.map { ($0.label, $0.all) }, "over veth"), as: "roundtrip-percentiles")
  }

  /// Percentiles on an axis that gives each nine as much room as the one before.
  static func curves(_ samples: [(label: String, halves: [Double])], _ place: String) -> Chart {
    let shares = [0, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.995, 0.999, 0.9995, 0.9999, 0.99999]
    return Chart(
      title: "Half round trip \(place), 64-byte frames", subtitle: "EMULATED: software, no wire, no PCIe",
      xTitle: "percentile", yTitle: "nanoseconds", yScale: .logarithmic,
      xMarks: [(1, "0"), (2, "50"), (10, "90"), (100, "99"), (1000, "99.9"), (10_000, "99.99")],
      series: samples.map { label, halves in
        let sorted = halves.sorted()
        let points = shares.filter { Double(sorted.count) * (1 - $0) >= 10 }.map { share in
          (x: 1 / (1 - share), y: sorted[Int(Double(sorted.count - 1) * share)])
        }
        return Chart.Series(name: label, points: points.filter { $0.x <= 10_000 })
      })
  }
}
