import Glibc

/// The bytes of a message: its number first, then bytes that no other place of it has.
enum PingPattern {
  private nonisolated(unsafe) static let bytes: UnsafeMutablePointer<UInt8> = {
    let bytes = UnsafeMutablePointer<UInt8>.allocate(capacity: 65536 + 256)
    var state: UInt32 = 0x9e37_79b9
    for index in 0..<65536 + 256 {
      state = state &* 1_664_525 &+ 1_013_904_223
      bytes[index] = UInt8(truncatingIfNeeded: state >> 24)
    }
    return bytes
  }()

  static func fill(_ payload: UnsafeMutableRawPointer, count: Int, sequence: UInt64) {
    memcpy(payload, bytes + Int(sequence & 0xff), count)
    var number = sequence.littleEndian
    memcpy(payload, &number, min(8, count))
  }

  /// Whether this is, byte for byte, the message of this size and number.
  static func matches(_ answer: UnsafeRawBufferPointer, size: Int, sequence: UInt64) -> Bool {
    guard answer.count == size else { return false }
    guard size > 0 else { return true }
    let start = answer.baseAddress!
    let head = min(8, size)
    return withUnsafeBytes(of: sequence.littleEndian) { memcmp(start, $0.baseAddress!, head) } == 0
      && memcmp(start + head, bytes + Int(sequence & 0xff) + head, size - head) == 0
  }

  /// Where and how an answer differs from what was sent.
  static func difference(_ answer: UnsafeRawBufferPointer, _ sent: UnsafeRawBufferPointer) -> String {
    guard answer.count == sent.count else { return "\(sent.count) bytes sent, \(answer.count) came back" }
    guard let index = answer.indices.first(where: { answer[$0] != sent[$0] }) else { return "no difference" }
    func hex(_ byte: UInt8) -> String { "0x" + (byte < 16 ? "0" : "") + String(byte, radix: 16) }
    return "byte \(index) of \(sent.count) was \(hex(sent[index])) and came back as \(hex(answer[index]))"
  }
}
