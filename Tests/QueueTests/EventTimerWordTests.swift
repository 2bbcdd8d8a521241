import EtherFabricFormats
import Testing

@testable import EtherFabric

/// What the timer calls write to the register at 0x420, as the genuine library writes it where it knows its quantum.
@Suite struct EventTimerWordTests {
  static let words: [(quantum: Int, microseconds: Int, prime: UInt32, run: UInt32)] = [
    (1000, 1, 0x8001, 0x4001), (1000, 5, 0x8005, 0x4005), (1000, 16, 0x8010, 0x4010), (1000, 100, 0x8064, 0x4064),
    (1000, 16383, 0xbfff, 0x7fff), (960, 1, 0x8002, 0x4002), (960, 5, 0x8006, 0x4006), (960, 100, 0x8069, 0x4069),
    (60000, 1, 0x8001, 0x4001), (60000, 100, 0x8002, 0x4002), (60000, 16384, 0x8112, 0x4112),
    (60000, 100_000, 0x8683, 0x4683), (1, 1, 0x83e8, 0x43e8), (1, 16, 0xbe80, 0x7e80),
  ]

  @Test(arguments: words)
  func aTimeIsRoundedUpToTicks(_ golden: (quantum: Int, microseconds: Int, prime: UInt32, run: UInt32)) throws {
    var bench = try Bench { $0.timerQuantum = golden.quantum }
    bench.interface.primeEventTimer(.microseconds(golden.microseconds))
    #expect(bench.register(0x420) == golden.prime)
    bench.interface.runEventTimer(.microseconds(golden.microseconds))
    #expect(bench.register(0x420) == golden.run)
  }

  @Test func clearAndZero() throws {
    var bench = try Bench { $0.timerQuantum = 1000 }
    bench.interface.runEventTimer(.milliseconds(1))
    bench.interface.clearEventTimer()
    #expect(bench.register(0x420) == 0)
    bench.interface.zeroEventTimer()
    #expect(bench.register(0x420) == 0x8001)
  }

  /// The library's own run writes the excess into the mode and the reload value.
  @Test func differentFromTheLibraryARunIsCutAtTheLimit() throws {
    var bench = try Bench { $0.timerQuantum = 1000 }
    #expect(bench.interface.eventTimerQuantum == .microseconds(1))
    #expect(bench.interface.eventTimerLimit == .microseconds(16383))
    for time in [Duration.microseconds(16384), .seconds(1), .seconds(Int64.max)] {
      bench.interface.runEventTimer(time)
      #expect(bench.register(0x420) == 0x7fff)
      bench.interface.primeEventTimer(time)
      #expect(bench.register(0x420) == 0xbfff)
    }
    for time in [Duration.zero, .nanoseconds(1), .seconds(-5), .nanoseconds(-1)] {
      bench.interface.runEventTimer(time)
      #expect(bench.register(0x420) == 0x4001)
    }
    bench.interface.runEventTimer(.nanoseconds(1001))
    #expect(bench.register(0x420) == 0x4002)
  }

  /// As shipped, the library divides by zero here.
  @Test func withoutATimerNothingIsWritten() throws {
    var bench = try Bench()
    bench.interface.runEventTimer(.milliseconds(1))
    bench.interface.primeEventTimer(.milliseconds(1))
    bench.interface.clearEventTimer()
    bench.interface.zeroEventTimer()
    #expect(bench.register(0x420) == nil && bench.interface.eventTimerLimit == .zero)
  }

  @Test func driverEventsAreCountedAndGiveNoEvent() throws {
    var bench = try Bench()
    #expect(bench.after(0x5300_0000_0000_002a, 0x5100_0000_0000_002a, 0x5200_0000_0000_002a).isEmpty)
    #expect(bench.after(0x5300_0000_0000_002a, 0xc000_0000_0000_0001) == [.software(data: 1)])
    let counts = bench.interface.eventCounts
    #expect(counts.timers == 2 && counts.wakeUps == 1 && counts.unknown == 0)
  }
}
