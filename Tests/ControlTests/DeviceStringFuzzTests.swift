import EtherFabric
import Testing

/// SplitMix64: the same strings in every run.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64
  init(seed: UInt64) { state = seed }
  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ z >> 30) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ z >> 27) &* 0x94d0_49bb_1331_11eb
    return z ^ z >> 31
  }
}

@Suite struct DeviceStringFuzzTests {
  private static let words: [String] =
    DeviceOptionRule.all.map(\.key) + DeviceString.Wire.allCases.map(\.rawValue) + [
      "emu", "sfc", ":", ":", ",", ",", "=", "=", "/", "\\", "\\,", "%", ".", "0", "1", "63", "1500", "0x", "max",
      "forever", "on", "off", "x2", "8000", "eth0", "a.pcap", "02:00:00:00:00:01", "-", "+", " ", "é", "\u{301}",
      "\r\n", "\0", "\u{10ffff}", "1e400", "99999999999999999999999", "nan", "..",
    ]

  /// Right or wrong, every string is answered; a right one survives printing.
  private func check(_ text: String) -> Bool {
    do {
      let device = try DeviceString(text)
      let again = try DeviceString(device.description)
      #expect(again == device, "\(text.debugDescription)")
      #expect(try DeviceString(device.given).given == device.given, "\(text.debugDescription)")
      return true
    } catch {
      #expect(!error.description.utf8.contains(UInt8(ascii: "\n")), "\(text.debugDescription)")
      #expect(error.errno == 22 || error.errno == 19)
      return false
    }
  }

  @Test(arguments: 0..<4)
  func randomWords(_ seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    for _ in 0..<3000 {
      let start = ["", "emu:", "emu:cable:0,", "emu:pcap:f,", "emu:switch:", "sfc:"].randomElement(using: &random)!
      let length = Int.random(in: 0...12, using: &random)
      _ = check(start + (0..<length).map { _ in Self.words.randomElement(using: &random)! }.joined())
    }
  }

  @Test(arguments: 0..<2)
  func randomBytes(_ seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    for _ in 0..<3000 {
      let length = Int.random(in: 0...40, using: &random)
      let bytes = (0..<length).map { _ in UInt8.random(in: 0...255, using: &random) }
      _ = check(String(decoding: bytes, as: UTF8.self))
      _ = check("emu:pcap:" + String(decoding: bytes, as: UTF8.self))
    }
  }

  /// One byte of a right string replaced, removed or doubled; some of them are still right.
  @Test func mutations() {
    var random = SeededGenerator(seed: 5)
    let seed = #"emu:pcap:/tmp/a\,b.pcap,nic=x2,mtu=1500,mac=02:00:00:00:00:01,drop=1%,loop=3,pace=1.5,record=o\\p"#
    var right = 0
    for _ in 0..<3000 {
      var bytes = Array(seed.utf8)
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        let index = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0...2, using: &random) {
        case 0: bytes[index] = UInt8.random(in: 0...255, using: &random)
        case 1: bytes.remove(at: index)
        default: bytes.insert(bytes[index], at: index)
        }
      }
      if check(String(decoding: bytes, as: UTF8.self)) { right += 1 }
    }
    #expect(right > 100)
  }
}
