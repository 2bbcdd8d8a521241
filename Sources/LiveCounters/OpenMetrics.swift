/// Readings as OpenMetrics text, version 1.0.0, for scrapers.
public enum OpenMetrics {
  /// All pages in one exposition: the samples of a metric stand together, whoever they are of.
  /// - Parameter prefix: in front of every name.
  public static func text(_ pages: [(page: LivePage, reading: CounterReading)], prefix: String = "efvi") -> String {
    var families = [Family(name: "\(prefix)_adapter", kind: .info, unit: "", help: "adapters of running processes")]
    for (page, reading) in pages {
      families[0].samples.append("\(prefix)_adapter_info{\(labels(page))} 1")
      for (group, instances) in zip(page.groups, reading.groups) {
        for (index, field) in group.fields.enumerated() {
          let name = self.name(prefix, group, field)
          if !families.contains(where: { $0.name == name }) {
            families.append(
              Family(name: name, kind: field.kind == .counter ? .counter : .gauge, unit: field.unit, help: field.help))
          }
          let family = families.firstIndex { $0.name == name }!
          for instance in instances {
            let which = group.instances > 1 ? ",\(group.name)=\"\(instance.index)\"" : ""
            families[family].samples.append(
              "\(name)\(field.kind == .counter ? "_total" : ""){\(labels(page))\(which)} \(instance.values[index])")
          }
        }
      }
    }
    return families.filter { !$0.samples.isEmpty }.map(\.text).joined() + "# EOF\n"
  }

  private struct Family {
    enum Kind: String { case counter, gauge, info }
    var name: String
    var kind: Kind
    var unit: String
    var help: String
    var samples: [String] = []

    var text: String {
      var text = "# TYPE \(name) \(kind.rawValue)\n"
      if !unit.isEmpty { text += "# UNIT \(name) \(unit)\n" }
      text += "# HELP \(name) \(OpenMetrics.escaped(help))\n"
      return text + samples.map { $0 + "\n" }.joined()
    }
  }

  /// A name ends in its unit.
  private static func name(_ prefix: String, _ group: CounterGroup, _ field: CounterDefinition) -> String {
    let name = "\(prefix)_\(group.name)_\(field.name)"
    return field.unit.isEmpty || name.hasSuffix("_" + field.unit) ? name : "\(name)_\(field.unit)"
  }

  private static func labels(_ page: LivePage) -> String {
    "pid=\"\(page.process)\",program=\"\(escaped(page.program))\",device=\"\(escaped(page.device))\""
  }

  private static func escaped(_ text: String) -> String {
    text.map { $0 == "\\" ? "\\\\" : $0 == "\"" ? "\\\"" : $0 == "\n" ? "\\n" : String($0) }.joined()
  }
}
