/// Frames as rows of 16 bytes.
enum HexDump {
  private static let digits = Array("0123456789abcdef".utf8)

  static func text(_ frame: UnsafeRawBufferPointer, number: UInt64, timestamp: UInt64? = nil) -> String {
    let time = timestamp.map { ", " + ArrivalTimes.text($0) } ?? ""
    var text = "frame \(number), \(frame.count) bytes\(time)\n"
    for start in stride(from: 0, to: frame.count, by: 16) {
      let row = frame[start..<min(start + 16, frame.count)]
      var line: [UInt8] = [32, 32]
      for shift in [12, 8, 4, 0] { line.append(digits[start >> shift & 15]) }
      line += [32, 32]
      for byte in row { line += [digits[Int(byte >> 4)], digits[Int(byte & 15)], 32] }
      line += [UInt8](repeating: 32, count: 3 * (16 - row.count) + 1)
      line += row.map { (32..<127).contains($0) ? $0 : UInt8(ascii: ".") }
      text += String(decoding: line, as: UTF8.self) + "\n"
    }
    return text
  }
}
