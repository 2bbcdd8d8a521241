import EtherFabric

/// What a command says at its end: sections of named values, as text or as one line of JSON.
struct Report {
  enum Value {
    case integer(UInt64)
    /// With the unit for the text; the JSON has the number alone.
    case measure(Double, unit: String)
    case text(String)
    case flag(Bool)
    /// What the device does not have.
    case none

    var text: String {
      switch self {
      case .integer(let value): String(value)
      case .measure(let value, let unit): Report.decimal(value) + (unit.isEmpty ? "" : " " + unit)
      case .text(let value): value
      case .flag(let value): value ? "yes" : "no"
      case .none: "-"
      }
    }

    var json: JSONValue {
      switch self {
      case .integer(let value): .integer(value)
      case .measure(let value, _): .number(value)
      case .text(let value): .text(value)
      case .flag(let value): .flag(value)
      case .none: .null
      }
    }
  }

  struct Section {
    let name: String
    /// Figures are labelled where they come from an emulated adapter.
    var hasFigures = true
    var rows: [(name: String, value: Value)]
  }

  let device: String
  var isEmulated: Bool
  var sections: [Section] = []

  init(_ identity: AdapterIdentity) {
    device = identity.device
    isEmulated = identity.isEmulated
  }

  mutating func add(_ name: String, figures: Bool = true, _ rows: [(name: String, value: Value)]) {
    sections.append(Section(name: name, hasFigures: figures, rows: rows))
  }

  /// A section of the counters that are not 0, left out where all are.
  mutating func add(_ name: String, counters: AdapterStatistics) {
    let rows = counters.nonzero.counters.map { (name: $0.name, value: Value.integer($0.value)) }
    if !rows.isEmpty { add(name, rows) }
  }

  func write(json: Bool) { Output.write(json ? self.json : text) }

  /// A heading for each section and a line for each value.
  var text: String {
    var text = ""
    for section in sections {
      let width = section.rows.map(\.name.count).max() ?? 0
      text += section.name + (section.hasFigures && isEmulated ? " (emulated)" : "") + "\n"
      for row in section.rows {
        text += "  \(row.name)\(String(repeating: " ", count: width - row.name.count + 2))\(row.value.text)\n"
      }
    }
    return text
  }

  /// One object: the device, whether it is emulated, and an object for each section.
  var json: String {
    var members: [(name: String, value: JSONValue)] = [("device", .text(device)), ("emulated", .flag(isEmulated))]
    for section in sections {
      members.append((section.name, .object(section.rows.map { ($0.name, $0.value.json) })))
    }
    return JSONValue.object(members).text + "\n"
  }

  /// Three decimals below 1000, none above.
  static func decimal(_ value: Double) -> String {
    guard value.isFinite, value.magnitude < 1e18 else { return "-" }
    if value.magnitude >= 1000 { return String(Int64(value.rounded())) }
    let thousandths = Int64((value * 1000).rounded())
    let digits = String(thousandths.magnitude % 1000)
    return "\(thousandths < 0 ? "-" : "")\(thousandths.magnitude / 1000)."
      + String(repeating: "0", count: 3 - digits.count) + digits
  }
}
