/// The counters of a page at one moment.
public struct CounterReading: Equatable, Sendable {
  /// One of the things of a group: a port, an interface.
  public struct Instance: Equatable, Sendable {
    /// Its number in the group.
    public var index: Int
    /// Another where the number has been given to something new.
    public var generation: UInt64
    /// What the writer told along with it.
    public var tag: UInt64
    /// In the order of the group's fields.
    public var values: [UInt64]

    public init(index: Int, generation: UInt64, tag: UInt64, values: [UInt64]) {
      self.index = index
      self.generation = generation
      self.tag = tag
      self.values = values
    }
  }

  /// Nanoseconds of a clock that never goes back.
  public var time: UInt64
  /// In the order of the page's groups, the things in use.
  public var groups: [[Instance]]

  public init(time: UInt64, groups: [[Instance]]) {
    self.time = time
    self.groups = groups
  }

  /// The same thing in an earlier reading; nil where it was not there yet.
  public func earlier(_ instance: Instance, group: Int, in reading: CounterReading) -> Instance? {
    guard reading.groups.indices.contains(group) else { return nil }
    return reading.groups[group].first { $0.index == instance.index && $0.generation == instance.generation }
  }

  /// What a field grew by in a second since an earlier reading; nil where that cannot be told.
  public func rate(_ instance: Instance, field: Int, group: Int, since reading: CounterReading) -> Double? {
    guard time > reading.time, let before = earlier(instance, group: group, in: reading),
      before.values.indices.contains(field), instance.values[field] >= before.values[field]
    else { return nil }
    return Double(instance.values[field] - before.values[field]) * 1e9 / Double(time - reading.time)
  }
}
