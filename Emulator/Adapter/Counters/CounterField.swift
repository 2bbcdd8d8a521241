import EtherFabric
import LiveCounters

/// The name, unit and meaning of one word of a structure of counters.
struct CounterField<Counters>: Sendable {
  let name: String
  let unit: String
  let help: String
  /// Bytes from the start of the structure.
  let offset: Int

  init(_ word: KeyPath<Counters, UInt64>, _ name: String, _ help: String, unit: String = "packets") {
    self.name = name
    self.unit = unit
    self.help = help
    offset = MemoryLayout<Counters>.offset(of: word)!
  }

  func value(_ counters: Counters) -> UInt64 {
    withUnsafeBytes(of: counters) { $0.load(fromByteOffset: offset, as: UInt64.self) }
  }
}

/// A structure of words and nothing else, which can lie in a page that others look at.
protocol CounterWords: BitwiseCopyable {
  /// One for each word, in the order in which tables show them.
  static var fields: [CounterField<Self>] { get }
}

extension CounterWords {
  /// The words of the page in the order of memory.
  static func group(_ name: String, instances: Int = 1) -> CounterGroup {
    CounterGroup(
      name, instances: instances,
      fields: fields.sorted { $0.offset < $1.offset }.map { CounterDefinition($0.name, unit: $0.unit, help: $0.help) })
  }

  /// As rows of `AdapterStatistics`. `rename` makes the name there of the field's, nil to leave it out.
  func rows(_ rename: (String) -> String? = { $0 }) -> [NamedCounter] {
    Self.fields.compactMap { field in rename(field.name).map { NamedCounter($0, field.value(self), help: field.help) } }
  }
}
