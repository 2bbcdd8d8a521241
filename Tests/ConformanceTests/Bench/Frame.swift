import EtherFabric
import Glibc

func breathe() { usleep(100) }

/// A VLAN tag as it stands in a frame.
struct VLANTag: Equatable {
  var type: UInt16 = 0x8100
  var control: UInt16
}

extension UInt16 {
  var wire: [UInt8] { [UInt8(self >> 8), UInt8(self & 0xff)] }
}

/// Frames made byte by byte, with checksums of the test's own.
enum Frame {
  static let testType: UInt16 = 0x88b5

  static func ethernet(
    to: MACAddress, from: MACAddress, tags: [VLANTag] = [], type: UInt16 = testType, _ payload: [UInt8]
  ) -> [UInt8] {
    to.bytes + from.bytes + tags.flatMap { $0.type.wire + $0.control.wire } + type.wire + payload
  }

  /// A frame of `length` bytes that carries a number and a pattern of its own.
  static func numbered(
    _ number: Int, to: MACAddress, from: MACAddress, tags: [VLANTag] = [], type: UInt16 = testType, length: Int = 100
  ) -> [UInt8] {
    let header = ethernet(to: to, from: from, tags: tags, type: type, [])
    let rest = max(0, length - header.count)
    let body = [UInt8(number >> 16 & 0xff), UInt8(number >> 8 & 0xff), UInt8(number & 0xff)]
    return header + (body + (0..<rest).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ number) }).prefix(rest)
  }

  /// The number of a frame, or nil for one of another type.
  static func number(_ frame: [UInt8]) -> Int? {
    var at = 12
    while at + 4 < frame.count, frame[at..<at + 2] == [0x81, 0] || frame[at..<at + 2] == [0x88, 0xa8] { at += 4 }
    guard at + 5 <= frame.count, frame[at...].starts(with: testType.wire) else { return nil }
    return Int(frame[at + 2]) << 16 | Int(frame[at + 3]) << 8 | Int(frame[at + 4])
  }

  static func sum(_ bytes: [UInt8]) -> UInt16 {
    var sum = 0
    for index in bytes.indices { sum += Int(bytes[index]) << (index & 1 == 0 ? 8 : 0) }
    while sum > 0xffff { sum = sum & 0xffff + sum >> 16 }
    return UInt16(sum)
  }

  static func ip(_ source: IPAddress, _ destination: IPAddress, protocol number: UInt8, _ body: [UInt8]) -> [UInt8] {
    if source.isIPv6 {
      return [0x60, 0, 0, 0] + UInt16(body.count).wire + [number, 64] + source.bytes + destination.bytes + body
    }
    var header: [UInt8] = [0x45, 0] + UInt16(20 + body.count).wire + [0, 1, 0, 0, 64, number, 0, 0]
    header += source.bytes + destination.bytes
    header.replaceSubrange(10..<12, with: (~sum(header)).wire)
    return header + body
  }

  static func pseudo(_ source: IPAddress, _ destination: IPAddress, _ number: UInt8, _ length: Int) -> [UInt8] {
    source.bytes + destination.bytes + [0, number] + UInt16(length).wire
  }

  /// The checksum field of a TCP or UDP message that has 0 in it.
  static func checksum(_ source: IPAddress, _ destination: IPAddress, _ number: UInt8, _ body: [UInt8]) -> UInt16 {
    let value = ~sum(pseudo(source, destination, number, body.count) + body)
    return value == 0 && number == 17 ? 0xffff : value
  }

  static func udp(
    to: MACAddress, from: MACAddress, tags: [VLANTag] = [], _ source: IPEndpoint, _ destination: IPEndpoint,
    _ payload: [UInt8] = [UInt8](1...40)
  ) -> [UInt8] {
    var body = source.port.wire + destination.port.wire + UInt16(8 + payload.count).wire + [0, 0] + payload
    body.replaceSubrange(6..<8, with: checksum(source.address, destination.address, 17, body).wire)
    return ethernet(
      to: to, from: from, tags: tags, type: source.address.isIPv6 ? 0x86dd : 0x0800,
      ip(source.address, destination.address, protocol: 17, body))
  }

  static func tcp(
    to: MACAddress, from: MACAddress, _ source: IPEndpoint, _ destination: IPEndpoint, sequence: UInt32 = 1,
    acknowledge: UInt32 = 0, flags: UInt8 = 2, _ payload: [UInt8] = []
  ) -> [UInt8] {
    func word(_ value: UInt32) -> [UInt8] { UInt16(value >> 16).wire + UInt16(value & 0xffff).wire }
    var body = source.port.wire + destination.port.wire + word(sequence) + word(acknowledge)
    body += [0x50, flags, 0xff, 0xff, 0, 0, 0, 0] + payload
    body.replaceSubrange(16..<18, with: checksum(source.address, destination.address, 6, body).wire)
    return ethernet(
      to: to, from: from, type: source.address.isIPv6 ? 0x86dd : 0x0800,
      ip(source.address, destination.address, protocol: 6, body))
  }

  /// The frame as a MAC sends it.
  static func padded(_ frame: [UInt8]) -> [UInt8] { frame + [UInt8](repeating: 0, count: max(0, 60 - frame.count)) }
}
