import EtherFabricFormats
import Testing

/// Option descriptors that the genuine library wrote, and what they say.
@Suite struct OptionDescriptorTests {
  struct Transfer: Sendable {
    var word: UInt64
    var offset: Int
    var length: Int
    var continues = false
  }

  static let transfers = [
    Transfer(word: 0x9000_003c_0000_0000, offset: 0, length: 60),
    Transfer(word: 0x9000_05ea_0000_0040, offset: 64, length: 1514),
    Transfer(word: 0x9000_0040_0000_07c0, offset: 1984, length: 64),
    Transfer(word: 0x9000_0fff_0000_0fc0, offset: 4032, length: 4095),
    Transfer(word: 0x9000_0062_0000_0080, offset: 128, length: 98),
    // The library never splits a PIO packet: bit 59 by the register description.
    Transfer(word: 0x9800_0062_0000_0080, offset: 128, length: 98, continues: true),
  ]

  @Test(arguments: transfers)
  func aPIODescriptorIsTheGoldenWord(_ golden: Transfer) {
    let written = PIODescriptor(offset: golden.offset, length: golden.length, continues: golden.continues)
    #expect(written.word == golden.word)
    let read = PIODescriptor(word: golden.word)
    #expect(read.offset == golden.offset && read.length == golden.length && read.continues == golden.continues)
    #expect(PIODescriptor.isPIO(golden.word) && !AlternativeDescriptor.isAlternative(golden.word))
    #expect(TransmitDescriptor(word: golden.word).optionType == PIODescriptor.optionType)
  }

  @Test(
    arguments: [
      (0xa800_0000_0000_0000, 0), (0xa801_0000_0000_0000, 1), (0xa810_0000_0000_0000, 16), (0xa81e_0000_0000_0000, 30),
      (0xa81f_0000_0000_0000, nil),
    ] as [(UInt64, Int?)])
  func anAlternativeDescriptorIsTheGoldenWord(_ word: UInt64, _ alternative: Int?) {
    #expect(AlternativeDescriptor(alternative: alternative).word == word)
    let read = AlternativeDescriptor(word: word)
    #expect(read.alternative == alternative)
    #expect(read.fifo == alternative.map { UInt8($0) } ?? 0x1f)
    #expect(AlternativeDescriptor.isAlternative(word) && !PIODescriptor.isPIO(word))
    #expect(TransmitDescriptor(word: word).optionType == AlternativeDescriptor.optionType)
  }

  @Test func otherDescriptorsAreNeither() {
    // DMA, DMA with CONT, checksum option, type 2 without select, TSO.
    for word in [
      0x003c_0000_0000_0000, 0x4000_0000_0000_1000, 0x8000_0000_0000_0003, 0xa01f_0000_0000_0000,
      0xf200_05a8_0000_0000,
    ] as [UInt64] {
      #expect(!PIODescriptor.isPIO(word) && !AlternativeDescriptor.isAlternative(word))
    }
  }
}
