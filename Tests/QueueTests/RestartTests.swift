import EtherFabricFormats
import Testing

@testable import EtherFabric

/// Rings that are started again give back what was in them, once.
@Suite struct RestartTests {
  @Test func theTransmitRingReturnsWhatWasNotCompleted() throws {
    var bench = try Bench()
    try bench.send(3)
    try bench.transmitVector([(0x1000, 10), (0x2000, 20)], id: 77)
    #expect(bench.unbundle(bench.after(0x2000_0000_0000_0000)[0]) == [200])
    // Initialised and not pushed is not sent either.
    try bench.interface.transmitInit(DMAAddress(rawValue: 0x1000), length: 60, id: 78)
    #expect(try bench.interface.reinitializeTransmitQueue().map(\.rawValue) == [201, 202, 77, 78])
    #expect(try bench.interface.reinitializeTransmitQueue().isEmpty)
    #expect(bench.backend.restarts == ["transmit", "transmit"])
    #expect(bench.interface.transmitSpace == 63)
    bench.clearDoorbells()
    try bench.send(1)
    #expect(bench.transmitID(0) == 200 && bench.register(0xa18) == 1)
  }

  /// PIO sends have an id, selections of an alternative have none; a ring that warms is restored first.
  @Test func theListOfFailedSendsIsOfPacketsAlone() throws {
    var bench = try Bench(options: InterfaceOptions(flags: .transmitAlternatives))
    try bench.interface.linkPIO(bench.domain.allocatePIO())
    try bench.interface.allocateAlternatives(1, bytes: 512)
    try bench.interface.selectAlternative(0)
    try bench.interface.transmitPIO(offset: 64, length: 60, id: 5)
    try bench.interface.selectNormalTransmit()
    try bench.send(1)
    bench.interface.startTransmitWarm()
    #expect(try bench.interface.reinitializeTransmitQueue().map(\.rawValue) == [5, 203])
    #expect(bench.interface.transmitSpace == 63)
    bench.interface.stopTransmitWarm()
    #expect(bench.interface.transmitSpace == 63)
  }

  @Test func theReceiveRingReturnsWhatWasPosted() throws {
    var bench = try Bench()
    try bench.postBuffers(11)
    _ = bench.after(0x0001_0000_0000_4700)
    #expect(try bench.interface.reinitializeReceiveQueue().map(\.rawValue) == (101..<111).map { $0 })
    #expect(bench.interface.receiveFillLevel == 0)
    bench.clearDoorbells()
    try bench.postBuffers(8)
    #expect(bench.register(0x830) == 8)
    // The jumbo that had begun is over: the next fragment is a first.
    #expect(bench.after(0x0001_0000_0000_003c) == [received(100, 60)])
  }

  @Test func anErrorValueSaysWhatAndHow() {
    let kinds: [QueueError.Kind] = [
      .ringFull, .lengthOutOfRange, .addressOutOfRange, .noQueue, .badVector, .foreignBuffer, .poolEmpty,
      .queueStopped, .unsupported, .notImplemented, .unknownPacket, .wrongEvent, .noFilter, .noCutThrough,
      .misaligned, .tooShort, .noPIOBuffer, .noAlternative,
    ]
    for kind in kinds {
      let text = QueueError(kind, value: 7, limit: 3).description
      #expect(text.hasSuffix(".") && text.contains("("), "\(text)")
    }
    #expect(MemoryLayout<QueueError>.size <= 24)
    #expect(MemoryLayout<Event>.size <= 16)
  }
}
