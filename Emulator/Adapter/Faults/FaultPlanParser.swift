import EtherFabric
import Glibc

extension FaultPlan {
  /// Reads a plan from one line: `seed=7,drop=0.01,rx-delay=0.1:5000,fail-vi=every:3`.
  ///
  /// - Throws: `EtherFabricError` (`EINVAL`) that names the part which is wrong.
  public init(parsing text: String) throws(EtherFabricError) {
    self.init()
    guard !text.isEmpty else { return }
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard pair.count == 2 else {
        throw Self.refuse("`\(part)` is no key=value", "Write for example drop=0.01.")
      }
      guard try set(String(pair[0]), to: String(pair[1])) else {
        throw Self.refuse(
          "`\(part)`: there is no fault `\(pair[0])`", "Known are \(Self.keys.joined(separator: ", ")).")
      }
    }
  }

  /// The keys that `set` knows, without the prefixes `rx-` and `tx-`, which the rates of frames take.
  public static var keys: [String] {
    ["seed", "hold"] + rates.map(\.key) + cutThroughRates.map(\.key)
      + AllocationKind.allCases.map { "fail-\($0.rawValue)" }
  }

  /// Sets one part of the plan.
  ///
  /// `seed=N`; `drop`, `duplicate`, `corrupt`, `cut` take a rate; `delay` a rate and nanoseconds (`0.1:5000`);
  /// `reorder` a rate, and nanoseconds if a frame that none follows is to wait longer or shorter than 1 ms. These
  /// hold for both directions, or with `rx-` and `tx-` in front for one. `ctpio-fail` and `ctpio-underrun` take a rate of
  /// cut-through sends. `fail-pd`, `fail-memreg`, `fail-vi`,
  /// `fail-filter` take `N` for the Nth allocation or `every:N`; `hold` the most frames to hold back.
  ///
  /// - Returns: False when the key is none of a fault plan; nothing has changed then.
  /// - Throws: `EtherFabricError` (`EINVAL`) that names key and value.
  public mutating func set(_ key: String, to value: String) throws(EtherFabricError) -> Bool {
    let part = "`\(key)=\(value)`"
    switch key {
    case "seed":
      guard let number = Self.integer(value) else {
        throw Self.refuse("\(part): the seed is no number", "Give 0 to 18446744073709551615, or hexadecimal after 0x.")
      }
      seed = number
    case "hold":
      guard let number = Self.integer(value), (1...4096).contains(number) else {
        throw Self.refuse("\(part): this many frames cannot be held", "Give 1 to 4096.")
      }
      holdCapacity = Int(number)
    case _ where key.hasPrefix("fail-"):
      guard let kind = AllocationKind(rawValue: String(key.dropFirst(5))) else { return false }
      failAllocations[kind] = try Self.allocationFault(value, part)
    default:
      return try setRate(key, value, part)
    }
    return true
  }

  private mutating func setRate(_ key: String, _ value: String, _ part: String) throws(EtherFabricError) -> Bool {
    let directions: [FaultDirection] =
      key.hasPrefix("rx-") ? [.receive] : key.hasPrefix("tx-") ? [.transmit] : FaultDirection.allCases
    if let rate = Self.cutThroughRates.first(where: { $0.key == key }) {
      guard let value = Double(value), (0...1).contains(value) else {
        throw Self.refuse("\(part): `\(value)` is no rate", "Give 0 to 1, the share of cut-through sends.")
      }
      self[keyPath: rate.rate] = value
      return true
    }
    let name = directions.count == 1 ? String(key.dropFirst(3)) : key
    guard let target = Self.rates.first(where: { $0.key == name }) else { return false }
    let fields = value.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    guard let rate = Double(fields[0]), (0...1).contains(rate) else {
      throw Self.refuse("\(part): `\(fields[0])` is no rate", "Give 0 to 1, the share of frames.")
    }
    var time: UInt64?
    if fields.count == 2 {
      guard target.time != nil else {
        throw Self.refuse("\(part): `\(name)` takes no time", "Give the rate only.")
      }
      time = Self.integer(fields[1])
      guard let time, time <= Self.longestHold else {
        throw Self.refuse("\(part): `\(fields[1])` is no time", "Give nanoseconds, at most \(Self.longestHold).")
      }
    } else if name == "delay" && rate > 0 {
      throw Self.refuse("\(part): the time is missing", "Give rate and nanoseconds, for example delay=0.1:5000.")
    }
    for direction in directions {
      self[direction][keyPath: target.rate] = rate
      if let time, let path = target.time { self[direction][keyPath: path] = time }
    }
    return true
  }

  /// One hour, in nanoseconds.
  private static let longestHold: UInt64 = 3_600_000_000_000

  private struct Rate {
    let key: String
    let rate: WritableKeyPath<FaultRates, Double>
    var time: WritableKeyPath<FaultRates, UInt64>?
  }

  private static var rates: [Rate] {
    [
      Rate(key: "drop", rate: \.drop), Rate(key: "duplicate", rate: \.duplicate),
      Rate(key: "reorder", rate: \.reorder, time: \.reorderNanoseconds), Rate(key: "corrupt", rate: \.corrupt),
      Rate(key: "delay", rate: \.delay, time: \.delayNanoseconds), Rate(key: "cut", rate: \.cut),
    ]
  }

  private static var cutThroughRates: [(key: String, rate: WritableKeyPath<FaultPlan, Double>)] {
    [("ctpio-fail", \.cutThrough.fail), ("ctpio-underrun", \.cutThrough.underrun)]
  }

  private static func allocationFault(_ value: String, _ part: String) throws(EtherFabricError) -> AllocationFault {
    let repeats = value.hasPrefix("every:")
    guard let number = integer(repeats ? value.dropFirst(6) : value[...]), number > 0 else {
      throw refuse("\(part): `\(value)` names no allocation", "Give N for the Nth, or every:N; they count from 1.")
    }
    return repeats ? .every(number) : .only(number)
  }

  private static func integer(_ text: some StringProtocol) -> UInt64? {
    let digits = text.hasPrefix("0x") ? text.dropFirst(2) : text[...]
    guard let first = digits.first, first != "+" else { return nil }
    return UInt64(digits, radix: text.hasPrefix("0x") ? 16 : 10)
  }

  private static func refuse(_ reason: String, _ remedy: String) -> EtherFabricError {
    EtherFabricError("FaultPlan", errno: EINVAL, reason: reason, remedy: remedy)
  }
}
