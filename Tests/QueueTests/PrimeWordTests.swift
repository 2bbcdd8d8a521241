import EtherFabricFormats
import Testing

@testable import EtherFabric

/// The read pointer that a prime writes, against the genuine library over an event queue of 512.
@Suite struct PrimeWordTests {
  @Test(arguments: [(0, 0x0), (1, 0x1), (255, 0xff), (256, 0x100), (511, 0x1ff), (513, 0x1)] as [(Int, UInt32)])
  func aPrimeWritesTheIndexOfTheNextEvent(_ events: Int, _ word: UInt32) throws {
    var bench = try Bench(eventCapacity: 512)
    for number in 0..<events {
      let polled = bench.after(0xc000_0000_0000_0000 | UInt64(number))
      #expect(polled.count == 1)
    }
    bench.clearDoorbells()
    bench.interface.prime()
    #expect(bench.register(DoorbellPage.eventQueueReadPointer) == word)
  }
}
