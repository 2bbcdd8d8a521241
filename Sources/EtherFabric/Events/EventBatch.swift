/// Room for the events of one poll. Allocated once, outside the loop.
public struct EventBatch: ~Copyable {
  @usableFromInline let base: UnsafeMutablePointer<Event>
  /// Events that a poll may store, at least 2.
  public let capacity: Int
  @usableFromInline var stored: Int
  /// Events that the last poll stored.
  @inlinable public var count: Int { stored }

  /// - Parameter capacity: raised to 2, the least that EF10 polls with (`EF_VI_EVENT_POLL_MIN_EVS`).
  public init(capacity: Int = 32) {
    self.capacity = max(2, capacity)
    base = .allocate(capacity: self.capacity)
    base.initialize(repeating: .none, count: self.capacity)
    stored = 0
  }

  deinit { base.deallocate() }

  /// The event at `index` of the last poll.
  @inlinable
  public subscript(index: Int) -> Event {
    precondition(index >= 0 && index < count, "event index past the events of the last poll")
    return base[index]
  }

  @inlinable public var indices: Range<Int> { 0..<count }
  @inlinable public var isEmpty: Bool { count == 0 }
}
