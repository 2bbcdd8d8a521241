import CLinuxShims

/// What the headers of a frame tell where the kernel tells nothing beside the frame.
struct XDPHeaders {
  private let network: Int
  private let transport: Int
  private let isIPv4: Bool
  private let isTCP: Bool
  /// Bytes of the transport header and what follows, by the network header.
  private let transportLength: Int

  /// Finds a TCP or UDP header, past any tags and the usual IPv6 extensions. Nil for fragments and all else.
  @inline(__always)
  private init?(_ frame: UnsafeMutableRawPointer, _ length: Int) {
    guard length >= 14 else { return nil }
    var at = 14
    var type = Self.half(frame + 12)
    while type == 0x8100 || type == 0x88a8, at &+ 4 <= length, at < 22 {
      type = Self.half(frame + (at &+ 2))
      at &+= 4
    }
    network = at
    let ip = frame + at
    var next: UInt8
    if type == 0x0800 {
      guard at &+ 20 <= length, Self.half(ip + 6) & 0x3fff == 0 else { return nil }
      isIPv4 = true
      let words = Int(ip.load(as: UInt8.self) & 15)
      guard words >= 5 else { return nil }
      transport = at &+ words &* 4
      transportLength = Int(Self.half(ip + 2)) &- words &* 4
      next = ip.load(fromByteOffset: 9, as: UInt8.self)
    } else {
      guard type == 0x86dd, at &+ 40 <= length else { return nil }
      isIPv4 = false
      let end = at &+ 40 &+ Int(Self.half(ip + 4))
      next = ip.load(fromByteOffset: 6, as: UInt8.self)
      at &+= 40
      while next == 0 || next == 60 {
        guard at &+ 8 <= length else { return nil }
        next = (frame + at).load(as: UInt8.self)
        at &+= (Int((frame + at).load(fromByteOffset: 1, as: UInt8.self)) &+ 1) &* 8
      }
      transport = at
      transportLength = end &- at
    }
    guard next == 6 || next == 17 else { return nil }
    isTCP = next == 6
    guard transport &+ (isTCP ? 20 : 8) <= length else { return nil }
  }

  /// Finishes a transport checksum whose field holds the sum of the pseudo header alone: what a sender on this machine
  /// leaves to its interface. Returns whether it was one.
  ///
  /// A frame whose finished checksum equals that sum keeps its value by this, so that only a damaged frame could be
  /// taken for an unfinished one, one in 65536 of them.
  @inline(__always)
  static func completeChecksum(_ frame: UnsafeMutableRawPointer, length: Int) -> Bool {
    guard let headers = XDPHeaders(frame, length) else { return false }
    let place = headers.transport &+ (headers.isTCP ? 16 : 6)
    let found = (frame + place).loadUnaligned(as: UInt16.self)
    let unfinished = ~PacketChecksum.fold(headers.pseudoSum(frame, headers.transportLength))
    guard found == unfinished, found != 0, headers.transportLength >= 8 else { return false }
    let end = headers.transport &+ headers.transportLength
    return PacketChecksum.complete(
      frame, length: end < length ? end : length, start: headers.transport, offset: headers.isTCP ? 16 : 6)
  }

  /// How to cut a frame that is too long for the MTU, if it is a TCP frame.
  static func segmentation(_ frame: UnsafeMutableRawPointer, length: Int, mtu: Int) -> packet_offload_header? {
    guard let headers = XDPHeaders(frame, length), headers.isTCP else { return nil }
    let words = Int((frame + headers.transport).load(fromByteOffset: 12, as: UInt8.self) >> 4)
    let payload = mtu &- (headers.transport &- headers.network) &- words &* 4
    guard words >= 5, payload > 0, payload <= 0xffff else { return nil }
    var offload = packet_offload_header()
    offload.gso_type = UInt8(headers.isIPv4 ? packet_gso_tcp4 : packet_gso_tcp6)
    offload.gso_size = UInt16(payload)
    offload.flags = UInt8(packet_offload_needs_checksum)
    return offload
  }

  /// The sum of addresses, length and protocol.
  @inline(__always)
  private func pseudoSum(_ frame: UnsafeMutableRawPointer, _ length: Int) -> UInt64 {
    let ip = frame + network
    let addresses = PacketChecksum.add(ip + (isIPv4 ? 12 : 8), isIPv4 ? 8 : 32, to: 0)
    return PacketChecksum.add(isTCP ? 6 : 17, to: PacketChecksum.add(length, to: addresses))
  }

  @inline(__always)
  private static func half(_ place: UnsafeMutableRawPointer) -> UInt16 {
    UInt16(bigEndian: place.loadUnaligned(as: UInt16.self))
  }
}
