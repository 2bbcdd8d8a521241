extension IPAddress: LosslessStringConvertible {
  /// `192.0.2.1`, `2001:db8::1` or `::ffff:192.0.2.1`; nil for anything else (zones and prefixes too).
  public init?(_ text: String) {
    if let ipv4 = Self.parseIPv4(text) {
      self.init(ipv4: ipv4)
    } else if let (high, low) = Self.parseIPv6(text) {
      self.init(ipv6High: high, low: low)
    } else {
      return nil
    }
  }

  /// Dotted decimal, or the canonical form of RFC 5952.
  public var description: String {
    guard isIPv6 else { return Self.dotted(UInt32(truncatingIfNeeded: low)) }
    if high == 0, low >> 32 == 0xffff { return "::ffff:" + Self.dotted(UInt32(truncatingIfNeeded: low)) }
    let groups = self.groups
    let zeros = Self.longestZeroRun(groups)
    let hex = { (part: ArraySlice<UInt16>) in part.map { String($0, radix: 16) }.joined(separator: ":") }
    guard zeros.count > 1 else { return hex(groups[...]) }
    return hex(groups[..<zeros.lowerBound]) + "::" + hex(groups[zeros.upperBound...])
  }

  private var groups: [UInt16] {
    [high, low].flatMap { half in [48, 32, 16, 0].map { UInt16(truncatingIfNeeded: half >> $0) } }
  }

  private static func dotted(_ value: UInt32) -> String {
    [24, 16, 8, 0].map { String(value >> UInt32($0) & 0xff) }.joined(separator: ".")
  }

  private static func longestZeroRun(_ groups: [UInt16]) -> Range<Int> {
    var best = 0..<0
    var start = 0
    for index in 0...groups.count where index == groups.count || groups[index] != 0 {
      if index - start > best.count { best = start..<index }
      start = index + 1
    }
    return best
  }

  private static func parseIPv4(_ text: some StringProtocol) -> UInt32? {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 4 else { return nil }
    var value: UInt32 = 0
    for part in parts {
      // A leading zero means octal to some parsers and decimal to others.
      guard isDigits(part, radix: 10, longest: 3), part.count == 1 || part.first != "0", let byte = UInt8(part)
      else { return nil }
      value = value << 8 | UInt32(byte)
    }
    return value
  }

  private static func parseIPv6(_ text: String) -> (high: UInt64, low: UInt64)? {
    var groups: [UInt16]
    if let gap = text.firstRange(ofPair: ":") {
      guard let front = parseGroups(text[..<gap.lowerBound], isLast: false),
        let back = parseGroups(text[gap.upperBound...], isLast: true), front.count + back.count < 8
      else { return nil }
      groups = front + Array(repeating: 0, count: 8 - front.count - back.count) + back
    } else {
      guard let all = parseGroups(text[...], isLast: true), all.count == 8 else { return nil }
      groups = all
    }
    let half = { (part: ArraySlice<UInt16>) in part.reduce(UInt64(0)) { $0 << 16 | UInt64($1) } }
    return (half(groups[..<4]), half(groups[4...]))
  }

  private static func parseGroups(_ text: Substring, isLast: Bool) -> [UInt16]? {
    if text.isEmpty { return [] }
    var groups: [UInt16] = []
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    for (index, part) in parts.enumerated() {
      if isLast, index == parts.count - 1, let ipv4 = parseIPv4(part) {
        groups += [UInt16(truncatingIfNeeded: ipv4 >> 16), UInt16(truncatingIfNeeded: ipv4)]
      } else {
        guard isDigits(part, radix: 16, longest: 4), let group = UInt16(part, radix: 16) else { return nil }
        groups.append(group)
      }
    }
    return groups
  }

  /// The integer initializers also take a sign, which an address must not have.
  private static func isDigits(_ text: some StringProtocol, radix: Int, longest: Int) -> Bool {
    (1...longest).contains(text.utf8.count)
      && text.utf8.allSatisfy { digit in
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): true
        case UInt8(ascii: "a")...UInt8(ascii: "f"), UInt8(ascii: "A")...UInt8(ascii: "F"): radix == 16
        default: false
        }
      }
  }
}

extension String {
  /// The first place where `character` is written twice in a row.
  fileprivate func firstRange(ofPair character: Character) -> Range<Index>? {
    for index in indices where self[index] == character {
      let next = self.index(after: index)
      if next < endIndex, self[next] == character { return index..<self.index(after: next) }
    }
    return nil
  }
}
