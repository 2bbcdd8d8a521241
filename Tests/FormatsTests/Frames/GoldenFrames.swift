/// Frames in hexadecimal, all with correct checksums.
enum GoldenFrame {
  static let macs = "000f53000002 000f53000001"
  static let udp4 = macs + "0800" + ip4 + "04d2162e000b0c73 616263"
  static let ip4 = "4500001f12344000401114 98 0a000001 0a000002"
  static let tcp4 =
    macs + "0800 4500002b12344000400614 97 0a000001 0a000002"
    + "04d2005000000001000000025018ffffd23f0000 616263"
  static let ip6 = "20010db8000000000000000000000001 20010db8000000000000000000000002"
  static let udp6 = macs + "86dd 60000000000b1140" + ip6 + "04d2162e000bc500 616263"
  static let tcp6 =
    macs + "86dd 6000000000170640" + ip6 + "04d2005000000001000000025018ffff8acd0000 616263"

  /// `frame` with tags of the given types and identifiers between the addresses and the type.
  static func tagged(_ frame: String, _ tags: String) -> [UInt8] {
    let bytes = hex(frame)
    return bytes[..<12] + hex(tags) + bytes[12...]
  }

  /// UDP over IPv6 behind a chain of extension headers, the first of type `first`.
  static func udp6(first: String, chain: String) -> [UInt8] {
    let extensions = hex(chain)
    let length = 11 + extensions.count
    let head = hex(macs + "86dd 60000000") + [UInt8(length >> 8), UInt8(length & 0xff)]
    return head + hex(first + "40" + ip6) + extensions + hex("04d2162e000bc500 616263")
  }
}
