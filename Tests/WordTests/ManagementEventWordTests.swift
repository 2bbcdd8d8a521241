import EtherFabricFormats
import Testing

@Suite struct ManagementEventWordTests {
  typealias Kind = ManagementEventWord.Kind

  static let words: [(UInt8, UInt32, UInt64)] = [
    (Kind.software, 0xbeef, 0xc000_0000_0000_beef), (Kind.software, 0x1234_5678, 0xc000_0000_1234_5678),
    (Kind.reboot, 0, 0xc001_5000_0000_0000), (Kind.transmitFlush, 3, 0xc000_c000_0000_0003),
    (Kind.receiveFlush, 3, 0xc001_0000_0000_0003), (Kind.transmitError, 0x1234, 0xc000_b000_0000_1234),
    (Kind.receiveError, 0x5678, 0xc001_1000_0000_5678), (Kind.timeSync, 0x5f00_0000, 0xc001_a000_5f00_0000),
  ]

  @Test(arguments: words)
  func aManagementEventIsTheGoldenWord(_ kind: UInt8, _ data: UInt32, _ word: UInt64) {
    #expect(ManagementEventWord(kind: kind, data: data).word == word)
    let read = ManagementEventWord(word: word)
    #expect(read.kind == kind && read.data == data && EventWord(word: word).code == EventWord.Code.mcdi)
  }

  @Test func sourceAndLevelDoNotDisturbTheData() {
    let read = ManagementEventWord(word: 0xc000_0072_0000_0042)
    #expect(read.kind == Kind.software && read.data == 0x42)
    #expect(ManagementEventWord(kind: Kind.software, data: 0x42, source: 7).word == 0xc000_0070_0000_0042)
  }

  @Test func aTimeSyncIsTheGoldenWord() {
    func sync(_ seconds: UInt32, _ quarters: UInt32, _ isSet: Bool, _ inSync: Bool) -> UInt64 {
      ManagementEventWord.timeSync(seconds: seconds, quarters: quarters, clockSet: isSet, inSync: inSync)
    }
    #expect(sync(0x5f00_0001, 939_524_096, true, true) == 0xc001_a3b0_5f00_0001)
    // The lower 26 bits are not carried.
    #expect(sync(0x5f00_0001, 939_524_096 | 0x3ff_ffff, true, true) == 0xc001_a3b0_5f00_0001)
    #expect(sync(0x5f00_0000, 3_959_422_976, false, false) == 0xc001_aec0_5f00_0000)
    #expect(sync(0x5f00_0000, 3_959_422_976, true, false) == 0xc001_aed0_5f00_0000)
    #expect(sync(0x5f00_0000, 3_959_422_976, false, true) == 0xc001_aee0_5f00_0000)
    let read = ManagementEventWord(word: 0xc001_aee0_0000_03e8)
    #expect(read.data == 1000 && read.syncQuarters == 3_959_422_976 && !read.clockSet && read.inSync)
    #expect(ManagementEventWord(word: 0xc001_a750_0000_03e8).syncQuarters == 1_946_157_056)
    #expect(ManagementEventWord(word: 0xc001_a750_0000_03e8).clockSet)
  }

  @Test func aDriverEventIsTheGoldenWord() {
    for (subcode, word) in [
      (0, 0x5000_0000_0000_002a), (1, 0x5100_0000_0000_002a), (2, 0x5200_0000_0000_002a),
      (3, 0x5300_0000_0000_002a),
    ] as [(UInt8, UInt64)] {
      #expect(ManagementEventWord.driver(subcode: subcode, data: 42) == word)
      #expect(ManagementEventWord(word: word).driverSubcode == subcode)
      #expect(EventWord(word: word).code == EventWord.Code.driver)
    }
  }
}
