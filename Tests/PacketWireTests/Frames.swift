/// Frames as the tests build and read them, apart from the code under test.
enum Frame {
  /// A frame of `length` bytes to `destination`, with a sequence number and a pattern behind it.
  static func make(
    _ number: Int, length: Int = 60, tag: [UInt8] = [], to destination: [UInt8] = Veth.peerAddress,
    from source: [UInt8] = Veth.wireAddress
  ) -> [UInt8] {
    var bytes = destination + source + tag + [0x88, 0xb5]
    if bytes.count + 4 <= length {
      bytes += [UInt8(number >> 24 & 255), UInt8(number >> 16 & 255), UInt8(number >> 8 & 255), UInt8(number & 255)]
    }
    while bytes.count < length { bytes.append(UInt8(truncatingIfNeeded: bytes.count &* 7 &+ number)) }
    return bytes
  }

  static func incoming(_ number: Int, length: Int = 60, tag: [UInt8] = []) -> [UInt8] {
    make(number, length: length, tag: tag, to: Veth.wireAddress, from: Veth.peerAddress)
  }
}

/// An IP packet in a frame, read byte by byte.
struct Packet {
  let bytes: [UInt8]
  let network: Int
  let transport: Int
  let isIPv4: Bool
  let proto: UInt8

  init?(_ frame: [UInt8]) {
    bytes = frame
    guard frame.count >= 34 else { return nil }
    let type = Int(frame[12]) << 8 | Int(frame[13])
    network = type == 0x8100 ? 18 : 14
    let inner = Int(frame[network - 2]) << 8 | Int(frame[network - 1])
    isIPv4 = inner == 0x0800
    guard isIPv4 || inner == 0x86dd else { return nil }
    proto = isIPv4 ? frame[network + 9] : frame[network + 6]
    transport = network + (isIPv4 ? Int(frame[network] & 15) * 4 : 40)
  }

  func word(_ at: Int) -> Int { Int(bytes[at]) << 8 | Int(bytes[at + 1]) }

  /// What the IP header says that the transport header and payload have together.
  var transportLength: Int { isIPv4 ? word(network + 2) - (transport - network) : word(network + 4) }
  var end: Int { transport + transportLength }
  var identification: Int { word(network + 4) }
  var sequence: UInt32 { UInt32(word(transport + 4)) << 16 | UInt32(word(transport + 6)) }
  var sourcePort: Int { word(transport) }
  var destinationPort: Int { word(transport + 2) }
  var flags: UInt8 { bytes[transport + 13] }
  var payload: ArraySlice<UInt8> {
    let header = proto == 6 ? Int(bytes[transport + 12] >> 4) * 4 : 8
    return bytes[(transport + header)..<end]
  }

  /// Whether the IP header's and the transport's checksums hold and the lengths fit the frame.
  var isValid: Bool {
    guard end <= bytes.count, end > transport else { return false }
    if isIPv4 && sum(bytes[network..<transport]) != 0xffff { return false }
    let addresses = isIPv4 ? bytes[(network + 12)..<(network + 20)] : bytes[(network + 8)..<(network + 40)]
    let length = transportLength
    let pseudo = Array(addresses) + [0, proto, UInt8(length >> 8), UInt8(length & 255)]
    return sum(pseudo + bytes[transport..<end]) == 0xffff
  }

  private func sum(_ bytes: some Collection<UInt8>) -> Int {
    var total = 0
    for (i, byte) in bytes.enumerated() { total += i % 2 == 0 ? Int(byte) << 8 : Int(byte) }
    while total > 0xffff { total = (total & 0xffff) + (total >> 16) }
    return total
  }
}
