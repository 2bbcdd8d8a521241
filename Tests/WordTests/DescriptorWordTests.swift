import EtherFabricFormats
import Testing

/// Words that the genuine library wrote, and what they say.
@Suite struct DescriptorWordTests {
  struct Golden: Sendable {
    var word: UInt64
    var address: UInt64
    var length: Int
    var continues = false
    /// Page order, bits 44-47, which an address carries from bit 48 on.
    var order: UInt8 = 0
  }

  static let transmits = [
    Golden(word: 0x003c_0001_2345_6040, address: 0x1_2345_6040, length: 60),
    Golden(word: 0x05ea_0001_2345_7000, address: 0x1_2345_7000, length: 1514),
    Golden(word: 0x402a_0002_0000_0100, address: 0x2_0000_0100, length: 42, continues: true),
    Golden(word: 0x4064_0002_0000_1200, address: 0x2_0000_1200, length: 100, continues: true),
    Golden(word: 0x0384_0002_0000_2300, address: 0x2_0000_2300, length: 900),
    Golden(word: 0x5000_0003_0000_1000, address: 0x3_0000_1000, length: 4096, continues: true),
    Golden(word: 0x000e_0fff_ffff_f000, address: 0xfff_ffff_f000, length: 14),
    Golden(word: 0x0000_0000_0000_5000, address: 0x5000, length: 0),
    Golden(word: 0x0fff_0000_0000_8000, address: 0x8000, length: 4095),
    Golden(word: 0x3fff_0000_0000_5000, address: 0x5000, length: 16383),
    Golden(word: 0x0040_4000_0012_3040, address: 0x12_3040, length: 64, order: 4),
  ]

  @Test(arguments: transmits)
  func aTransmitDescriptorIsTheGoldenWord(_ golden: Golden) {
    let address = golden.address | UInt64(golden.order) << 48
    let written = TransmitDescriptor(address: address, length: golden.length, continues: golden.continues)
    #expect(written.word == golden.word)
    let read = TransmitDescriptor(word: golden.word)
    #expect(read.address == golden.address && read.length == golden.length)
    #expect(read.continues == golden.continues && read.order == golden.order && !read.isOption)
  }

  @Test func theTypeOfAnOptionDescriptorIsRead() {
    // PIO, alternative select, TSO.
    for (word, type) in [(0x9000_0040_0000_0000, 1), (0xa81f_0000_0000_0000, 2), (0xf200_05a8_0000_0000, 7)]
      as [(UInt64, UInt8)]
    {
      #expect(TransmitDescriptor(word: word).isOption && TransmitDescriptor(word: word).optionType == type)
    }
  }

  static let receives = [
    Golden(word: 0x0700_0006_0000_0000, address: 0x6_0000_0000, length: 1792),
    Golden(word: 0x0700_0006_0000_0800, address: 0x6_0000_0800, length: 1792),
    Golden(word: 0x0700_0006_0000_1000, address: 0x6_0000_1000, length: 1792),
    Golden(word: 0x0800_4000_0012_3040, address: 0x12_3040, length: 2048, order: 4),
  ]

  @Test(arguments: receives)
  func aReceiveDescriptorIsTheGoldenWord(_ golden: Golden) {
    let address = golden.address | UInt64(golden.order) << 48
    #expect(ReceiveDescriptor(address: address, length: golden.length).word == golden.word)
    let read = ReceiveDescriptor(word: golden.word)
    #expect(read.address == golden.address && read.length == golden.length && read.order == golden.order)
  }

  @Test func theDoorbellsLieWhereTheHardwareHasThem() {
    #expect(DoorbellPage.eventQueueReadPointer == 0x400 && DoorbellPage.eventQueueTimer == 0x420)
    #expect(DoorbellPage.receiveDoorbell == 0x830)
    #expect(DoorbellPage.transmitPush == 0xa10 && DoorbellPage.transmitDoorbell == 0xa18)
    #expect(DoorbellPage.size == 0x1000)
  }

  @Test func theRingsHaveTheSizesOfEF10() {
    #expect(RingRules.defaultReceiveBufferLength == 1792 && RingRules.receivePushBatch == 8)
    #expect(RingRules.defaultPushThreshold == 16 && RingRules.labels == 32)
    #expect(RingRules.size(atLeast: 1024, of: RingRules.eventSizes) == 1024)
    #expect(RingRules.size(atLeast: 1025, of: RingRules.eventSizes) == 2048)
    #expect(RingRules.size(atLeast: 32769, of: RingRules.eventSizes) == nil)
  }
}
