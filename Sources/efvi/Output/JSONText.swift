/// A value of the tool's JSON output, printed without Foundation.
indirect enum JSONValue {
  case integer(UInt64)
  case number(Double)
  case text(String)
  case flag(Bool)
  case null
  case list([JSONValue])
  /// In the order given.
  case object([(name: String, value: JSONValue)])

  /// On one line.
  var text: String {
    switch self {
    case .integer(let value): String(value)
    case .number(let value): value.isFinite ? "\(value)" : "null"
    case .text(let value): Self.quoted(value)
    case .flag(let value): value ? "true" : "false"
    case .null: "null"
    case .list(let values): "[" + values.map(\.text).joined(separator: ",") + "]"
    case .object(let members):
      "{" + members.map { Self.quoted($0.name) + ":" + $0.value.text }.joined(separator: ",") + "}"
    }
  }

  static func quoted(_ text: String) -> String {
    var out = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": out += "\\\""
      case "\\": out += "\\\\"
      case "\n": out += "\\n"
      case "\t": out += "\\t"
      default:
        if scalar.value < 0x20 {
          let digits = String(scalar.value, radix: 16)
          out += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        } else {
          out.unicodeScalars.append(scalar)
        }
      }
    }
    return out + "\""
  }
}
