import CLinuxShims
import Glibc

/// Cuts a frame larger than the link carries (TSO by its sender, GRO on its way) back into the frames that a real
/// wire would have carried, one at a time.
struct PacketSegmenter {
  /// Where segments are built. `room` bytes.
  let scratch: UnsafeMutableRawPointer
  let room: Int
  /// Whether a frame is being cut; its source stays in use until then.
  private(set) var isActive = false
  /// Bytes of Ethernet, IP and transport headers in every segment.
  private(set) var headerLength = 0

  private var source: UnsafeMutableRawPointer
  private var sourceLength = 0
  private var network = 0
  private var transport = 0
  private var segmentPayload = 0
  private var offset = 0
  private var index = 0
  private var isIPv4 = false
  private var isTCP = false
  private var hasChecksum = true

  init(room: Int) {
    self.room = room
    scratch = .allocate(byteCount: room, alignment: 64)
    source = scratch
  }

  func deallocate() { scratch.deallocate() }

  /// Reads the headers of a frame with a segment size.
  ///
  /// Returns the number of segments: 1 where the frame is one already, 0 where it is none that can be cut. Only
  /// after more than 1 the segmenter is ready, and `start` begins.
  mutating func prepare(
    _ frame: UnsafeMutableRawPointer, length: Int, offload: packet_offload_header
  ) -> Int {
    let kind = Int(offload.gso_type) & ~packet_gso_ecn
    segmentPayload = Int(offload.gso_size)
    guard segmentPayload > 0 else { return 0 }
    isTCP = kind == packet_gso_tcp4 || kind == packet_gso_tcp6
    guard isTCP || kind == packet_gso_udp, parse(frame, length) else { return 0 }
    if kind == packet_gso_tcp4 && !isIPv4 || kind == packet_gso_tcp6 && isIPv4 { return 0 }
    if isTCP {
      guard transport &+ 20 <= length else { return 0 }
      let words = Int((frame + transport).load(fromByteOffset: 12, as: UInt8.self) >> 4)
      headerLength = transport &+ words &* 4
      guard words >= 5 else { return 0 }
      hasChecksum = true
    } else {
      headerLength = transport &+ 8
      guard headerLength <= length else { return 0 }
      // UDP over IPv4 without a checksum stays without.
      hasChecksum =
        Int(offload.flags) & packet_offload_needs_checksum != 0 || !isIPv4
        || (frame + transport).loadUnaligned(fromByteOffset: 6, as: UInt16.self) != 0
    }
    guard headerLength <= length else { return 0 }
    source = frame
    sourceLength = length
    if length &- headerLength <= segmentPayload { return 1 }
    return (length &- headerLength &+ segmentPayload &- 1) / segmentPayload
  }

  /// Length of the largest segment, with headers.
  var largestSegment: Int { headerLength &+ segmentPayload }

  mutating func start() {
    offset = 0
    index = 0
    isActive = true
  }

  /// Goes on to the next segment; false after the last.
  mutating func advance() -> Bool {
    offset &+= segmentPayload
    index &+= 1
    isActive = headerLength &+ offset < sourceLength
    return isActive
  }

  /// Builds the current segment in `scratch` and returns its length.
  func build() -> Int {
    let left = sourceLength &- headerLength &- offset
    let payload = left < segmentPayload ? left : segmentPayload
    memcpy(scratch, source, headerLength)
    memcpy(scratch + headerLength, source + (headerLength &+ offset), payload)
    let transportLength = headerLength &- transport &+ payload
    let ip = scratch + network
    var sum: UInt64 = 0
    if isIPv4 {
      store(headerLength &- network &+ payload, at: ip + 2)
      let identification = Int(UInt16(bigEndian: (ip + 4).loadUnaligned(as: UInt16.self)))
      store(identification &+ index, at: ip + 4)
      (ip + 10).storeBytes(of: 0, as: UInt16.self)
      let words = Int(ip.load(as: UInt8.self) & 15)
      (ip + 10).storeBytes(of: PacketChecksum.fold(PacketChecksum.add(ip, words &* 4, to: 0)), as: UInt16.self)
      sum = PacketChecksum.add(ip + 12, 8, to: 0)
    } else {
      store(headerLength &- network &- 40 &+ payload, at: ip + 4)
      sum = PacketChecksum.add(ip + 8, 32, to: 0)
    }
    sum = PacketChecksum.add(transportLength, to: sum)
    sum = PacketChecksum.add(isTCP ? 6 : 17, to: sum)
    let segment = scratch + transport
    let field = segment + (isTCP ? 16 : 6)
    field.storeBytes(of: 0, as: UInt16.self)
    if isTCP {
      let sequence = UInt32(bigEndian: (segment + 4).loadUnaligned(as: UInt32.self))
      (segment + 4).storeBytes(of: (sequence &+ UInt32(truncatingIfNeeded: offset)).bigEndian, as: UInt32.self)
      var flags = segment.load(fromByteOffset: 13, as: UInt8.self)
      if payload != left { flags &= ~0x09 }  // FIN and PSH belong to the last segment
      if index != 0 { flags &= ~0x80 }  // and CWR to the first
      segment.storeBytes(of: flags, toByteOffset: 13, as: UInt8.self)
    } else {
      store(transportLength, at: segment + 4)
    }
    if hasChecksum {
      let folded = PacketChecksum.fold(PacketChecksum.add(segment, transportLength, to: sum))
      field.storeBytes(of: !isTCP && folded == 0 ? 0xffff : folded, as: UInt16.self)
    }
    return headerLength &+ payload
  }

  private func store(_ value: Int, at place: UnsafeMutableRawPointer) {
    place.storeBytes(of: UInt16(truncatingIfNeeded: value).bigEndian, as: UInt16.self)
  }

  /// Finds the network and transport headers, past any tags. False for fragments, routing headers and jumbograms.
  private mutating func parse(_ frame: UnsafeMutableRawPointer, _ length: Int) -> Bool {
    var at = 12
    var type: UInt16 = 0
    for _ in 0..<3 {
      guard at &+ 2 <= length else { return false }
      type = UInt16(bigEndian: (frame + at).loadUnaligned(as: UInt16.self))
      at &+= 2
      guard type == 0x8100 || type == 0x88a8 else { break }
      at &+= 2
    }
    network = at
    let ip = frame + at
    let wanted: UInt8 = isTCP ? 6 : 17
    switch type {
    case 0x0800:
      guard at &+ 20 <= length else { return false }
      isIPv4 = true
      let words = Int(ip.load(as: UInt8.self) & 15)
      transport = at &+ words &* 4
      let fragment = UInt16(bigEndian: (ip + 6).loadUnaligned(as: UInt16.self)) & 0x3fff
      return words >= 5 && fragment == 0 && ip.load(fromByteOffset: 9, as: UInt8.self) == wanted
    case 0x86dd:
      guard at &+ 40 <= length, (ip + 4).loadUnaligned(as: UInt16.self) != 0 else { return false }
      isIPv4 = false
      var next = ip.load(fromByteOffset: 6, as: UInt8.self)
      at &+= 40
      for _ in 0..<4 where next == 0 || next == 60 {
        guard at &+ 8 <= length else { return false }
        next = (frame + at).load(as: UInt8.self)
        at &+= (Int((frame + at).load(fromByteOffset: 1, as: UInt8.self)) &+ 1) &* 8
      }
      transport = at
      return next == wanted
    default:
      return false
    }
  }
}
