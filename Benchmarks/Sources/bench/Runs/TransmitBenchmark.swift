import CBaseline
import EtherFabric
import Glibc
import NetworkLab

/// Frames a second that one core sends into a veth pair, counted by the kernel at the other end of it.
struct TransmitBenchmark {
  private let bench: Bench
  private let subject: ThroughputSubject
  private let testpmds: [Testpmd?]
  private let seconds: Double

  init(_ bench: Bench, _ subject: ThroughputSubject) throws {
    self.bench = bench
    self.subject = subject
    seconds = bench.isQuick ? 0.08 : 0.25
    testpmds = subject.peers.indices.map { index in
      do {
        return try subject.start(index, .transmit)
      } catch {
        bench.report.skip("\(subject.wire.rawValue) transmit against \(subject.peers[index].name)", "\(error)")
        return nil
      }
    }
  }

  func run() throws {
    let bursts = try [1, 4, 8, 32].map { ($0, try measure(burst: $0, length: 64)) }
    let lengths = try [64, 512, 1500].map { ($0, try measure(burst: 32, length: $0)) }
    for (burst, samples) in bursts where burst == 32 || burst == 1 { tell("64 B, burst \(burst)", burst, samples) }
    for (length, samples) in lengths where length == 1500 { tell("1500 B, burst 32", 0, samples) }
    draw(bursts, title: "64-byte frames", xTitle: "burst", as: "burst")
    draw(lengths, title: "bursts of 32", xTitle: "bytes of a frame", as: "size")
  }

  private func tell(_ what: String, _ burst: Int, _ samples: [Sample]) {
    for (index, peer) in subject.peers.enumerated() where !samples[index + 1].values.isEmpty {
      var isAim = burst == 32
      if case .plain = peer.peer { isAim = false }
      bench.report.add(
        Comparison(
          subject.wire.rawValue, "transmit, \(what)",
          Conditions(
            wire: "emu:\(subject.wire.rawValue) on veth", mode: "spinning, copy mode",
            pinning: "core \(subject.cores.here)"),
          unit: "Mpps", ours: samples[0], peer: peer.name, theirs: samples[index + 1],
          aim: isAim ? .atLeast(1) : nil))
    }
  }

  private func draw(_ rows: [(Int, [Sample])], title: String, xTitle: String, as name: String) {
    let names = ["emu:\(subject.wire.rawValue)"] + subject.peers.map(\.name)
    bench.report.draw(
      Chart(
        title: "Frames sent per second over veth, \(title)",
        subtitle: "EMULATED: software, no wire, no PCIe; one core sends, and runs the kernel's receiving end",
        xTitle: xTitle, yTitle: "million frames per second", xMarks: rows.map { (Double($0.0), "\($0.0)") },
        series: names.enumerated().map { index, name in
          Chart.Series(
            name: name,
            points: rows.compactMap { row in
              row.1[index].values.isEmpty ? nil : (Double(row.0), row.1[index].median)
            })
        }), as: "\(subject.wire.rawValue)-transmit-\(name)")
  }

  /// Millions of frames a second: ours first, then the peers, in turns.
  private func measure(burst: Int, length: Int) throws -> [Sample] {
    Frame.store(to: subject.ours.source, length: length, destination: Frame.nobody, source: Frame.nobody)
    let frame = Frame(length: length, destination: Frame.nobody, source: Frame.nobody)
    defer { frame.free() }
    for testpmd in testpmds {
      try testpmd?.set(burst: burst)
      try testpmd?.set(length: length)
    }
    var samples = [Sample](repeating: Sample(), count: subject.peers.count + 1)
    for _ in 0..<bench.rounds(5, 11) {
      samples[0].add(
        try count(subject.ourPair) { stop in
          _ = try subject.ours.send(length, burst: burst, until: stop)
        })
      for (index, peer) in subject.peers.enumerated() {
        switch peer.peer {
        case .plain(let end):
          samples[index + 1].add(
            try count(peer.pair) { stop in _ = end.send(frame.bytes, length, burst: burst, until: stop) })
        case .testpmd:
          guard let testpmd = testpmds[index] else { continue }
          try testpmd.start()
          samples[index + 1].add(
            try count(peer.pair) { stop in while !stop.isSet { usleep(1000) } })
          _ = try testpmd.stop()
        }
      }
    }
    return samples
  }

  /// Millions a second that arrive at the kernel's end while `body` runs on this core.
  private func count(_ pair: VethPair, _ body: (Flag) throws -> Void) throws -> Double {
    try CPU.pinned(to: subject.cores.here) {
      let stop = Flag()
      defer { stop.free() }
      let timer = try Timer(seconds, stop)
      let before = try InterfaceStatistics(of: pair.kernelEnd).receivedPackets
      let start = baseline_now()
      try body(stop)
      let taken = baseline_now() - start
      let arrived = try InterfaceStatistics(of: pair.kernelEnd).receivedPackets - before
      timer.join()
      return Double(arrived) * 1000 / Double(taken)
    }
  }
}
