extension FrameLayout {
  /// Reads an IPv4 header. One that is cut, or whose version or header length is wrong, leaves the class unknown.
  @inline(__always)
  mutating func parseIPv4(_ frame: UnsafeRawPointer, at offset: Int, length: Int) {
    guard offset &+ 20 <= length else { return markIncomplete() }
    let first = frame.field8(offset)
    let headerLength = Int(first & 0x0f) &* 4
    guard first >> 4 == 4, headerLength >= 20, offset &+ headerLength <= length else { return markIncomplete() }
    l3HeaderLength = UInt16(truncatingIfNeeded: headerLength)
    let l4 = offset &+ headerLength
    l4Offset = UInt16(truncatingIfNeeded: l4)
    ipProtocol = frame.field8(offset &+ 9)
    let end = offset &+ Int(frame.field16(offset &+ 2))
    l3End = UInt32(truncatingIfNeeded: end)
    isIPLengthValid = end >= l4 && end <= length
    // Offset in the low 13 bits, "more fragments" above them.
    if frame.field16(offset &+ 6) & 0x3fff != 0 {
      l3Class = .ip4Fragment
      return
    }
    l3Class = .ip4
    parseTransport(frame, at: l4, limit: isIPLengthValid ? end : length)
  }

  /// Reads an IPv6 header and walks its extension headers.
  @inline(never)
  mutating func parseIPv6(_ frame: UnsafeRawPointer, at offset: Int, length: Int) {
    guard offset &+ 40 <= length, frame.field8(offset) >> 4 == 6 else { return markIncomplete() }
    l3Class = .ip6
    let end = offset &+ 40 &+ Int(frame.field16(offset &+ 4))
    l3End = UInt32(truncatingIfNeeded: end)
    isIPLengthValid = end <= length
    let limit = isIPLengthValid ? end : length
    var next = frame.field8(offset &+ 6)
    var l4 = offset &+ 40
    if next != 6 && next != 17 {
      l4 = walkExtensionHeaders(frame, from: l4, limit: limit, next: &next)
    }
    ipProtocol = next
    l3HeaderLength = UInt16(truncatingIfNeeded: l4 - offset)
    l4Offset = UInt16(truncatingIfNeeded: l4)
    if l3Class == .ip6 {
      parseTransport(frame, at: l4, limit: limit)
    }
  }

  /// Follows the chain from `start`; stops in front of a header that is cut. Leaves the last type read in `next`.
  @inline(never)
  mutating func walkExtensionHeaders(
    _ frame: UnsafeRawPointer, from start: Int, limit: Int, next: inout UInt8
  ) -> Int {
    var offset = start
    for _ in 0..<Self.maximumExtensionHeaders {
      let unit: Int
      switch next {
      // Hop-by-hop options, routing, destination options, mobility, host identity, shim6.
      case 0, 43, 60, 135, 139, 140: unit = 8
      // Authentication: counted in 4 bytes, less two.
      case 51: unit = 4
      case 44: unit = 0
      default: return offset
      }
      guard offset &+ 8 <= limit else { return cut(at: offset) }
      let count = Int(frame.field8(offset &+ 1))
      let size = unit == 8 ? (count &+ 1) * 8 : unit == 4 ? (count &+ 2) * 4 : 8
      guard offset &+ size <= limit else { return cut(at: offset) }
      if unit == 0 {
        l3Class = .ip6Fragment
        next = frame.field8(offset)
        return offset &+ size
      }
      if next == 43, frame.field8(offset &+ 3) != 0 { oddities |= Oddity.pendingRoute }
      next = frame.field8(offset)
      offset &+= size
    }
    // Seldom more than two: the next one may be a transport, or one too many.
    switch next {
    case 0, 43, 44, 51, 60, 135, 139, 140: return cut(at: offset)
    default: return offset
    }
  }

  private mutating func cut(at offset: Int) -> Int {
    markIncomplete()
    return offset
  }

  /// Reads the ports where the whole fixed header of TCP or UDP lies in front of `limit`.
  @inline(__always)
  mutating func parseTransport(_ frame: UnsafeRawPointer, at offset: Int, limit: Int) {
    switch ipProtocol {
    case 6 where offset &+ 20 <= limit: l4Class = .tcp
    case 17 where offset &+ 8 <= limit: l4Class = .udp
    default: return markOther()
    }
    ports = UInt32(bigEndian: frame.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
  }

  /// Neither TCP nor UDP, or too little of it.
  @inline(never)
  private mutating func markOther() {
    switch ipProtocol {
    case 6, 17: markIncomplete()
    case 47: oddities |= Oddity.carrier
    default: break
    }
  }

  @inline(never)
  private mutating func markIncomplete() { oddities |= Oddity.incomplete }
}
