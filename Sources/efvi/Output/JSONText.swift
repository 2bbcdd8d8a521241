import EtherFabric

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
    case .text(let value): AdapterStatistics.quoted(value)
    case .flag(let value): value ? "true" : "false"
    case .null: "null"
    case .list(let values): "[" + values.map(\.text).joined(separator: ",") + "]"
    case .object(let members):
      "{" + members.map { AdapterStatistics.quoted($0.name) + ":" + $0.value.text }.joined(separator: ",") + "}"
    }
  }
}
