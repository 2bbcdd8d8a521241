import EtherFabric

extension Report {
  /// The packets that were marked or cut, by class; left out where there are none.
  mutating func addDiscards(of station: some FrameSource) {
    var rows = station.discards.sorted { $0.key.rawValue < $1.key.rawValue }
      .map { (name: "\($0.key)", value: Value.integer($0.value)) }
    if station.truncated > 0 { rows.append(("truncated", .integer(station.truncated))) }
    if !rows.isEmpty { add("discards", rows) }
  }
}
