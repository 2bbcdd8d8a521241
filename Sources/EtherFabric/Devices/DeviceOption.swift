/// One `key=value` of a device string.
public struct DeviceOption: Hashable, Sendable, CustomStringConvertible {
  /// The key, as `DeviceOptionRule` has it.
  public let key: String
  /// The value with escapes undone, in its canonical spelling.
  public let value: String

  public init(key: String, value: String) {
    self.key = key
    self.value = value
  }

  /// As a device string has it, commas and backslashes of the value escaped.
  public var description: String { "\(key)=\(DeviceText.escaped(value))" }
}

/// Text of device strings: escapes, and quotes for messages.
enum DeviceText {
  private static let comma = UInt8(ascii: ",")
  private static let backslash = UInt8(ascii: "\\")

  /// The comma-separated parts, escapes left in. Never empty.
  static func parts(of text: String) -> [String] {
    var parts: [String] = []
    var part: [UInt8] = []
    var isEscaped = false
    for byte in text.utf8 {
      if byte == comma, !isEscaped {
        parts.append(String(decoding: part, as: UTF8.self))
        part.removeAll(keepingCapacity: true)
        continue
      }
      isEscaped = byte == backslash && !isEscaped
      part.append(byte)
    }
    parts.append(String(decoding: part, as: UTF8.self))
    return parts
  }

  /// `\,` and `\\` become a comma and a backslash; a backslash before anything else stays.
  static func unescaped(_ part: String) -> String {
    var bytes: [UInt8] = []
    var isEscaped = false
    for byte in part.utf8 {
      if isEscaped {
        if byte != comma, byte != backslash { bytes.append(backslash) }
        bytes.append(byte)
        isEscaped = false
      } else if byte == backslash {
        isEscaped = true
      } else {
        bytes.append(byte)
      }
    }
    if isEscaped { bytes.append(backslash) }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The inverse of `unescaped`.
  static func escaped(_ value: String) -> String {
    var bytes: [UInt8] = []
    for byte in value.utf8 {
      if byte == comma || byte == backslash { bytes.append(backslash) }
      bytes.append(byte)
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Splits at the first `separator`; the second half is nil where there is none.
  static func split(_ text: String, at separator: Unicode.Scalar) -> (String, String?) {
    let scalars = text.unicodeScalars
    guard let index = scalars.firstIndex(of: separator) else { return (text, nil) }
    return (String(scalars[..<index]), String(scalars[scalars.index(after: index)...]))
  }

  /// The part in quotes, on one line and of bounded length, for messages.
  static func quoted(_ part: String) -> String {
    let limit = 80
    var out = "'"
    for scalar in part.unicodeScalars.prefix(limit) {
      let isControl = scalar.value < 0x20 || (0x7f...0x9f).contains(scalar.value) || scalar.value == 0x2028
      out += isControl || scalar.value == 0x2029 ? "\\u{\(String(scalar.value, radix: 16))}" : String(scalar)
    }
    if part.unicodeScalars.count > limit { out += "..." }
    return out + "'"
  }
}
