import EtherFabric
import EtherFabricFormats
import EtherFabricFrames
import Testing

@Suite struct ResponderTests {
  static let mac = EthernetAddress("00:0f:53:00:00:02")!
  static let responder = HostResponder(
    mac: mac, ipv4: IPv4Address(10, 0, 0, 2), ipv6: IPv6Address("2001:db8::2")!)
  static let arp =
    "ffffffffffff 000f53000001 0806 0001080006040001 000f53000001 0a000001 000000000000 0a000002"
  static let ping4 =
    "000f53000002 000f53000001 0800 4500001e12340000 2001 74a9 0a000001 0a000002 0800 1f9b 11110001 6162"
  static let prefix = "20010db80000000000000000000000"
  static let ping6 =
    "000f53000002 000f53000001 86dd 60000000000a3a40 \(prefix)01 \(prefix)02 8000 0000 12340001 6162"
  static let solicitation =
    "3333ff000002 000f53000001 86dd 6000000000203aff \(prefix)01 ff0200000000000000000001ff000002"
    + "8700 0000 00000000 \(prefix)02 0101 000f53000001"

  /// Writes the ICMP or ICMPv6 checksum, so that the frames above can be edited.
  static func corrected(_ text: String, tags: String = "") -> [UInt8] {
    let plain = hex(text)
    var bytes = plain[..<12] + hex(tags) + plain[12...]
    let layout = FrameLayout(Array(bytes).span.bytes)
    let l4 = Int(layout.l4Offset)
    if layout.ipProtocol == 58 || layout.ipProtocol == 1 {
      bytes.replaceSubrange(l4 + 2..<l4 + 4, with: [0, 0])
      let value = Array(bytes).withUnsafeBytes { buffer in
        let base = buffer.baseAddress!
        let count = buffer.count - l4
        var sum =
          layout.l3Class == .ip6
          ? InternetChecksum(ipv6: base + Int(layout.l3Offset), protocol: 58, length: UInt16(count))
          : InternetChecksum()
        sum.add(base + l4, count: count)
        return sum.value
      }
      bytes.replaceSubrange(l4 + 2..<l4 + 4, with: withUnsafeBytes(of: value) { Array($0) })
    }
    return Array(bytes)
  }

  private func answer(
    _ frame: [UInt8], _ responder: HostResponder = responder, room: Int = 256
  ) -> [UInt8]? {
    var output = [UInt8](repeating: 0xcc, count: room)
    let length = frame.withUnsafeBytes { frame in
      output.withUnsafeMutableBytes { responder.respond(to: frame, into: $0) }
    }
    return length.map { Array(output[..<$0]) }
  }

  @Test(arguments: ["", "8100 0005", "88a8 0064 8100 0005"])
  func answersARP(tags: String) {
    let question = Self.corrected(Self.arp, tags: tags)
    let expected = hex(
      "000f53000001 000f53000002 \(tags) 0806 0001080006040002 000f53000002 0a000002 000f53000001 0a000001")
    #expect(answer(question) == expected)
    #expect(answer(question + [UInt8](repeating: 0, count: 18)) == expected)
  }

  @Test(arguments: ["", "8100 0005", "88a8 0064 8100 0005"])
  func answersPing(tags: String) throws {
    let ping = Self.corrected(Self.ping4, tags: tags)
    let padded = ping + [UInt8](repeating: 0xee, count: 15)
    let expected = Self.corrected(
      "000f53000001 000f53000002 0800 4500001e12340000 4001 54a9 0a000002 0a000001 0000 279b 11110001 6162",
      tags: tags)
    #expect(answer(padded) == expected)
    let reply = try #require(answer(ping))
    #expect(reply.withUnsafeBytes { FrameLayout.verifyChecksums($0) } == (false, false))

    let ping6 = Self.corrected(Self.ping6, tags: tags)
    let expected6 = Self.corrected(
      "000f53000001 000f53000002 86dd 60000000000a3a40 \(Self.prefix)02 \(Self.prefix)01 8100 0000 12340001 6162",
      tags: tags)
    #expect(answer(ping6) == expected6)
  }

  @Test func answersInPlace() {
    for text in [Self.ping4, Self.ping6] {
      let ping = Self.corrected(text)
      var frame = ping
      let length = frame.withUnsafeMutableBytes { EchoReply.makeInPlace($0) }
      #expect(length == frame.count)
      #expect(frame == answer(ping))
      let again = frame.withUnsafeMutableBytes { EchoReply.makeInPlace($0) }
      #expect(again == nil, "a reply is not answered")
    }
  }

  @Test func answersSolicitations() {
    let advertisement = Self.corrected(
      "000f53000001 000f53000002 86dd 6000000000203aff \(Self.prefix)02 \(Self.prefix)01"
        + "8800 0000 60000000 \(Self.prefix)02 0201 000f53000002")
    #expect(answer(Self.corrected(Self.solicitation)) == advertisement)
  }

  @Test func answersProbesToEveryone() {
    let zeros = String(repeating: "00", count: 16)
    let probe = Self.corrected(
      "3333ff000002 000f53000001 86dd 6000000000183aff \(zeros) ff0200000000000000000001ff000002"
        + "8700 0000 00000000 \(Self.prefix)02")
    let advertisement = Self.corrected(
      "333300000001 000f53000002 86dd 6000000000203aff \(Self.prefix)02 ff020000000000000000000000000001"
        + "8800 0000 20000000 \(Self.prefix)02 0201 000f53000002")
    #expect(answer(probe) == advertisement)
  }

  @Test func answersPingToAllNodesAsItself() throws {
    let ping = Self.corrected(
      "333300000001 000f53000001 86dd 60000000000a3a40 \(Self.prefix)01 ff020000000000000000000000000001"
        + "8000 0000 12340001 6162")
    let reply = try #require(answer(ping))
    #expect(reply == answer(Self.corrected(Self.ping6)))
  }

  @Test func isSilentWhereNotAsked() {
    let all = [Self.corrected(Self.arp), Self.corrected(Self.ping4), Self.corrected(Self.ping6)]
    for question in all + [Self.corrected(Self.solicitation)] {
      #expect(answer(question, HostResponder(mac: Self.mac)) == nil)
      let other = HostResponder(mac: Self.mac, ipv4: IPv4Address(10, 0, 0, 9), ipv6: IPv6Address("2001:db8::9"))
      #expect(answer(question, other) == nil)
      #expect(answer(question, room: 41) == nil)
      var elsewhere = question
      elsewhere.replaceSubrange(0..<6, with: hex("000f530000ff"))
      #expect(answer(elsewhere) == nil)
      var fromGroup = question
      fromGroup[6] |= 1
      #expect(answer(fromGroup) == nil)
    }
    for question in [Self.corrected(Self.ping4), Self.corrected(Self.ping6), Self.corrected(Self.solicitation)] {
      var bad = question
      bad[bad.count - 1] ^= 1
      #expect(answer(bad) == nil)
    }
    var routed = Self.corrected(Self.solicitation)
    routed[21] = 254
    #expect(answer(routed) == nil)
  }

  @Test func survivesMutation() throws {
    let input = try GuardedMemory()
    let output = try GuardedMemory()
    var random = SeededRandom(seed: 7)
    let seeds = [
      Self.corrected(Self.arp), Self.corrected(Self.ping4), Self.corrected(Self.ping6),
      Self.corrected(Self.solicitation), Self.corrected(Self.arp, tags: "8100 0005"),
    ]
    for round in 0..<20_000 {
      var bytes = seeds[round % seeds.count]
      for _ in 0..<Int.random(in: 0...3, using: &random) {
        bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: .min ... .max, using: &random)
      }
      let frame = input.tail(Array(bytes.prefix(Int.random(in: 0...bytes.count, using: &random))))
      let room = output.tail(Int.random(in: 0...100, using: &random))
      let length = Self.responder.respond(to: UnsafeRawBufferPointer(frame), into: room)
      #expect(length ?? 0 <= room.count)
      _ = ARPMessage(UnsafeRawBufferPointer(frame))
      _ = UDPFlow(UnsafeRawBufferPointer(frame))
      _ = UDPFlow.payloadRange(of: UnsafeRawBufferPointer(frame))
      _ = EchoReply.makeInPlace(frame)
    }
  }
}
