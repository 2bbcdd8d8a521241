import EtherFabricFormats
import Testing

@testable import EtherFabric

/// Which error bits make a discard under which mask.
@Suite struct DiscardTests {
  /// The columns of the golden table.
  static let masks: [DiscardMask] = [
    .standard, [], .l4ChecksumError, .l3ChecksumError, .frameCheckError, .lengthError, .innerL4ChecksumError,
    .innerL3ChecksumError,
  ]

  struct Row: Sendable {
    var word: UInt64
    /// Reasons by mask, nil where the packet is received.
    var reasons: [DiscardReason?]
  }

  static let rows: [Row] = {
    let crc = DiscardReason.frameCheckBad
    let sum = DiscardReason.checksumBad
    let inner = DiscardReason.innerChecksumBad
    return [
      Row(word: 0x0001_0000_0100_004a, reasons: [crc, nil, nil, nil, crc, nil, nil, nil]),
      Row(word: 0x0001_0000_0200_004a, reasons: [sum, nil, nil, sum, nil, nil, nil, nil]),
      Row(word: 0x0001_0000_0400_004a, reasons: [sum, nil, sum, nil, nil, nil, nil, nil]),
      Row(word: 0x0001_0000_0600_004a, reasons: [sum, nil, sum, sum, nil, nil, nil, nil]),
      Row(word: 0x0001_0000_0800_004a, reasons: Array(repeating: nil, count: 8)),
      Row(word: 0x0001_0000_1000_004a, reasons: Array(repeating: nil, count: 8)),
      Row(word: 0x0001_0000_4000_004a, reasons: Array(repeating: nil, count: 8)),
      Row(word: 0x0001_0000_0000_804a, reasons: Array(repeating: nil, count: 8)),
      Row(word: 0x0001_0000_2000_004a, reasons: [crc, nil, nil, nil, crc, crc, nil, nil]),
      Row(word: 0x0101_0000_0000_004a, reasons: [inner, nil, nil, nil, nil, nil, nil, inner]),
      Row(word: 0x0201_0000_0000_004a, reasons: [inner, nil, nil, nil, nil, nil, inner, nil]),
      Row(word: 0x0101_0000_0400_004a, reasons: [sum, nil, sum, nil, nil, nil, nil, inner]),
      Row(word: 0x0001_0000_0500_004a, reasons: [crc, nil, sum, nil, crc, nil, nil, nil]),
      Row(word: 0x0301_0000_2700_004a, reasons: [crc, nil, sum, sum, crc, crc, inner, inner]),
    ]
  }()

  @Test(arguments: rows)
  func theMaskDecides(_ row: Row) throws {
    for (mask, reason) in zip(Self.masks, row.reasons) {
      var bench = try Bench()
      try bench.postBuffers()
      bench.interface.receiveDiscards = mask
      let expected = reason.map { discarded(100, 74, $0) } ?? received(100, 74)
      #expect(bench.after(row.word) == [expected], "mask 0x\(String(mask.rawValue, radix: 16))")
      // A discard consumes its buffer.
      #expect(bench.interface.receiveFillLevel == 7)
    }
  }

  static let settings: [(set: UInt32, bits: UInt64, get: UInt32)] = [
    (0x6f, 0x0300_0000_2700_0000, 0x6f), (0, 0, 0), (0x1, 0x0400_0000, 0x1), (0x2, 0x0200_0000, 0x2),
    (0x4, 0x2100_0000, 0xc), (0x8, 0x2000_0000, 0xc), (0x20, 0x0200_0000_0000_0000, 0x20),
    (0x40, 0x0100_0000_0000_0000, 0x40), (0x390, 0, 0),
  ]

  @Test(arguments: settings)
  func aMaskReadsBackAsTheLibraryHasIt(_ setting: (set: UInt32, bits: UInt64, get: UInt32)) throws {
    var bench = try Bench()
    bench.interface.receiveDiscards = DiscardMask(rawValue: setting.set)
    #expect(bench.interface.state.pointee.discardBits == setting.bits)
    #expect(bench.interface.receiveDiscards.rawValue == setting.get)
  }
}
