import EtherFabricFormats
import Testing

/// A read or write outside a frame ends the run: the frame's end is the end of the memory.
@Suite struct FrameMutationTests {
  private func check(_ frame: UnsafeMutableRawBufferPointer) {
    let layout = FrameLayout(UnsafeRawBufferPointer(frame))
    let length = frame.count
    #expect(Int(layout.l3Offset) <= length && Int(layout.l4Offset) <= length)
    if layout.l3HeaderLength > 0 { #expect(Int(layout.l3Offset) + Int(layout.l3HeaderLength) <= length) }
    if layout.isIPLengthValid { #expect(Int(layout.l3End) <= length && layout.l3End >= UInt32(layout.l4Offset)) }
    if layout.l4Class != .none { #expect(Int(layout.l4Offset) + 8 <= length) }
    guard let base = frame.baseAddress else { return }
    _ = layout.verifyChecksums(base)
    _ = layout.carriedFrame(base)
    checkPlain(frame, layout)
    layout.fillChecksums(base, ip: true, l4: true)
    let verdict = layout.verifyChecksums(base)
    #expect(!verdict.ipBad && !verdict.l4Bad)
  }

  /// What the short way finds in a frame is what the parser finds.
  private func checkPlain(_ frame: UnsafeMutableRawBufferPointer, _ layout: FrameLayout) {
    guard let base = frame.baseAddress, let plain = PlainDatagram(base, length: frame.count) else { return }
    #expect(layout.vlanCount == 0 && layout.baseClass == .ethernetII && layout.l3Class == .ip4 && layout.isOrdinary)
    #expect(layout.l4Class == (plain.isUDP ? .udp : .tcp) && !layout.mayCarryFrame)
    #expect(plain.isGroup == (layout.destinationClass != .unicast))
    #expect(plain.verdict == layout.verifyChecksums(base))
    let bytes = Array(frame)
    for isGood in [false, plain.verdict == (false, false)] {
      var layout = layout
      #expect(
        plain.sumBehindEthernet(frame.count, isGood: isGood) == layout.sumBehindEthernet(base, isGood: isGood))
    }
    for (ip, l4) in [(true, true), (true, false), (false, true)] {
      layout.fillChecksums(base, ip: ip, l4: l4)
      let expected = Array(frame)
      frame.copyBytes(from: bytes)
      plain.fill(ip: ip, l4: l4)
      #expect(Array(frame) == expected)
      frame.copyBytes(from: bytes)
    }
  }

  @Test func commonFramesArePlain() {
    func isPlain(_ bytes: [UInt8]) -> Bool {
      bytes.withUnsafeBytes { PlainDatagram($0.baseAddress!, length: $0.count) != nil }
    }
    for frame in [GoldenFrame.udp4, GoldenFrame.tcp4].map(hex) {
      #expect(isPlain(frame))
      // More fragments, an option, a length that lies, a tag, VXLAN.
      for (offset, value) in [(20, 0x20), (14, 0x46), (17, 0xff), (12, 0x81)] as [(Int, UInt8)] {
        var other = frame
        other[offset] = value
        #expect(!isPlain(other))
      }
      #expect(!isPlain(frame.dropLast()))
    }
    var vxlan = hex(GoldenFrame.udp4)
    vxlan.replaceSubrange(36..<38, with: [0x12, 0xb5])
    #expect(!isPlain(vxlan))
    for frame in [GoldenFrame.udp6, GoldenFrame.tcp6].map(hex) { #expect(!isPlain(frame)) }
  }

  /// Long enough that a good checksum takes the place of a sum, with and without padding behind the datagram.
  @Test func longPlainFramesHaveTheParsersSum() throws {
    let memory = try GuardedMemory()
    var random = SeededRandom(seed: 6)
    for round in 0..<2000 {
      let isTCP = round % 2 == 0
      let payload = Int.random(in: 80...1400, using: &random)
      let header = hex(isTCP ? GoldenFrame.tcp4 : GoldenFrame.udp4).prefix(isTCP ? 54 : 42)
      var bytes = header + random.bytes(payload) + random.bytes(round % 7)
      let total = header.count - 14 + payload
      bytes.replaceSubrange(16..<18, with: [UInt8(total >> 8), UInt8(total & 0xff)])
      if !isTCP { bytes.replaceSubrange(38..<40, with: [UInt8((total - 20) >> 8), UInt8((total - 20) & 0xff)]) }
      let frame = memory.tail(Array(bytes))
      let base = try #require(frame.baseAddress)
      var layout = FrameLayout(base, length: frame.count)
      layout.fillChecksums(base, ip: true, l4: true)
      let plain = try #require(PlainDatagram(base, length: frame.count))
      #expect(plain.verdict == (false, false))
      for isGood in [true, false] {
        #expect(
          plain.sumBehindEthernet(frame.count, isGood: isGood) == layout.sumBehindEthernet(base, isGood: isGood))
      }
    }
  }

  @Test func survivesRandomBytes() throws {
    let memory = try GuardedMemory()
    var random = SeededRandom(seed: 4)
    let types = [hex("0800"), hex("86dd"), hex("8100"), hex("88a8"), hex("0806"), hex("0010")]
    for round in 0..<20_000 {
      var bytes = random.bytes(Int.random(in: 0...160, using: &random))
      if bytes.count >= 14 {
        bytes.replaceSubrange(12..<14, with: types[round % types.count])
        if bytes.count > 14, round % 3 == 0 { bytes[14] = round % 2 == 0 ? 0x45 : 0x60 }
      }
      check(memory.tail(bytes))
    }
  }

  @Test func survivesMutatedFrames() throws {
    let memory = try GuardedMemory()
    var random = SeededRandom(seed: 5)
    let seeds =
      FrameChecksumTests.all.map(hex)
      + [
        GoldenFrame.tagged(GoldenFrame.udp4, "8100 0001"), GoldenFrame.tagged(GoldenFrame.udp6, "88a8 0001 8100 0002"),
        GoldenFrame.udp6(first: "00", chain: "3c00010400000000 2b00010400000000 1100000000000000"),
        hex(GoldenFrame.macs + "0027 aaaa03 000000 0800") + hex(GoldenFrame.udp4)[14...],
      ]
      + CarriedFrameTests.inner.flatMap {
        [CarriedFrameTests.vxlan($0), CarriedFrameTests.gre("2000 6558 00000001", $0)]
      }
    for round in 0..<30_000 {
      var bytes = seeds[round % seeds.count]
      for _ in 0..<Int.random(in: 0...4, using: &random) {
        bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: .min ... .max, using: &random)
      }
      check(memory.tail(Array(bytes.prefix(Int.random(in: 0...bytes.count, using: &random)))))
    }
  }

  @Test func survivesEveryCut() throws {
    let memory = try GuardedMemory()
    for seed in FrameChecksumTests.all.map(hex) {
      for count in 0...seed.count { check(memory.tail(Array(seed[..<count]))) }
    }
  }
}
