import Glibc

/// A picture of lines over an axis.
struct Chart {
  struct Series {
    var name: String
    var points: [(x: Double, y: Double)]
  }

  enum Scale {
    case linear
    case logarithmic
  }

  var title: String
  var subtitle: String
  var xTitle: String
  var yTitle: String
  var xScale = Scale.logarithmic
  var yScale = Scale.linear
  /// Where the axis is marked, and with what.
  var xMarks: [(value: Double, text: String)]
  var series: [Series] = []

  var hasPoints: Bool { series.contains { !$0.points.isEmpty } }

  private static let width = 860.0
  private static let height = 480.0
  private static let left = 80.0
  private static let right = 250.0
  private static let top = 64.0
  private static let bottom = 56.0
  // Told apart by those who do not see red and green, too.
  private static let colours = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000"]

  var svg: String {
    let yMarks = self.yMarks
    var lines: [String] = [
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 \(Self.width.text(0)) \(Self.height.text(0))\" "
        + "width=\"\(Self.width.text(0))\" height=\"\(Self.height.text(0))\" font-family=\"sans-serif\" font-size=\"12\">",
      "<rect width=\"100%\" height=\"100%\" fill=\"white\"/>",
      text(Self.left, 24, title, size: 16), text(Self.left, 44, subtitle, colour: "#555555"),
    ]
    let (floor, edge) = (Self.height - Self.bottom, Self.width - Self.right)
    for mark in xMarks {
      let x = place(x: mark.value)
      lines.append(line(x, Self.top, x, floor, "#dddddd"))
      lines.append(text(x, floor + 18, mark.text, anchor: "middle"))
    }
    for mark in yMarks {
      let y = place(y: mark, in: yMarks)
      lines.append(line(Self.left, y, edge, y, "#dddddd"))
      lines.append(text(Self.left - 8, y + 4, Self.short(mark), anchor: "end"))
    }
    lines.append(text((Self.left + edge) / 2, Self.height - 14, xTitle, anchor: "middle"))
    let middle = (Self.top + floor) / 2
    lines.append(
      "<text x=\"18\" y=\"\(middle.text(1))\" text-anchor=\"middle\" "
        + "transform=\"rotate(-90 18 \(middle.text(1)))\">\(Self.escaped(yTitle))</text>")
    for (index, one) in series.enumerated() where !one.points.isEmpty {
      let colour = Self.colours[index % Self.colours.count]
      let points = one.points.map { "\(place(x: $0.x).text(1)),\(place(y: $0.y, in: yMarks).text(1))" }
      lines.append(
        "<polyline fill=\"none\" stroke=\"\(colour)\" stroke-width=\"2\" points=\"\(points.joined(separator: " "))\"/>")
      let y = Self.top + 10 + 20 * Double(index)
      lines.append(line(edge + 16, y, edge + 40, y, colour, width: 3))
      lines.append(text(edge + 46, y + 4, one.name))
    }
    return (lines + ["</svg>", ""]).joined(separator: "\n")
  }

  // MARK: Places

  private var xRange: (Double, Double) {
    let values = xMarks.map(\.value) + series.flatMap { $0.points.map(\.x) }
    return (values.min() ?? 0, values.max() ?? 1)
  }

  private func place(x: Double) -> Double {
    let (low, high) = xRange
    let share =
      switch xScale {
      case .linear: (x - low) / max(high - low, .leastNormalMagnitude)
      case .logarithmic: log(x / low) / max(log(high / low), .leastNormalMagnitude)
      }
    return Self.left + share * (Self.width - Self.left - Self.right)
  }

  private func place(y: Double, in marks: [Double]) -> Double {
    let (low, high) = (marks[0], marks[marks.count - 1])
    let share =
      switch yScale {
      case .linear: (y - low) / (high - low)
      case .logarithmic: log(max(y, low) / low) / log(high / low)
      }
    return Self.height - Self.bottom - share * (Self.height - Self.top - Self.bottom)
  }

  /// Round values that enclose all points.
  private var yMarks: [Double] {
    let values = series.flatMap { $0.points.map(\.y) }.filter { $0.isFinite && $0 > 0 }
    let (least, most) = (values.min() ?? 1, values.max() ?? 10)
    switch yScale {
    case .linear:
      let rough = most / 5
      let power = pow(10, log10(rough).rounded(.down))
      let step = [1.0, 2, 5, 10].map { $0 * power }.first { $0 >= rough } ?? rough
      return (0...Int((most / step).rounded(.up))).map { Double($0) * step }
    case .logarithmic:
      var marks: [Double] = []
      var power = pow(10, log10(least).rounded(.down))
      while marks.last.map({ $0 < most }) ?? true {
        for factor in [1.0, 2, 5] where marks.last.map({ $0 < most }) ?? true { marks.append(factor * power) }
        power *= 10
      }
      let first = marks.lastIndex { $0 <= least } ?? 0
      return marks.count - first > 1 ? Array(marks[first...]) : [least / 2, least * 2]
    }
  }

  // MARK: Elements

  private func line(
    _ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, _ colour: String, width: Int = 1
  ) -> String {
    "<line x1=\"\(x1.text(1))\" y1=\"\(y1.text(1))\" x2=\"\(x2.text(1))\" y2=\"\(y2.text(1))\" "
      + "stroke=\"\(colour)\" stroke-width=\"\(width)\"/>"
  }

  private func text(
    _ x: Double, _ y: Double, _ words: String, anchor: String = "start", size: Int = 12, colour: String = "black"
  ) -> String {
    "<text x=\"\(x.text(1))\" y=\"\(y.text(1))\" text-anchor=\"\(anchor)\" font-size=\"\(size)\" "
      + "fill=\"\(colour)\">\(Self.escaped(words))</text>"
  }

  private static func short(_ value: Double) -> String {
    value >= 1000
      ? "\((value / 1000).text(value < 10_000 && value != (value / 1000).rounded() * 1000 ? 1 : 0))k"
      : value.text(value >= 10 || value == value.rounded() ? 0 : value >= 1 ? 1 : 2)
  }

  private static func escaped(_ words: String) -> String {
    words.reduce(into: "") { result, character in
      switch character {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      default: result.append(character)
      }
    }
  }
}
