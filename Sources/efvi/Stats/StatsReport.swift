import LiveCounters

/// One report about one adapter.
struct StatsReport {
  let page: LivePage
  let reading: CounterReading
  let last: CounterReading?
  let showsAll: Bool

  private var isEmulated: Bool { page.device.hasPrefix("emu:") }

  /// Lines of name, total, and what came in each second.
  var text: String {
    var text = "process \(page.process) \(page.program), \(page.device)\n"
    for (index, group) in page.groups.enumerated() {
      for instance in reading.groups[index] {
        let rows = group.fields.indices.filter { showsAll || instance.values[$0] != 0 }.map { field in
          (
            name: group.fields[field].name, value: String(instance.values[field]),
            rate: rate(instance, field: field, group: index).map { Report.decimal($0) + " /s" } ?? ""
          )
        }
        guard !rows.isEmpty else { continue }
        let which = group.instances > 1 ? " \(instance.index)" : ""
        text += "\(group.name)\(which)\(isEmulated ? " (emulated)" : "")\n"
        let widths = (name: rows.map(\.name.count).max()!, value: rows.map(\.value.count).max()!)
        let rateWidth = rows.map(\.rate.count).max()!
        for row in rows {
          text += "  " + row.name + blanks(widths.name - row.name.count + 2)
          text += blanks(widths.value - row.value.count) + row.value
          if rateWidth > 0 { text += "  " + blanks(rateWidth - row.rate.count) + row.rate }
          text += "\n"
        }
      }
    }
    return text + (last == nil ? "" : "\n")
  }

  /// On one line: what it is of, then totals and rates by group.
  var json: String {
    var members: [(name: String, value: JSONValue)] = [
      ("pid", .integer(UInt64(page.process))), ("program", .text(page.program)), ("device", .text(page.device)),
      ("emulated", .flag(isEmulated)), ("opened", .integer(page.opened)), ("time", .integer(reading.time)),
    ]
    members += groups { instance, field, _ in .integer(instance.values[field]) }
    if last != nil {
      let rates = groups { instance, field, group in
        rate(instance, field: field, group: group).map { .number($0) } ?? .null
      }
      members.append(("rates", .object(rates)))
    }
    return JSONValue.object(members).text + "\n"
  }

  /// An object for a group of one, a list for others.
  private func groups(
    _ value: (CounterReading.Instance, Int, Int) -> JSONValue
  ) -> [(name: String, value: JSONValue)] {
    page.groups.enumerated().map { index, group in
      let objects = reading.groups[index].map { instance in
        let fields = group.fields.enumerated().map { (name: $1.name, value: value(instance, $0, index)) }
        let number: [(name: String, value: JSONValue)] =
          group.instances > 1 ? [("index", .integer(UInt64(instance.index)))] : []
        return JSONValue.object(number + fields)
      }
      return (group.name, group.instances > 1 ? .list(objects) : objects.first ?? .null)
    }
  }

  private func rate(_ instance: CounterReading.Instance, field: Int, group: Int) -> Double? {
    last.flatMap { reading.rate(instance, field: field, group: group, since: $0) }
  }

  private func blanks(_ count: Int) -> String { String(repeating: " ", count: count) }
}
