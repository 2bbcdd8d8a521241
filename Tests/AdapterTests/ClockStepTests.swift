import EmulatedAdapter
import EtherFabric
import EtherFabricFormats
import Glibc
import Testing

/// A clock that is stepped, drifts, and is not in sync, and what becomes of the stamps of frames under way.
@Suite struct ClockStepTests {
  private static let start: UInt64 = 1_593_840_180_000_000_000

  private func pair(_ name: String, options: String = "clock=manual") throws -> StampingPair {
    let pair = try StampingPair(name, options: options)
    for adapter in [pair.left, pair.right] { adapter.setClock(Self.start) }
    _ = try pair.exchange()
    return pair
  }

  @Test(arguments: [600_000_000, -300_000_000] as [Int64])
  func afterAStepStampsAreRefusedUntilTheNextSync(_ step: Int64) throws {
    let pair = try pair("step\(step)")
    pair.advance(10_000_000)
    // One frame is under way when the clock is stepped: it was not stamped yet.
    pair.right.stepClock(by: step)
    #expect(pair.right.clockNow == UInt64(Int64(Self.start) + 10_000_000 + step))
    #expect(try pair.exchange().arrived.error == .notSynchronised)
    // Stamps that would be good are refused as well.
    pair.right.stepClock(by: -step)
    pair.advance(10_000_000)
    #expect(try pair.exchange().arrived.error == .notSynchronised)
    pair.right.stepClock(by: step)
    // A quarter of a second after the last sync comes the next one, and all is well.
    pair.advance(230_000_000)
    let time = try pair.exchange()
    #expect(time.arrived.total == pair.right.clockNow && time.sent.total == pair.left.clockNow)
  }

  /// Only the part of a second is in the prefix: nothing shows that the second is another.
  @Test(arguments: [3, -2] as [Int64])
  func aStepByWholeSecondsGivesWrongTimesUntilTheNextSync(_ seconds: Int64) throws {
    let pair = try pair("seconds\(seconds)")
    pair.advance(10_000_000)
    let before = pair.right.clockNow
    for adapter in [pair.left, pair.right] { adapter.stepClock(by: seconds * 1_000_000_000) }
    let wrong = try pair.exchange()
    #expect(wrong.arrived.total == before)
    // Transmit stamps have 16 bits of the second, but only those from the second before the sync on.
    let seen = seconds > 0 ? pair.left.clockNow : pair.left.clockNow + 65_536_000_000_000
    #expect(wrong.sent.total == seen)
    pair.advance(240_000_000)
    let right = try pair.exchange()
    #expect(right.arrived.total == pair.right.clockNow && right.sent.total == pair.left.clockNow)
  }

  @Test func framesStampedBeforeAStepKeepTheirTime() throws {
    // Stamps of the wire would not do: they are taken when the port takes the frame.
    let pair = try pair("under-way")
    pair.advance(10_000_000)
    let before = pair.right.clockNow
    try pair.send()
    pair.right.service()
    pair.right.stepClock(by: 100_000_000)
    #expect(try pair.arrival().total == before)
  }

  @Test func aClockDriftsByParts() throws {
    let pair = try pair("drift")
    pair.right.setClockDrift(partsPerBillion: 100_000)
    for step in 1...20 as ClosedRange<UInt64> {
      pair.advance(100_000_000)
      let time = try pair.exchange()
      #expect(time.sent.total == Self.start + step * 100_000_000)
      #expect(time.arrived.total == Self.start + step * 100_010_000)
    }
    // Too slow from now on: what it has gained stays.
    pair.right.setClockDrift(partsPerBillion: -100_000)
    pair.advance(1_000_000_000)
    #expect(pair.right.clockNow == Self.start + 3_000_000_000 + 200_000 - 100_000)
    #expect(try pair.exchange().arrived.total == pair.right.clockNow)
  }

  @Test func withoutSyncsStampsEndWithTheWindow() throws {
    let pair = try pair("no-syncs")
    for adapter in [pair.left, pair.right] { adapter.setTimeSyncs(on: false) }
    pair.advance(449_999_999)
    let last = try pair.exchange()
    #expect(last.arrived.total == pair.right.clockNow && last.sent.total == pair.left.clockNow)
    pair.advance(1)
    #expect(try pair.exchange().arrived.error == .notSynchronised)
    for adapter in [pair.left, pair.right] { adapter.setTimeSyncs(on: true) }
    #expect(try pair.exchange().arrived.total == pair.right.clockNow)
  }

  @Test func stampsCarryTheStateOfTheClock() throws {
    let pair = try pair("state")
    for (isSet, isInSync, flags) in [(false, false, []), (true, false, .clockSet), (false, true, .inSync)]
      as [(Bool, Bool, ClockFlags)]
    {
      for adapter in [pair.left, pair.right] { adapter.setClockState(isSet: isSet, isInSync: isInSync) }
      let time = try pair.exchange()
      #expect(try time.arrived.get().sync == flags && time.sent.sync == flags)
    }
  }

  @Test func theDeviceStringSetsTheClock() throws {
    let pair = try StampingPair(
      "string", options: "clock=manual,clock-offset=-5000000000,clock-drift=1000,clock-state=sync")
    for adapter in [pair.left, pair.right] {
      #expect(adapter.clockNow == 0)
      adapter.setClock(Self.start)
      // The drift counts from the opening on, when the clock stood at 0.
      #expect(adapter.clockNow == Self.start - 5_000_000_000 + Self.start / 1_000_000)
    }
    #expect(try pair.exchange().arrived.get().sync == .inSync)
    let lines = pair.left.identity.configuration.filter { $0.name == "clock" }.map(\.value)
    #expect(lines == ["manual, offset -5000000000 ns, drift 1000 ppb"])
    let neither = try StampingPair("string-none", options: "clock=manual,clock-state=none")
    neither.advance(Self.start)
    #expect(try neither.exchange().arrived.get().sync == [])
  }

  @Test func theSystemsClockCanBeMovedToo() throws {
    let pair = try StampingPair("real", options: "clock-offset=1000000000000")
    func host() -> UInt64 {
      var time = timespec()
      clock_gettime(CLOCK_REALTIME, &time)
      return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
    let before = host()
    let time = try pair.exchange()
    let after = host()
    for total in [time.sent.total, try #require(time.arrived.total)] {
      #expect((before + 1_000_000_000_000...after + 1_000_000_000_000).contains(total))
    }
  }

  @Test func theHostTakesOffWhatTheAdapterStampsLate() throws {
    for (generation, receive, raw) in [
      (Generation.x2, -40, 1_000_000_038), (.x4, -40, 1_000_000_038), (.sfc8000, -12, 0x200_000c),
    ] as [(Generation, Int, UInt32)] {
      var settings = AdapterSettings()
      settings.hasManualClock = true
      settings.generation = generation
      settings.receiveStampCorrection = receive
      settings.transmitStampCorrection = 712
      let rig = try Rig(settings, settings)
      let sender = try RawInterface(rig.left, InterfaceOptions(flags: .transmitTimestamps))
      let receiver = try rig.receiver(InterfaceOptions(flags: .receiveTimestamps))
      for adapter in [rig.left, rig.right] { adapter.setClock(Self.start + 250_000_000) }
      #expect(receiver.grant.receiveStampCorrection == receive && sender.grant.transmitStampCorrection == 712)
      _ = sender.events()
      sender.send(rig.frame(60))
      // 178 ns early: 249 999 822 ns, in quarters or in 2^-27 of a second.
      let minor: UInt64 = generation == .sfc8000 ? 33_554_408 : 999_999_288
      #expect(
        sender.packets() == [
          0x2000_0000_0000_0000, 0x2000_0000_5100_0000 | (minor >> 16) << 32 | minor & 0xffff,
          0x2000_0000_5200_0000 | Self.start / 1_000_000_000 & 0xffff,
        ])
      #expect(receiver.packets().count == 1)
      let stamp = receiver.received(0, 14).suffix(4).reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
      #expect(stamp == raw, "\(generation)")
    }
  }

  @Test func the8000SeriesStampsInBinaryFractions() throws {
    let pair = try pair("fractions", options: "clock=manual,nic=8000")
    for step in 1...30 as ClosedRange<UInt64> {
      pair.advance(99_999_999)
      let time = try pair.exchange()
      let now = Self.start + step * 99_999_999
      // 7.45 ns a tick.
      #expect(now - time.sent.total <= 8 && now - (time.arrived.total ?? 0) <= 8)
      let ticks = UInt32((now % 1_000_000_000) << 27 / 1_000_000_000)
      #expect(pair.rawStamp == ticks)
    }
  }
}
