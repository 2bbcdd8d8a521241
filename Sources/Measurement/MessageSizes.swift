/// The list of message sizes that `--sizes` names.
public struct MessageSizes: Sendable, Equatable {
  /// In bytes, in the order given.
  public let values: [Int]

  /// The sizes that sfnt-pingpong measures with datagrams unless told otherwise.
  public static let datagramDefault = MessageSizes(
    values: [0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 1472])

  public init(values: [Int]) { self.values = values }

  /// Parses `a,b`, `lo-hi`, `lo-hi+step` and `lo-hixmul`, mixed and separated by commas; sizes up to `maximum` bytes.
  public init(parsing text: String, maximum: Int = 65507) throws(MeasurementError) {
    var values: [Int] = []
    for item in text.split(separator: ",", omittingEmptySubsequences: false) {
      try Self.append(item, maximum: maximum, to: &values)
    }
    self.values = values
  }

  private static func append(
    _ item: Substring, maximum: Int, to values: inout [Int]
  ) throws(MeasurementError) {
    guard let dash = item.firstIndex(of: "-") else {
      values.append(try size(item, of: item, maximum: maximum))
      return
    }
    let low = try size(item[..<dash], of: item, maximum: maximum)
    var rest = item[item.index(after: dash)...]
    var step: (operation: Character, amount: Int) = ("+", 1)
    if let index = rest.firstIndex(where: { $0 == "+" || $0 == "x" }) {
      let digits = rest[rest.index(after: index)...]
      guard let amount = number(digits), amount >= (rest[index] == "x" ? 2 : 1) else {
        throw MeasurementError(
          item, "the step after '\(rest[index])' is not a number of \(rest[index] == "x" ? 2 : 1) or more")
      }
      step = (rest[index], amount)
      rest = rest[..<index]
    }
    let high = try size(rest, of: item, maximum: maximum)
    guard low <= high else { throw MeasurementError(item, "the range ends before it begins") }
    guard step.operation == "+" || low > 0 else {
      throw MeasurementError(item, "0 multiplied stays 0: begin the range at 1, and give 0 by itself")
    }
    var value = low
    while value <= high {
      values.append(value)
      let (next, overflow) =
        step.operation == "+"
        ? value.addingReportingOverflow(step.amount) : value.multipliedReportingOverflow(by: step.amount)
      if overflow { break }
      value = next
    }
  }

  private static func size(
    _ digits: Substring, of item: Substring, maximum: Int
  ) throws(MeasurementError) -> Int {
    guard let value = number(digits) else {
      throw MeasurementError(item, "'\(digits)' is not a size; write a,b or lo-hi or lo-hi+step or lo-hixmul")
    }
    guard value <= maximum else { throw MeasurementError(item, "\(value) is more than \(maximum) bytes") }
    return value
  }

  private static func number(_ digits: Substring) -> Int? {
    guard digits.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else { return nil }
    return Int(digits)
  }
}

/// What is wrong with an argument or a file of a measurement.
public struct MeasurementError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The part that is wrong, or the file.
  public let part: String
  public let reason: String

  public init(_ part: some StringProtocol, _ reason: String) {
    self.part = String(part)
    self.reason = reason
  }

  public var description: String { "'\(part)': \(reason)" }
}
