import EmulatedAdapter
import EtherFabric
import Testing

/// Random operations on two virtual interfaces over a cable: nothing is lost without being counted, nothing comes
/// twice or out of order, and every buffer comes back.
@Suite struct RandomOperationTests {
  @Test(arguments: [1, 2, 3, 4] as [UInt64])
  func operationsOfAFixedSeed(_ seed: UInt64) throws {
    try run(seed, operations: 800_000)
  }

  @Test func operationsOfARandomSeed() throws {
    try run(UInt64.random(in: 0 ... .max), operations: 120_000)
  }

  private func run(_ seed: UInt64, operations: Int) throws {
    print("random operations: seed \(seed)")
    var left = try Side.open("emu:cable:random-\(seed)/0")
    var right = try Side.open("emu:cable:random-\(seed)/1")
    var random = Random(state: seed)
    var number = 0
    while number < operations {
      do {
        if random.next(2) == 0 {
          number += try step(&left, &right, &random, starves: number / 30_000 % 2 == 1)
        } else {
          number += try step(&right, &left, &random, starves: number / 30_000 % 2 == 1)
        }
      } catch {
        Issue.record("seed \(seed), operation \(number): \(error)")
        return
      }
    }
    for _ in 0..<2 {
      try left.drain()
      try right.drain()
    }
    check(left, to: right, "seed \(seed), left to right")
    check(right, to: left, "seed \(seed), right to left")
    // What is still posted comes back, once.
    try returnsAll(&left, "seed \(seed), left")
    try returnsAll(&right, "seed \(seed), right")
  }

  /// Returns how many operations were made. A ring that starves gets fewer buffers than frames come.
  private func step(
    _ side: inout Side, _ peer: inout Side, _ random: inout Random, starves: Bool
  ) throws -> Int {
    switch random.next(100) {
    case 0..<22:
      let count = starves ? random.next(16) / 15 : 1 + random.next(12)
      try side.initReceive(count)
      return max(1, count)
    case 22..<34: side.interface.receivePush()
    case 34..<52: try side.initTransmit(length: 60 + random.next(1400), parts: 1, to: peer.mac)
    case 52..<58: try side.initTransmit(length: 1700 + random.next(2300), parts: 1 + random.next(4), to: peer.mac)
    case 58..<68: side.push()
    case 68..<70: side.undo()
    case 70..<90: try side.poll(small: random.next(4) == 0)
    case 90..<93: try side.putSoftwareEvent(UInt32(random.next(65536)))
    case 93..<94: try side.flipFilter()
    case 94..<95: side.adapter.setLink(up: random.next(4) != 0)
    case 95..<96: side.adapter.setMTU(random.next(4) == 0 ? 1000 : 9000)
    default:
      // A turn of quiet, so that rings run empty too.
      for _ in 0..<3 {
        try side.poll(small: false)
        try peer.poll(small: false)
      }
      return 6
    }
    return 1
  }

  /// Every frame that was pushed arrived, or is in exactly one counter.
  private func check(_ sender: borrowing Side, to receiver: borrowing Side, _ what: Comment) {
    let out = sender.adapter.statistics()
    let came = receiver.adapter.statistics()
    func sum(_ statistics: AdapterStatistics, _ names: String...) -> Int {
      names.reduce(0) { $0 + Int(statistics[$1] ?? 0) }
    }
    let (pushed, completed) = (sender.pushed, sender.completed)
    #expect(pushed == completed && completed > 1000, what)
    #expect(
      pushed == sum(out, "tx_packets", "tx_congested", "tx_link_down", "tx_oversize", "tx_failed"), what)
    #expect(sum(out, "tx_packets") == sum(came, "rx_packets"), what)
    #expect(
      sum(came, "rx_packets")
        == sum(
          came, "rx_delivered", "rx_no_descriptor", "rx_filtered", "rx_oversize", "rx_runts", "rx_stopped",
          "rx_link_down"), what)
    let (arrived, cut) = (receiver.arrived, receiver.cut)
    #expect(sum(came, "rx_delivered") == arrived + cut && arrived > 100, what)
    // A long run meets empty rings, and frames that end in one.
    if pushed > 20_000 { #expect(sum(came, "rx_no_descriptor") > 0 && cut > 0, what) }
  }

  private func returnsAll(_ side: inout Side, _ what: Comment) throws {
    side.undo()
    #expect(try side.interface.reinitializeTransmitQueue().isEmpty, what)
    let ids = try side.interface.reinitializeReceiveQueue()
    var expected: [UInt32] = []
    while let id = side.posted.next() { expected.append(id) }
    #expect(ids.map(\.rawValue) == expected, what)
  }
}
