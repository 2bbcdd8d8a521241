import LiveCounters

/// What there is to look at, and what its fields mean.
enum StatsText {
  /// A line for each adapter.
  static func list(_ pages: [LivePage]) -> String {
    columns(
      [["pid", "program", "interfaces", "device"]]
        + pages.map { page in
          ["\(page.process)", page.program, "\(interfaces(page))", page.device]
        })
  }

  static func listJSON(_ pages: [LivePage]) -> String {
    JSONValue.list(
      pages.map { page in
        .object([
          ("pid", .integer(UInt64(page.process))), ("program", .text(page.program)), ("device", .text(page.device)),
          ("opened", .integer(page.opened)), ("interfaces", .integer(UInt64(interfaces(page)))),
        ])
      }
    ).text + "\n"
  }

  /// A line for each field.
  static func fields(_ groups: [CounterGroup]) -> String {
    columns(
      [["group", "field", "unit", "meaning"]]
        + groups.flatMap { group in
          group.fields.map { [group.name, $0.name, $0.unit, $0.help] }
        })
  }

  static func fieldsJSON(_ groups: [CounterGroup]) -> String {
    JSONValue.object(
      groups.map { group in
        (
          group.name,
          .object(
            group.fields.map { field in
              (field.name, .object([("unit", .text(field.unit)), ("help", .text(field.help))]))
            })
        )
      }
    ).text + "\n"
  }

  private static func interfaces(_ page: LivePage) -> Int {
    let reading = page.read()
    return zip(page.groups, reading.groups).filter { $0.0.name == "interface" }.map(\.1.count).reduce(0, +)
  }

  /// All but the last column padded to one width; the first row is the heading.
  private static func columns(_ rows: [[String]]) -> String {
    let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max()! }
    return rows.map { row in
      let cells = row.enumerated().map { column, text in
        column == row.count - 1 ? text : text + String(repeating: " ", count: widths[column] - text.count + 2)
      }
      return cells.joined() + "\n"
    }.joined()
  }
}
