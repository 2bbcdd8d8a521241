import Foundation
import Testing

/// `instructions.tsv`: what one packet is allowed to cost on each path.
enum InstructionTable {
  struct Row: Sendable, CustomTestStringConvertible {
    var path: String
    var burst: Int
    /// Of the device string; behind a space those of the receiving port.
    var options: String
    /// Instructions, in tenths.
    var tenths: Int
    var testDescription: String { "\(path) \(burst) \(options)" }
  }

  static let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "instructions.tsv")

  static let rows: [Row] = {
    guard let text = try? String(contentsOf: file, encoding: .utf8) else { return [] }
    return text.split(separator: "\n").filter { !$0.hasPrefix("#") }.compactMap { line in
      let cells = line.split(separator: "\t").map(String.init)
      guard cells.count == 4, let burst = Int(cells[1]), let figure = Double(cells[3]) else { return nil }
      return Row(path: cells[0], burst: burst, options: cells[2] == "-" ? "" : cells[2], tenths: Int(figure * 10))
    }
  }()
}
