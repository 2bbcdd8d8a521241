import Glibc

/// Figures of one thing measured again and again.
struct Sample {
  var values: [Double] = []

  mutating func add(_ value: Double) { values.append(value) }

  func quantile(_ share: Double) -> Double {
    let sorted = values.sorted()
    guard !sorted.isEmpty else { return .nan }
    return sorted[Int((Double(sorted.count - 1) * share).rounded())]
  }

  var median: Double { quantile(0.5) }
  /// Distance between the quartiles.
  var spread: Double { quantile(0.75) - quantile(0.25) }
}

extension Double {
  /// With `digits` after the point.
  func text(_ digits: Int) -> String {
    guard isFinite else { return "-" }
    let scale = pow(10, Double(digits))
    let rounded = Int((magnitude * scale).rounded())
    var number = (self < 0 && rounded > 0 ? "-" : "") + String(rounded / Int(scale))
    if digits > 0 {
      let rest = String(rounded % Int(scale))
      number += "." + String(repeating: "0", count: digits - rest.count) + rest
    }
    return number
  }

  /// The same, right-aligned in `width`.
  func text(_ digits: Int, _ width: Int) -> String { text(digits).padded(width) }
}

extension String {
  /// Right-aligned in `width`.
  func padded(_ width: Int) -> String { String(repeating: " ", count: max(0, width - count)) + self }

  /// Left-aligned in `width`.
  func filled(_ width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}
