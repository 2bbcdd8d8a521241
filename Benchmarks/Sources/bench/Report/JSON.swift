/// A JSON value.
indirect enum JSON {
  case null
  case number(Double)
  case text(String)
  case list([JSON])
  /// In this order.
  case object([(String, JSON)])

  /// Written out; `depth` levels of it on lines of their own.
  func written(lines depth: Int = 3, indent: String = "") -> String {
    switch self {
    case .null: return "null"
    case .number(let value): return value.isFinite ? "\(value)" : "null"
    case .text(let text): return Self.quoted(text)
    case .list(let values):
      return Self.bracketed("[", values.map { $0.written(lines: depth - 1, indent: indent + "  ") }, "]", depth, indent)
    case .object(let members):
      let parts = members.map { "\(Self.quoted($0)): \($1.written(lines: depth - 1, indent: indent + "  "))" }
      return Self.bracketed("{", parts, "}", depth, indent)
    }
  }

  private static func bracketed(
    _ open: String, _ parts: [String], _ close: String, _ depth: Int, _ indent: String
  ) -> String {
    guard depth > 0, !parts.isEmpty else { return open + parts.joined(separator: ", ") + close }
    return "\(open)\n\(indent)  " + parts.joined(separator: ",\n\(indent)  ") + "\n\(indent)\(close)"
  }

  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case _ where scalar.value < 0x20:
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}

extension Sample {
  var json: JSON {
    guard !values.isEmpty else { return .null }
    return .object([
      ("median", .number(median)), ("lower_quartile", .number(quantile(0.25))),
      ("upper_quartile", .number(quantile(0.75))), ("rounds", .number(Double(values.count))),
    ])
  }
}

extension Comparison {
  var json: JSON {
    .object([
      ("benchmark", .text(benchmark)), ("what", .text(what)), ("emulated", .text("yes")),
      ("wire", .text(conditions.wire)), ("mode", .text(conditions.mode)), ("pinning", .text(conditions.pinning)),
      ("unit", .text(unit)), ("ours", ours.json), ("peer", hasPeer ? .text(peer) : .null), ("theirs", theirs.json),
      ("ratio", ratio.map(JSON.number) ?? .null), ("ratio_spread", ratioSpread.map(JSON.number) ?? .null),
      ("aim", aim.map { .text($0.text) } ?? .null), ("verdict", verdict.map { .text($0.rawValue) } ?? .null),
    ])
  }
}
