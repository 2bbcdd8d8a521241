import EtherFabricFormats
import Testing

@Suite struct FrameChecksumTests {
  static let all = [GoldenFrame.udp4, GoldenFrame.tcp4, GoldenFrame.udp6, GoldenFrame.tcp6]

  private func verdict(_ bytes: [UInt8]) -> (ipBad: Bool, l4Bad: Bool) {
    bytes.withUnsafeBytes { FrameLayout.verifyChecksums($0) }
  }

  private func filled(_ bytes: [UInt8], ip: Bool = true, l4: Bool = true) -> [UInt8] {
    var bytes = bytes
    bytes.withUnsafeMutableBytes { FrameLayout.fillChecksums($0, ip: ip, l4: l4) }
    return bytes
  }

  @Test(arguments: all)
  func acceptsGoodFramesWithAndWithoutPadding(text: String) {
    for pad in [0, 1, 15] {
      #expect(verdict(hex(text) + [UInt8](repeating: 0xa5, count: pad)) == (false, false))
    }
  }

  @Test(arguments: all)
  func seesEveryFlippedBitOfTheTransport(text: String) {
    let frame = hex(text)
    let layout = FrameLayout(frame.span.bytes)
    for index in Int(layout.l4Offset)..<frame.count {
      var bad = frame
      bad[index] ^= 0x10
      // A changed UDP length cannot be judged.
      let isLength = layout.l4Class == .udp && (4...5).contains(index - Int(layout.l4Offset))
      #expect(verdict(bad) == (false, !isLength), "byte \(index)")
    }
  }

  @Test func seesABadIPv4Header() {
    var frame = hex(GoldenFrame.udp4)
    frame[22] ^= 1
    #expect(verdict(frame) == (true, false))
  }

  @Test func takesUDPWithoutChecksumOverIPv4Only() {
    var frame = hex(GoldenFrame.udp4)
    frame.replaceSubrange(40..<42, with: [0, 0])
    #expect(verdict(frame) == (false, false))
    frame = hex(GoldenFrame.udp6)
    frame.replaceSubrange(60..<62, with: [0, 0])
    #expect(verdict(frame) == (false, true))
  }

  @Test(arguments: all)
  func fillsWhatIsAskedFor(text: String) {
    let good = hex(text)
    let layout = FrameLayout(good.span.bytes)
    let field = Int(layout.l4Offset) + (layout.l4Class == .tcp ? 16 : 6)
    var blank = good
    blank.replaceSubrange(field..<field + 2, with: [0xde, 0xad])
    if layout.l3Class == .ip4 { blank.replaceSubrange(24..<26, with: [0xbe, 0xef]) }
    #expect(filled(blank) == good)
    #expect(filled(blank, ip: false, l4: false) == blank)
    #expect(filled(blank, l4: false)[field...] == blank[field...])
    #expect(filled(blank, ip: false)[..<field] == blank[..<field])
    #expect(filled(blank, ip: false)[field...] == good[field...])
    let tagged = GoldenFrame.tagged(text, "88a8 0064 8100 0005")
    #expect(filled(tagged) == tagged)
    #expect(verdict(tagged) == (false, false))
  }

  @Test func fillsBehindExtensionHeaders() {
    var frame = GoldenFrame.udp6(first: "00", chain: "1100010400000000")
    #expect(verdict(frame) == (false, false))
    frame[69] ^= 1
    #expect(verdict(frame) == (false, true))
    #expect(filled(frame) == GoldenFrame.udp6(first: "00", chain: "1100010400000000"))
  }

  @Test func leavesAloneWhatItCannotJudge() {
    var fragment = hex(GoldenFrame.udp4)
    fragment.replaceSubrange(20..<22, with: [0x20, 0x00])
    var lying = hex(GoldenFrame.udp4)
    lying[39] = 0x0c
    var short = hex(GoldenFrame.udp4)
    short[39] = 0x07
    let route = GoldenFrame.udp6(first: "2b", chain: "1100000100000000")
    for var frame in [fragment, lying, short, route] {
      frame = filled(frame, l4: false)
      frame[frame.count - 1] ^= 0xff
      #expect(filled(frame) == frame)
      #expect(verdict(frame) == (false, false))
    }
  }

  @Test func writesAllOnesWhereUDPSumsToZero() {
    let frame = hex(GoldenFrame.macs + "0800 4500001e123440004011 0000 00000000 00000000 0000ffda000a0000 0000")
    #expect(filled(frame)[40..<42] == [0xff, 0xff])
    #expect(verdict(filled(frame)) == (false, false))
  }

  /// The sum behind the Ethernet header in both ways, against one that is made word by word.
  private func checkSum(_ bytes: [UInt8], _ comment: Comment) {
    bytes.withUnsafeBytes { frame in
      guard let base = frame.baseAddress else { return }
      var layout = FrameLayout(frame)
      let verdict = layout.verifyChecksums(base)
      let expected = naiveSum(Array(bytes.dropFirst(14))).byteSwapped
      #expect(layout.sumBehindEthernet(base, isGood: false) == expected, comment)
      guard !verdict.ipBad, !verdict.l4Bad else { return }
      #expect(layout.sumBehindEthernet(base, isGood: true) == expected, comment)
    }
  }

  @Test(arguments: all)
  func theSumOfAFrameFollowsFromItsChecksums(text: String) {
    let frame = hex(text)
    for pad in 0...40 { checkSum(frame + (0..<pad).map { UInt8(truncatingIfNeeded: $0 &* 37) }, "padded by \(pad)") }
    // With tags, and with payloads of other lengths.
    checkSum(Array(frame[..<12]) + [0x81, 0, 0x60, 5] + frame[12...], "one tag")
    checkSum(Array(frame[..<12]) + [0x88, 0xa8, 1, 2, 0x81, 0, 0x60, 5] + frame[12...], "two tags")
    var random = SeededRandom(seed: 11)
    for round in 0..<2000 {
      var bytes = filled(frame)
      for _ in 0..<Int.random(in: 0...2, using: &random) {
        bytes[Int.random(in: 12..<bytes.count, using: &random)] = UInt8.random(in: .min ... .max, using: &random)
      }
      checkSum(round % 2 == 0 ? filled(bytes) : bytes, "round \(round)")
    }
  }
}
