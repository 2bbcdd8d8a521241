/// What happens seldom at an event queue.
struct EventQueueCounters {
  /// Events written over one that had not been read.
  var overflows: UInt64 = 0
  var timeSyncs: UInt64 = 0
  var timers: UInt64 = 0
  /// Sleepers that were woken.
  var wakeUps: UInt64 = 0
  var resets: UInt64 = 0
}

extension EventQueueCounters: CounterWords {
  static let fields: [CounterField<EventQueueCounters>] = [
    .init(\.overflows, "overflows", "events written over one that had not been read", unit: "events"),
    .init(\.timeSyncs, "time_syncs", "time-sync events", unit: "events"),
    .init(\.timers, "timers", "events of timers that ran out", unit: "events"),
    .init(\.wakeUps, "wake_ups", "sleepers that an event woke", unit: "calls"),
    .init(\.resets, "resets", "resets that ended the queue", unit: "events"),
  ]
}
