extension FaultCounters: CounterWords {
  static let fields: [CounterField<FaultCounters>] = [
    .init(\.examined, "examined", "frames that the fault plan looked at"),
    .init(\.dropped, "dropped", "frames lost by the fault plan"),
    .init(\.duplicated, "duplicated", "frames sent twice by the fault plan"),
    .init(\.reordered, "reordered", "frames exchanged with a later one by the fault plan"),
    .init(\.corrupted, "corrupted", "frames with a bit flipped by the fault plan"),
    .init(\.delayed, "delayed", "frames held back by the fault plan"),
    .init(\.cut, "cut", "frames cut by the fault plan"),
    .init(\.holdOverflow, "hold_overflow", "frames that were to be held back and passed at once: no room"),
  ]
}
