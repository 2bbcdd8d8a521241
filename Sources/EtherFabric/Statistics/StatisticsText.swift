/// Printing of statistics.
extension AdapterStatistics: CustomStringConvertible {
  /// One line for each counter, names padded to one width, values to the right.
  public var description: String { text() }

  /// One line for each counter: name, value, and on wish the help. Ends without a newline.
  public func text(help: Bool = false) -> String {
    let nameWidth = counters.map(\.name.count).max() ?? 0
    let valueWidth = counters.map { String($0.value).count }.max() ?? 0
    return counters.map { counter in
      let value = String(counter.value)
      let line =
        counter.name + blanks(nameWidth - counter.name.count + 2) + blanks(valueWidth - value.count) + value
      return help ? line + "  " + counter.help : line
    }.joined(separator: "\n")
  }

  /// One JSON object, name to value, in the counters' order, on one line. Values are whole numbers up to 2^64 - 1;
  /// readers that hold numbers as doubles are exact up to 2^53.
  public var json: String {
    "{" + counters.map { "\(Self.quoted($0.name)):\($0.value)" }.joined(separator: ",") + "}"
  }

  private func blanks(_ count: Int) -> String { String(repeating: " ", count: count) }

  /// A JSON string, for all of the package.
  package static func quoted(_ text: String) -> String {
    var out = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": out += "\\\""
      case "\\": out += "\\\\"
      case "\n": out += "\\n"
      case "\t": out += "\\t"
      case "\r": out += "\\r"
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
