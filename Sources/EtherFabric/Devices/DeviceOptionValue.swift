/// Why a value was not accepted, as the end of a sentence.
struct UnacceptableValue: Error {
  let reason: String
}

extension DeviceOptionRule.Value {
  /// An example of a right value, for messages.
  var example: String {
    switch self {
    case .choice(let words): words.first ?? ""
    case .flag: "on"
    case .integer(let range): "\(Swift.min(Swift.max(1500, range.lowerBound), range.upperBound))"
    case .signed: "-500"
    case .rate: "0.01"
    case .mac: "00:0f:53:01:02:03"
    case .file: "frames.pcap"
    case .pace, .count: "1"
    case .network: "10.0.0.1/24"
    }
  }

  /// The canonical spelling of a value.
  func canonical(_ text: String) throws(UnacceptableValue) -> String {
    if text.isEmpty { throw UnacceptableValue(reason: "nothing after '='") }
    switch self {
    case .choice(let words):
      if words.contains(text) { return text }
      throw UnacceptableValue(reason: "\(what(words, text)); one of \(words.joined(separator: ", "))")
    case .flag:
      switch text {
      case "on", "yes", "true", "1": return "on"
      case "off", "no", "false", "0": return "off"
      default: throw UnacceptableValue(reason: "not on or off")
      }
    case .integer(let range): return try "\(Self.integer(text, in: range))"
    case .signed(let range): return try "\(Self.signed(text, in: range))"
    case .rate:
      _ = try Self.rate(text)
      return text
    case .mac:
      guard let address = MACAddress(text) else {
        throw UnacceptableValue(reason: "not a MAC address; six hexadecimal bytes with colons")
      }
      if address.isMulticast { throw UnacceptableValue(reason: "a multicast address; a port has a unicast one") }
      if address.value == 0 { throw UnacceptableValue(reason: "the zero address; a port needs another") }
      return address.description
    case .file:
      if text.utf8.count > 4095 { throw UnacceptableValue(reason: "a path of \(text.utf8.count) bytes; at most 4095") }
      return text
    case .pace:
      if text == "max" { return text }
      guard let factor = Self.decimal(text), factor > 0 else {
        throw UnacceptableValue(reason: "not a pace; max, or a factor above 0 on the recorded pace")
      }
      return text
    case .network: return try Self.network(text)
    case .count:
      if text == "forever" { return text }
      guard let count = try? Self.integer(text, in: 1...UInt64(Int.max)) else {
        throw UnacceptableValue(reason: "not a count; forever, or a whole number from 1")
      }
      return "\(count)"
    }
  }

  /// What a word that is none of `words` is not.
  private func what(_ words: [String], _ text: String) -> String {
    guard words == Generation.emulated.map(\.rawValue) else { return "not a choice" }
    return Generation(rawValue: text) == nil ? "not a generation" : "a generation that is not emulated"
  }

  /// An address that a host can have, a slash, and 1 to 32.
  static func network(_ text: String) throws(UnacceptableValue) -> String {
    let (first, second) = DeviceText.split(text, at: "/")
    guard let address = IPAddress(first), !address.isIPv6, let second, let bits = try? integer(second, in: 1...32)
    else {
      throw UnacceptableValue(reason: "not an IPv4 address with its network; write 10.0.0.1/24")
    }
    let top = address.bytes[0]
    guard top != 0, top < 224 else { throw UnacceptableValue(reason: "not an address of a host") }
    return "\(address)/\(bits)"
  }

  /// Digits, or `0x` and hexadecimal digits, within `range`.
  static func integer(_ text: String, in range: ClosedRange<UInt64>) throws(UnacceptableValue) -> UInt64 {
    let isHexadecimal = text.hasPrefix("0x")
    let digits = isHexadecimal ? text.dropFirst(2) : text[...]
    guard !digits.isEmpty, digits.utf8.allSatisfy({ $0 != UInt8(ascii: "+") && $0 != UInt8(ascii: "-") }),
      digits.utf8.allSatisfy({ isHexadecimal || (48...57).contains($0) })
    else { throw UnacceptableValue(reason: "not a whole number") }
    guard let number = UInt64(digits, radix: isHexadecimal ? 16 : 10) else {
      throw UnacceptableValue(reason: isHexadecimal ? "not a hexadecimal number of 64 bits" : "more than 64 bits")
    }
    guard range.contains(number) else {
      throw UnacceptableValue(reason: "not in \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  /// The same with a minus in front of it, or without.
  static func signed(_ text: String, in range: ClosedRange<Int64>) throws(UnacceptableValue) -> Int64 {
    let isNegative = text.hasPrefix("-")
    let magnitude = try integer(isNegative ? String(text.dropFirst()) : text, in: 0...UInt64(Int64.max))
    let number = isNegative ? -Int64(magnitude) : Int64(magnitude)
    guard range.contains(number) else {
      throw UnacceptableValue(reason: "not in \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  /// `0.01`, `1%` or `1/100`, from 0 to 1.
  static func rate(_ text: String) throws(UnacceptableValue) -> Double {
    var rate: Double?
    let (above, below) = DeviceText.split(text, at: "/")
    if let below {
      if let a = decimal(above), let b = decimal(below), b > 0 { rate = a / b }
    } else if text.hasSuffix("%") {
      rate = decimal(String(text.dropLast())).map { $0 / 100 }
    } else {
      rate = decimal(text)
    }
    guard let rate else { throw UnacceptableValue(reason: "not a rate; write 0.01, 1% or 1/100") }
    guard (0...1).contains(rate) else { throw UnacceptableValue(reason: "not a rate from 0 to 1") }
    return rate
  }

  /// Digits with at most one point: no sign, exponent, infinity.
  static func decimal(_ text: String) -> Double? {
    guard text.utf8.allSatisfy({ (48...57).contains($0) || $0 == UInt8(ascii: ".") }) else { return nil }
    guard let value = Double(text), value.isFinite else { return nil }
    return value
  }
}
