import EtherFabricFormats
import Testing

@testable import EtherFabric

/// What the genuine library finds in a receive prefix, by the interface's flags.
@Suite struct PrefixTests {
  struct Row: Sendable {
    var flags: InterfaceFlags
    /// Kind and offset of each field.
    var layout: [(Int, Int)]
    /// Nil for `EINVAL`.
    var filterID: UInt16?

    init(_ flags: InterfaceFlags, _ layout: [(Int, Int)], _ filterID: UInt16? = nil) {
      self.flags = flags
      self.layout = layout
      self.filterID = filterID
    }
  }

  static let rows = [
    Row([], [(0, 0)]),
    Row(.receiveTimestamps, [(0, 14), (2, 8), (1, 10)]),
    Row(.receiveEventMerge, [(0, 14), (2, 8)]),
    Row([.receiveTimestamps, .receiveEventMerge], [(0, 14), (2, 8), (1, 10)]),
    Row(.receiveFilterID, [(0, 14), (2, 8), (4, 4)], 1541),
    Row([.receiveTimestamps, .receiveFilterID], [(0, 14), (2, 8), (1, 10), (4, 4)], 1541),
    Row([.receiveEventMerge, .receiveFilterID], [(0, 14), (2, 8), (4, 4)], 1541),
    Row(
      [.receiveTimestamps, .receiveEventMerge, .receiveFilterID], [(0, 14), (2, 8), (1, 10), (4, 4)], 1541),
  ]

  private func bench(_ flags: InterfaceFlags) throws -> Bench {
    try Bench(options: InterfaceOptions(flags: flags), prefixLength: flags.isEmpty ? 0 : 14)
  }

  /// A prefix of the bytes 1, 2, 3 and so on.
  private var prefix: [UInt8] { Array(1...16) }

  @Test(arguments: rows)
  func theFieldsStandInTheLibrarysOrder(_ row: Row) throws {
    let bench = try bench(row.flags)
    #expect(try bench.interface.receiveLayout.map(\.kind.rawValue) == row.layout.map(\.0))
    #expect(try bench.interface.receiveLayout.map(\.offset) == row.layout.map(\.1))
    #expect(bench.interface.receivePrefixLength == (row.flags.isEmpty ? 0 : 14))
  }

  @Test(arguments: rows)
  func theLengthIsAtEightWhereThereIsAPrefix(_ row: Row) throws {
    let bench = try bench(row.flags)
    let bytes = prefix.withUnsafeBytes { bench.interface.receiveBytes($0.baseAddress!) }
    #expect(bytes == (row.flags.isEmpty ? nil : 2569))
  }

  private func filterID(_ bench: borrowing Bench, _ event: Event, _ prefix: [UInt8]) -> Result<UInt16, QueueError> {
    let state = bench.interface.state
    return prefix.withUnsafeBytes { bytes in
      Result { () throws(QueueError) in try state.filterIDOfPrefix(event, buffer: bytes.baseAddress!) }
    }
  }

  @Test(arguments: rows)
  func theFilterIsAtFourWhereItIsWanted(_ row: Row) throws {
    let bench = try bench(row.flags)
    let multi = Event.ReceiveMulti(descriptors: 1, flags: [], queue: 0, reason: .checksumBad)
    let wanted: Result<UInt16, QueueError> = row.filterID.map { .success($0) } ?? .failure(QueueError(.wrongEvent))
    for event in [received(1, 60), discarded(1, 60, .checksumBad), .receiveMulti(multi), .receiveMultiDiscard(multi)] {
      #expect(filterID(bench, event, prefix) == wanted)
    }
    // Other events are of no packet.
    for event in [transmitted(1), .receivePackedStream(.init(packets: 1, queue: 0, nextBuffer: false)), .reset] {
      #expect(filterID(bench, event, prefix) == .failure(QueueError(.wrongEvent)))
    }
    #expect(QueueError(.wrongEvent).errno == 22)
  }

  @Test func theMarkOfBitSevenSaysThatNoFilterWasLookedAt() throws {
    let bench = try bench(.receiveFilterID)
    var marked = prefix
    marked[7] = 0x80
    #expect(filterID(bench, received(1, 60), marked) == .failure(QueueError(.noFilter)))
    #expect(QueueError(.noFilter).errno == 61)
    marked[7] = 0x7f
    marked[4] = 0xff
    marked[5] = 0xff
    #expect(filterID(bench, received(1, 60), marked) == .success(0xffff))
  }

  @Test func theBufferLengthCountsForDescriptorsFromNowOn() throws {
    var bench = try Bench()
    #expect(bench.interface.receiveBufferLength == 1792)
    try bench.postBuffers()
    bench.interface.receiveBufferLength = 1000
    try bench.interface.receiveInit(DMAAddress(rawValue: 0x6_0000_0000), id: 5)
    #expect(bench.receiveDescriptor(7) == 0x0700_0006_0000_3800)
    #expect(bench.receiveDescriptor(8) == 0x03e8_0006_0000_0000)
  }

  @Test func manyEventsIsOneSlotLookedAt() throws {
    let bench = try Bench()
    bench.setEventSlot(3, 0x0001_0000_0000_004a)
    #expect((0..<6).map { bench.interface.hasEvents(moreThan: $0) } == [false, false, false, true, false, false])
  }

  static let subtypes: [(UInt32, DiscardReason)] = [
    (0x1, .checksumBad), (0x2, .checksumBad), (0x4, .frameCheckBad), (0x8, .truncated), (0x10, .checksumBad),
    (0x20, .innerChecksumBad), (0x40, .innerChecksumBad), (0x80, .other), (0x100, .other), (0x200, .other),
    (0x400, .checksumBad), (0, .checksumBad), (0x3ff, .frameCheckBad), (0x6b, .truncated), (0x3e0, .innerChecksumBad),
  ]

  @Test(arguments: subtypes)
  func errorsStandForOneReason(_ errors: UInt32, _ reason: DiscardReason) {
    #expect(DiscardReason(DiscardMask(rawValue: errors)) == reason)
  }
}
