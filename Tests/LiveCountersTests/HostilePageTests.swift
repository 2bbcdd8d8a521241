import Glibc
import LiveCounters
import Testing

/// Pages that are none, or not whole, or lie.
@Suite struct HostilePageTests {
  static let header = 512
  static let fieldTable = 512 + 2 * 64

  @Test func aGoodCopyIsRead() throws {
    #expect(try PageFile(try Sample.bytes()).refusal == nil)
  }

  @Test func aCutPageIsRefused() throws {
    let bytes = try Sample.bytes()
    for count in [0, 1, 7, 8, 100, 511, 512, 513, 700, 1000, 4095, 4096, bytes.count - 8, bytes.count - 1] {
      #expect(try PageFile(Array(bytes.prefix(count))).refusal?.errno == EBADMSG, "\(count)")
    }
    #expect(try PageFile(bytes + [0]).refusal?.errno == EBADMSG)
  }

  @Test func anotherVersionIsRefusedAsSuch() throws {
    for version in [0, 2, 3, UInt32.max] as [UInt32] {
      let refusal = try PageFile(try Sample.bytes().with(version, at: 8)).refusal
      #expect(refusal?.errno == EPROTONOSUPPORT && refusal?.reason.contains("version \(version)") == true)
    }
  }

  @Test func aPageThatCanBeCutIsRefused() throws {
    let refusal = try PageFile(try Sample.bytes(), isSealed: false).refusal
    #expect(refusal?.errno == EBADMSG && refusal?.reason.contains("sealed") == true)
  }

  @Test func whatIsNoFileIsRefused() throws {
    var pipes: [Int32] = [0, 0]
    try #require(pipe(&pipes) == 0)
    let others = [pipes[0], open("/dev/zero", O_RDONLY), open("/", O_RDONLY), open("/proc/self/stat", O_RDONLY), -1]
    for descriptor in others {
      #expect(throws: PageRefusal.self) { try LivePage(descriptor: descriptor, process: 1) }
      if descriptor >= 0 { close(descriptor) }
    }
    close(pipes[1])
  }

  struct Lie: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var offset: Int
    var bytes: [UInt8]

    init(_ what: String, _ offset: Int, _ bytes: [UInt8]) {
      testDescription = what
      self.offset = offset
      self.bytes = bytes
    }
    init(_ what: String, _ offset: Int, _ half: UInt32) {
      self.init(what, offset, (0..<4).map { UInt8(truncatingIfNeeded: half >> (8 * $0)) })
    }
    init(_ what: String, _ offset: Int, word: UInt64) {
      self.init(what, offset, (0..<8).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) })
    }
  }

  static let lies = [
    Lie("magic", 0, [0]), Lie("header length", 12, 1024), Lie("page length", 16, word: 1 << 40),
    Lie("metadata length", 24, 4096), Lie("no groups", 28, 0), Lie("many groups", 28, 65), Lie("no fields", 32, 0),
    Lie("many fields", 32, 4097), Lie("one group more", 28, 3), Lie("one field more", 32, 5),
    Lie("program without end", 80, [UInt8](repeating: 65, count: 64)), Lie("program of no characters", 80, [0xff, 0]),
    Lie("device on two lines", 144, [65, 10, 65, 0]), Lie("device that moves the cursor", 144, [27, 91, 65, 0]),
    Lie("group before the values", header, word: 0), Lie("group in the metadata", header, word: 512),
    Lie("group behind the page", header, word: 1 << 40), Lie("group at no word", header, word: 4100),
    Lie("group at the end of numbers", header, word: .max - 7), Lie("stride of nothing", header + 8, word: 0),
    Lie("stride below the fields", header + 8, word: 32), Lie("stride of no words", header + 8, word: 65),
    Lie("stride that wraps", header + 8, word: 1 << 63), Lie("no instances", header + 16, 0),
    Lie("many instances", header + 16, UInt32.max), Lie("more instances than fit", header + 16, 60000),
    Lie("first field beyond", header + 20, 5), Lie("first field far beyond", header + 20, UInt32.max),
    Lie("fields beyond", header + 24, 5), Lie("no fields of a group", header + 24, 0),
    Lie("fields that wrap", header + 24, UInt32.max), Lie("group of no name", header + 32, [0]),
    Lie("group of capitals", header + 32, [80, 79, 0]),
    Lie("group of another's name", header + 64 + 32, Array("port\0".utf8)),
    Lie("group with a path", header + 32, Array("../x\0".utf8)),
    Lie("group that ends in a line", header + 32, Array("port_\0".utf8)),
    Lie("field in the header", fieldTable, 8), Lie("field behind its instance", fieldTable, 64),
    Lie("field at no word", fieldTable, 17), Lie("field far away", fieldTable, UInt32.max - 7),
    Lie("field of no kind", fieldTable + 4, 2), Lie("unit of digits", fieldTable + 8, [49, 0]),
    Lie("unit without end", fieldTable + 8, [UInt8](repeating: 97, count: 16)),
    Lie("field of no name", fieldTable + 24, [0]),
    Lie("field of another's name", fieldTable + 24, Array("rx_bytes\0".utf8)),
    Lie("help on two lines", fieldTable + 64, [65, 10, 0]),
    Lie("help of no characters", fieldTable + 64, [0xc3, 0x28, 0]),
  ]

  @Test(arguments: lies) func aLieIsRefused(_ lie: Lie) throws {
    var bytes = try Sample.bytes()
    bytes.replaceSubrange(lie.offset..<(lie.offset + lie.bytes.count), with: lie.bytes)
    #expect(try PageFile(bytes).refusal?.errno == EBADMSG)
  }

  /// Any bytes are answered: refused, or read without harm.
  @Test(arguments: 0..<4) func randomDamage(_ seed: UInt64) throws {
    var random = Generator(state: seed)
    let good = try Sample.bytes()
    var read = 0
    for _ in 0..<400 {
      var bytes = good
      for _ in 0..<Int.random(in: 1...6, using: &random) {
        let place = Int.random(in: 0..<(Bool.random(using: &random) ? 160 : 1500), using: &random)
        bytes[place] = UInt8.random(in: 0...255, using: &random)
      }
      let file = try PageFile(bytes)
      guard let page = try? LivePage(descriptor: file.descriptor, process: 1) else { continue }
      read += 1
      _ = page.read()
      _ = OpenMetrics.text([(page, page.read())])
    }
    // Damage to a text or a number does no harm.
    #expect(read > 10)
  }

  struct Generator: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state &+= 0x9e37_79b9_7f4a_7c15
      var z = state
      z = (z ^ z >> 30) &* 0xbf58_476d_1ce4_e5b9
      z = (z ^ z >> 27) &* 0x94d0_49bb_1331_11eb
      return z ^ z >> 31
    }
  }
}
