import ArgumentParser

/// A count or rate as users write it: `1000`, `10k`, `2.5M`, `1G`.
struct Quantity: ExpressibleByArgument {
  let value: Double

  init?(argument: String) {
    let factors: [Character: Double] = ["k": 1e3, "K": 1e3, "M": 1e6, "G": 1e9]
    let factor = argument.last.flatMap { factors[$0] }
    guard let number = Double(factor == nil ? argument : String(argument.dropLast())), number > 0, number.isFinite
    else { return nil }
    let value = number * (factor ?? 1)
    guard value <= 1e18 else { return nil }
    self.value = value
  }

  /// The value as a count, rounded up.
  var count: UInt64 { UInt64(value.rounded(.up)) }
}
