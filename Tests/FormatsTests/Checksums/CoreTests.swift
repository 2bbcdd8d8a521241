import EtherFabricFormats
import Testing

@Suite struct ChecksumCoreTests {
  @Test func agreesWithWordByWordAtEveryLengthAndAlignment() throws {
    let memory = try GuardedMemory()
    var random = SeededRandom(seed: 1)
    for length in 0..<400 {
      let bytes = length % 7 == 0 ? Array(repeating: 0xff, count: length) : random.bytes(length)
      let tail = memory.tail(bytes)
      let sum = InternetChecksum.fold(InternetChecksum.partialSum(tail.baseAddress!, count: length))
      #expect(UInt16(bigEndian: sum) == naiveSum(bytes), "length \(length)")
    }
  }

  @Test func takesTheLargestDatagram() {
    let bytes = [UInt8](repeating: 0xff, count: 65535)
    let sum = bytes.withUnsafeBytes { InternetChecksum.partialSum($0.baseAddress!, count: $0.count) }
    #expect(UInt16(bigEndian: InternetChecksum.fold(sum)) == naiveSum(bytes))
  }

  @Test func oddPiecesSumLikeTheWhole() {
    var random = SeededRandom(seed: 2)
    for _ in 0..<2000 {
      let bytes = random.bytes(Int.random(in: 0...300, using: &random))
      var sum = InternetChecksum()
      bytes.withUnsafeBytes { buffer in
        var offset = 0
        while offset < buffer.count {
          let count = Int.random(in: 0...min(19, buffer.count - offset), using: &random)
          sum.add(buffer.baseAddress! + offset, count: count)
          offset += count
        }
      }
      #expect(UInt16(bigEndian: sum.folded) == naiveSum(bytes))
    }
  }

  @Test(arguments: [
    (UInt64(0), UInt16(0)), (.max, 0xffff), (0xffff, 0xffff), (0x1_0000, 1), (0xffff_ffff_0000_0000, 0xffff),
    (0x0001_fffe_0001_ffff, 1),
  ])
  func foldsAnySum(sum: UInt64, folded: UInt16) {
    var naive = sum
    while naive > 0xffff { naive = (naive & 0xffff) + (naive >> 16) }
    #expect(InternetChecksum.fold(sum) == UInt16(naive))
    #expect(UInt16(naive) == folded)
  }

  @Test func zeroBecomesAllOnesForUDPOnly() {
    var sum = InternetChecksum()
    sum.add(field: 0xffff)
    #expect(sum.value == 0)
    #expect(sum.udpValue == 0xffff)
  }
}
