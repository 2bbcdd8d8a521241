import EtherFabric
import Glibc
import Testing

@Suite("Row 12: timestamps are monotone, and said to be software's", .tags(.network), .timeLimit(.minutes(1)))
struct TimestampTests {
  func now() -> UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
  }

  @Test(arguments: BenchKind.allCases) func received(_ kind: BenchKind) throws {
    try kind.run { bench in
      var station = try Station(bench.driver, options: InterfaceOptions(flags: .receiveTimestamps))
      try station.interface.addFilter(.ethernet(bench.portMAC))
      let start = now()
      for number in 0..<200 {
        #expect(bench.send(bench.frame(number)))
        if number % 10 == 0 { usleep(2000) }
        station.poll()
      }
      let arrivals = station.take(200)
      let end = now()
      let stamps = try arrivals.map { try #require($0.stamp).get() }
      #expect(stamps.count == 200)
      #expect(arrivals.map(\.bytes) == (0..<200).map { bench.frame($0) })
      let times = stamps.map(\.totalNanoseconds)
      #expect(times == times.sorted())
      #expect(times.first! + 1_000_000 >= start && times.last! <= end)
      #expect(Set(times).count > 10)
      for stamp in stamps { #expect(stamp.sync == [.clockSet, .inSync]) }
    }
  }

  @Test(arguments: BenchKind.allCases) func framesThatWaitedLongKeepTheirStamp(_ kind: BenchKind) throws {
    try kind.run { bench in
      var station = try Station(bench.driver, options: InterfaceOptions(flags: .receiveTimestamps))
      try station.interface.addFilter(.ethernet(bench.portMAC))
      station.poll()
      let start = now()
      #expect(bench.send(bench.frame(1)))
      usleep(700_000)
      #expect(bench.send(bench.frame(2)))
      usleep(600_000)
      let times = try station.take(2).map { try #require($0.stamp).get().totalNanoseconds }
      #expect(times.count == 2 && times == times.sorted() && times[0] + 1_000_000 >= start && times[1] <= now())
      if bench.kind.stampsFrames {
        #expect(times[0] < start + 500_000_000 && times[1] > times[0] + 500_000_000)
      }
    }
  }

  @Test(arguments: BenchKind.allCases) func sent(_ kind: BenchKind) throws {
    try kind.run { bench in
      var station = try Station(bench.driver, options: InterfaceOptions(flags: .transmitTimestamps))
      let start = now()
      for id in 0..<100 { try station.transmit(bench.answer(id), id: id) }
      #expect(
        eventually {
          station.poll()
          return station.others.count >= 100
        })
      let end = now()
      var times: [UInt64] = []
      for (index, event) in station.others.enumerated() {
        guard case .transmitTimestamp(let stamp) = event else { continue }
        #expect(stamp.id == RequestID(index))
        times.append(UInt64(stamp.seconds) * 1_000_000_000 + UInt64(stamp.nanoseconds))
      }
      #expect(times.count == 100 && times == times.sorted() && times.first! >= start && times.last! <= end)
    }
  }

  @Test(arguments: BenchKind.allCases) func theyAreLabelledSoftware(_ kind: BenchKind) throws {
    try kind.run { bench in
      let lines = bench.driver.identity.configuration
      let clock = lines.first { $0.name == "clock" }?.value
      #expect(clock?.contains("software") == true)
      #expect(lines.filter { $0.name == "timestamps" }.allSatisfy { $0.value.contains("software") })
      #expect(bench.driver.identity.isEmulated)
    }
  }
}
