import Glibc

/// Counts what one packet costs, with callgrind: instructions are the same on a busy machine.
enum InstructionCount {
  static let variable = "EFVI_INSTRUCTION_PROBE"
  static var path: String? { getenv(variable).map { String(cString: $0) } }
  /// Where the gate must not be passed by leaving it out.
  static var isRequired: Bool { getenv("CI").map { String(cString: $0) == "true" } ?? false }

  struct Failure: Error, CustomStringConvertible {
    var description: String
  }

  /// Instructions of one packet, in tenths: the difference of two runs, so that what is done once is in neither.
  static func tenthsPerPacket(_ row: InstructionTable.Row) throws -> Int {
    let (few, many) = (3200, 9600)
    let difference = try instructions(row, packets: many) - instructions(row, packets: few)
    return difference * 10 / (many - few)
  }

  private static func instructions(_ row: InstructionTable.Row, packets: Int) throws -> Int {
    guard let path else {
      throw Failure(description: "\(variable) is not set; Scripts/test builds the probe and sets it")
    }
    let output = try shell(
      "valgrind --tool=callgrind --callgrind-out-file=/dev/null '\(path)' \(row.path) \(row.burst) \(packets) "
        + "\(row.options) 2>&1")
    let count = output.split(separator: "\n").first { $0.contains("Collected") }?.split(separator: " ").last
    guard let count = count.flatMap({ Int($0) }) else { throw Failure(description: "no count in: \(output)") }
    return count
  }

  private static func shell(_ command: String) throws -> String {
    guard let pipe = popen(command, "r") else { throw Failure(description: "popen: errno \(errno)") }
    var text: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while case let count = fread(&buffer, 1, buffer.count, pipe), count > 0 { text += buffer[..<count] }
    let status = pclose(pipe)
    let output = String(decoding: text, as: UTF8.self)
    guard status == 0 else { throw Failure(description: "'\(command)' ended with \(status): \(output)") }
    return output
  }
}
