import EtherFabricFormats
import Testing

@testable import EtherFabric

/// Frames that are held and released in any order: every superbuf comes back when its last frame does, and no sooner.
@Suite struct SuperbufPropertyTests {
  /// A generator of its own, so that a run can be repeated.
  struct Chance {
    var state: UInt64
    mutating func next(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % bound
    }
  }

  /// A frame that the program has.
  struct Held {
    var packet: UInt32
    var number: UInt32
  }

  /// The adapter's side of an EF10CT: fills what was posted, in order.
  struct Adapter {
    var posts: [ExpressBench.Post] = []
    var taken = 0
    var current: ExpressBench.Post?
    var slot = 0
    var number: UInt32 = 0
    var out = Set<Int>()
  }

  @Test(arguments: [1, 2, 3, 4, 5, 6, 7, 8] as [UInt64])
  func superbufsOfAnEF10CTAreReusedWhenTheirFramesAreBack(_ seed: UInt64) throws {
    var chance = Chance(state: seed)
    var bench = try ExpressBench(.ef10ct, options: InterfaceOptions(receiveCapacity: 2048))
    try bench.interface.addFilter(.multicastAll)
    var adapter = Adapter()
    var held: [Held] = []
    var expected: UInt32 = 0
    for _ in 0..<4000 {
      adapter.posts = bench.posts()
      switch chance.next(4) {
      case 0, 1:
        for _ in 0..<chance.next(60) { Self.fill(&adapter, bench, &chance) }
      case 2:
        for event in bench.poll(atMost: 2 + chance.next(40)) {
          guard case .receiveReference(let reference) = event else {
            Issue.record("\(event)")
            return
          }
          let number = bench.interface.packet(reference.packet).loadUnaligned(as: UInt32.self)
          #expect(number == expected)
          expected += 1
          held.append(Held(packet: reference.packet, number: number))
        }
      default:
        for _ in 0..<chance.next(80) where !held.isEmpty {
          let frame = held.remove(at: chance.next(held.count))
          // It is what it was, whatever has been written since.
          #expect(bench.interface.packet(frame.packet).loadUnaligned(as: UInt32.self) == frame.number)
          try bench.interface.release(packet: frame.packet)
        }
      }
    }
    let rest = held
    for frame in rest { try bench.interface.release(packet: frame.packet) }
    try bench.release(bench.packets())
    // All four are at the adapter, or one of them is being read.
    #expect(expected > 20_000 && bench.posts().count >= 4 + Int(expected) / 512 - 1)
    #expect(bench.interface.eventCounts.unknown == 0)
  }

  /// Writes the next frame, or leaves the superbuf early once in a while.
  static func fill(_ adapter: inout Adapter, _ bench: borrowing ExpressBench, _ chance: inout Chance) {
    if adapter.current == nil || adapter.slot == 512 {
      guard adapter.taken < adapter.posts.count else { return }
      adapter.current = adapter.posts[adapter.taken]
      adapter.taken += 1
      adapter.slot = 0
    }
    let post = adapter.current!
    if chance.next(2000) == 0 {
      bench.write(post.superbuf, adapter.slot, length: 1, sentinel: post.sentinel, extra: FrameMetadata.rolloverBit)
      adapter.current = nil
      return
    }
    (bench.superbuf(post.superbuf) + adapter.slot * 2048 + 66).storeBytes(of: adapter.number, as: UInt32.self)
    bench.write(post.superbuf, adapter.slot, length: 60, sentinel: post.sentinel)
    adapter.number += 1
    adapter.slot += 1
  }

  @Test(arguments: [11, 12, 13, 14] as [UInt64])
  func superbufsOfAnEFCTComeBackWithTheirLastFrame(_ seed: UInt64) throws {
    var chance = Chance(state: seed)
    var bench = try ExpressBench(.efct, superbufs: 6)
    try bench.interface.addFilter(.multicastAll)
    // What the driver has: superbufs in turn, the sentinel of each, and the one that the hardware fills.
    var free = Array(0..<6)
    var sentinels = [Bool](repeating: true, count: 6)
    var current: Int?
    var slot = 0
    var number: UInt32 = 0
    var held: [Held] = []
    var expected: UInt32 = 0
    /// Metadata that are yet to be written, into the slot behind their frame.
    func handOver() -> Bool {
      guard !free.isEmpty else { return false }
      let superbuf = free.removeFirst()
      bench.handOver(superbuf, sentinel: sentinels[superbuf])
      if let last = current, slot == 512 {
        bench.write(superbuf, 0, length: 60, sentinel: sentinels[superbuf])
        _ = last
      } else {
        // Nobody wrote metadata there: they get the sentinel all the same, without being looked at.
        bench.write(superbuf, 0, length: 0, sentinel: sentinels[superbuf])
      }
      current = superbuf
      slot = 0
      return true
    }
    for _ in 0..<4000 {
      for superbuf in bench.returned() {
        sentinels[superbuf].toggle()
        free.append(superbuf)
      }
      bench.takeReturned()
      switch chance.next(4) {
      case 0, 1:
        for _ in 0..<chance.next(60) {
          // Two in hand: the last frame of one is told by the next.
          if current == nil || slot == 512, !handOver() { break }
          guard let superbuf = current else { break }
          (bench.superbuf(superbuf) + slot * 2048 + 66).storeBytes(of: number, as: UInt32.self)
          number += 1
          slot += 1
          if slot < 512 { bench.write(superbuf, slot, length: 60, sentinel: sentinels[superbuf]) }
        }
      case 2:
        for event in bench.poll(atMost: 2 + chance.next(40)) {
          guard case .receiveReference(let reference) = event else {
            Issue.record("\(event)")
            return
          }
          let seen = bench.interface.packet(reference.packet).loadUnaligned(as: UInt32.self)
          #expect(seen == expected)
          expected += 1
          held.append(Held(packet: reference.packet, number: seen))
        }
      default:
        for _ in 0..<chance.next(80) where !held.isEmpty {
          let frame = held.remove(at: chance.next(held.count))
          #expect(bench.interface.packet(frame.packet).loadUnaligned(as: UInt32.self) == frame.number)
          try bench.interface.release(packet: frame.packet)
        }
      }
    }
    #expect(expected > 20_000 && bench.interface.eventCounts.unknown == 0)
  }
}
