import CBaseline
import EtherFabric
import Glibc
import NetworkLab

/// Frames a second that one core receives from a veth pair while another sends all it can.
struct ReceiveBenchmark {
  private let bench: Bench
  private let subject: ThroughputSubject
  private let seconds: Double

  init(_ bench: Bench, _ subject: ThroughputSubject) {
    self.bench = bench
    self.subject = subject
    seconds = bench.isQuick ? 0.15 : 0.4
  }

  /// What was offered and taken, in millions a second.
  private struct Flow {
    var offered = Sample()
    var taken = Sample()

    mutating func add(_ received: Int, _ outcome: Generator.Outcome) {
      offered.add(outcome.rate / 1e6)
      taken.add(Double(received) / outcome.seconds / 1e6)
    }
  }

  func run() throws {
    let testpmds = subject.peers.indices.map { index in
      do {
        return try subject.start(index, .receive)
      } catch {
        bench.report.skip("\(subject.wire.rawValue) receive against \(subject.peers[index].name)", "\(error)")
        return nil
      }
    }
    // The generator is the same for all: a packet socket at the kernel's end.
    let sources = try ([subject.ourPair] + subject.peers.map(\.pair)).map { try PlainEnd(.packet($0.kernelEnd)) }
    var flows = [Flow](repeating: Flow(), count: subject.peers.count + 1)
    for _ in 0..<bench.rounds(5, 11) {
      let (got, outcome) = try receive(from: sources[0]) { stop in try subject.ours.receive(until: stop) }
      flows[0].add(got, outcome)
      for (index, peer) in subject.peers.enumerated() {
        switch peer.peer {
        case .plain(let end):
          let (got, outcome) = try receive(from: sources[index + 1]) { stop in end.receive(until: stop) }
          flows[index + 1].add(got, outcome)
        case .testpmd:
          guard let testpmd = testpmds[index] else { continue }
          try testpmd.start()
          let outcome = try generate(sources[index + 1]).join()
          usleep(5000)
          flows[index + 1].add(try testpmd.stop().received, outcome)
        }
      }
    }
    for (index, peer) in subject.peers.enumerated() where !flows[index + 1].taken.values.isEmpty {
      var isAim = true
      if case .plain = peer.peer { isAim = false }
      bench.report.add(
        Comparison(
          subject.wire.rawValue, "receive, 64 B",
          Conditions(
            wire: "emu:\(subject.wire.rawValue) on veth", mode: "spinning, copy mode",
            pinning: "core \(subject.cores.here), sender on \(subject.cores.there)"),
          unit: "Mpps", ours: flows[0].taken, peer: peer.name, theirs: flows[index + 1].taken,
          aim: isAim ? .atLeast(1) : nil))
    }
    let names = ["emu:\(subject.wire.rawValue)"] + subject.peers.map(\.name)
    let texts = zip(names, flows).filter { !$1.offered.values.isEmpty }.map { name, flow in
      "\(name) \(flow.offered.median.text(3)) (lost \((100 * (1 - flow.taken.median / flow.offered.median)).text(1)) %)"
    }
    bench.report.note("offered, Mpps, by a packet socket on the other core: \(texts.joined(separator: "; "))")
  }

  private func generate(_ source: PlainEnd) throws -> Generator {
    try Generator(source, length: 64, seconds: seconds, core: subject.cores.there)
  }

  /// Runs `body` while frames come, and a little longer.
  private func receive(from source: PlainEnd, _ body: (Flag) throws -> Int) throws -> (Int, Generator.Outcome) {
    try CPU.pinned(to: subject.cores.here) {
      let stop = Flag()
      defer { stop.free() }
      let timer = try Timer(seconds + 0.02, stop)
      let generator = try generate(source)
      let received = try body(stop)
      timer.join()
      return (received, try generator.join())
    }
  }
}
