/// One count with its name: the member of `ef_vi_stats_layout` and of `ethtool -S`.
///
/// Names are lower case words joined by `_`, from the wide to the narrow: who counted (`port`, `vi0`, `wire`, `fault`), the
/// direction (`rx`, `tx`, or neither), what (`packets`, `bytes`, `dropped`, `no_desc`): `port_rx_packets`,
/// `vi0_rx_no_desc`, `fault_tx_corrupted`. A count is of frames unless the name ends in a unit. Names never change their
/// meaning once they are there; tools and tests find counters by them.
public struct NamedCounter: Hashable, Sendable, CustomStringConvertible {
  /// The name.
  public let name: String
  /// The total since the adapter was opened; only ever grows.
  public var value: UInt64
  /// What moves it, in one line.
  public let help: String

  public init(_ name: String, _ value: UInt64, help: String) {
    self.name = name
    self.value = value
    self.help = help
  }

  /// Whether `name` follows the scheme: words of lower case letters and digits, the first with a letter in front.
  public static func isWellFormed(_ name: String) -> Bool {
    guard let first = name.utf8.first, (97...122).contains(first) else { return false }
    return name.utf8.split(separator: UInt8(ascii: "_"), omittingEmptySubsequences: false).allSatisfy { word in
      !word.isEmpty && word.allSatisfy { (97...122).contains($0) || (48...57).contains($0) }
    }
  }

  /// `port_rx_packets 17`.
  public var description: String { "\(name) \(value)" }
}
