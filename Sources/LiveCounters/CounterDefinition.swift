/// What one field of a page counts.
public struct CounterDefinition: Hashable, Sendable {
  /// How a field moves.
  public enum Kind: UInt32, Sendable {
    /// A total that only ever grows.
    case counter = 0
    /// A value as it is now.
    case gauge = 1
  }

  /// Lower case words joined by `_`, unique in its group: `rx_packets`.
  public var name: String
  /// `packets`, `bytes`, `events`, `calls`; empty where there is none.
  public var unit: String
  /// What moves it, in one line.
  public var help: String
  public var kind: Kind

  public init(_ name: String, unit: String, help: String, kind: Kind = .counter) {
    self.name = name
    self.unit = unit
    self.help = help
    self.kind = kind
  }
}

/// Fields that belong together, and how many things have them: one port, many interfaces.
public struct CounterGroup: Hashable, Sendable {
  /// `port`, `interface`.
  public var name: String
  /// Things that there is room for. Those in use are told by the page.
  public var instances: Int
  /// In the order in which tables show them.
  public var fields: [CounterDefinition]

  public init(_ name: String, instances: Int, fields: [CounterDefinition]) {
    self.name = name
    self.instances = instances
    self.fields = fields
  }
}
