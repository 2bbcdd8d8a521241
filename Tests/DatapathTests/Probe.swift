import Glibc

/// The program that counts, built for speed; Scripts/test builds it and says where it is.
enum Probe {
  static let variable = "EFVI_DATAPATH_PROBE"
  static var path: String? { getenv(variable).map { String(cString: $0) } }
  /// Where the gate must not be passed by leaving it out.
  static var isRequired: Bool { getenv("CI").map { String(cString: $0) == "true" } ?? false }

  /// One line of the probe: what one kind of call counted.
  struct Line: CustomStringConvertible {
    var name: String
    var figures: [String: Int]
    var description: String { "\(name): \(figures.sorted { $0.key < $1.key }.map { "\($0) \($1)" })" }
  }

  struct Failure: Error, CustomStringConvertible {
    var description: String
  }

  static func run(_ wire: String) throws -> [Line] {
    guard let path else {
      throw Failure(description: "\(variable) is not set; Scripts/test builds the probe and sets it")
    }
    guard let pipe = popen("'\(path)' \(wire)", "r") else { throw Failure(description: "popen: errno \(errno)") }
    var text: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while case let count = fread(&buffer, 1, buffer.count, pipe), count > 0 { text += buffer[..<count] }
    let status = pclose(pipe)
    let output = String(decoding: text, as: UTF8.self)
    guard status == 0 else { throw Failure(description: "\(path) \(wire) ended with \(status): \(output)") }
    return output.split(separator: "\n").map(parse)
  }

  private static func parse(_ text: Substring) -> Line {
    var line = Line(name: "", figures: [:])
    for word in text.split(separator: " ") {
      let parts = word.split(separator: "=")
      if parts.count == 2 {
        line.figures[String(parts[0])] = Int(parts[1])
      } else {
        line.name += (line.name.isEmpty ? "" : " ") + word
      }
    }
    return line
  }
}
