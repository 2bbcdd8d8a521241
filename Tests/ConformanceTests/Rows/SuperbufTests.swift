import EmulatedAdapter
import EtherFabric
import Testing

@Suite("Rows 9 and 10 on superbufs: bounded, counted, and nothing lost", .tags(.network), .timeLimit(.minutes(1)))
struct SuperbufTests {
  @Test(arguments: BenchKind.express) func framesAreDroppedWhileTheProgramHoldsAllSuperbufs(_ kind: BenchKind) throws {
    try kind.run { bench in
      var station = try Station(bench.driver)
      station.reposts = false
      try station.interface.addFilter(.ethernet(bench.portMAC))
      // More than the superbufs hold, and no more at a time than a wire does.
      for start in stride(from: 0, to: 8000, by: 100) {
        for number in start..<start + 100 { #expect(bench.send(bench.frame(number))) }
        bench.service()
        while station.poll() {}
      }
      let held = station.held.count
      let numbers = station.arrivals.compactMap { Frame.number($0.bytes) }
      #expect(numbers == Array(0..<held))
      if kind.generation == .x3 {
        // Superbufs of a shared queue go round; the program that holds too many is passed over.
        #expect(bench.counter("rx_delivered") == 8000)
      } else {
        #expect(bench.counter("rx_delivered") + bench.counter("rx_no_descriptor") == 8000)
        #expect(bench.counter("rx_no_descriptor") > 0)
        #expect(held >= bench.counter("rx_delivered"))
      }
      #expect(held > 500)

      station.arrivals = []
      try station.releaseHeld()
      station.reposts = true
      while station.poll() {}
      station.arrivals = []
      for start in stride(from: 10_000, to: 12_000, by: 100) {
        for number in start..<start + 100 { #expect(bench.send(bench.frame(number))) }
        let isThere = eventually {
          station.poll()
          return station.arrivals.last.flatMap { Frame.number($0.bytes) } == start + 99
        }
        #expect(isThere)
      }
      if kind.generation == .x3, kind.countsInterfaces {
        #expect(bench.statistics(of: station.interface)["rx_superbufs_skipped"] ?? 0 > 0)
      }
      let later = station.arrivals.compactMap { Frame.number($0.bytes) }
      #expect(later.suffix(1900) == Array(10_100..<12_000)[...])
      #expect(later == later.sorted())
    }
  }

  @Test(arguments: BenchKind.express) func aProgramThatDoesNotPollIsRefusedFurtherSends(_ kind: BenchKind) throws {
    try kind.run { bench in
      let domain = try bench.driver.allocateProtectionDomain()
      let memory = try MemoryRegistration(domain, DMAMemory(byteCount: 4096))
      memory.base.copyMemory(from: bench.answer(1, length: 1400), byteCount: 1400)
      var interface = try domain.allocateVirtualInterface(
        InterfaceOptions(receiveCapacity: 0, transmitCapacity: 512))
      var accepted = 0
      let error = #expect(throws: QueueError.self) {
        while accepted < 10_000 {
          try interface.transmit(memory.address, length: 1400, id: RequestID(accepted))
          accepted += 1
        }
      }
      #expect(error?.kind == .ringFull && error?.errno == 11)
      #expect(accepted > 10 && accepted < 513)
      var completed: [UInt32] = []
      let ids = UnsafeMutableBufferPointer<RequestID>.allocate(capacity: 64)
      defer { ids.deallocate() }
      var events = EventBatch(capacity: 16)
      let isDone = eventually {
        interface.poll(&events)
        for index in events.indices {
          guard case .transmit(let event) = events[index] else { continue }
          let count = interface.unbundle(event, into: ids)
          completed += ids[..<count].map(\.rawValue)
        }
        return completed.count == accepted
      }
      #expect(isDone)
      #expect(completed == Array(0..<UInt32(accepted)))
      try interface.transmit(memory.address, length: 1400, id: 7)
    }
  }
}
