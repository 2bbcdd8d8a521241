extension FrameLayout {
  /// Parses a frame in place of what this layout was, and gives the receive verdict. The layout stays in memory, where
  /// a parse that returns it packs and unpacks it.
  public mutating func parseVerifying(_ frame: UnsafeRawPointer, length: Int) -> (ipBad: Bool, l4Bad: Bool) {
    parse(frame, length: length)
    return verdict(frame)
  }

  /// Parses a frame in place of what this layout was, and does the transmit offload.
  public mutating func parseFilling(_ frame: UnsafeMutableRawPointer, length: Int, ip: Bool, l4: Bool) {
    parse(frame, length: length)
    fill(frame, ip: ip, l4: l4)
  }

  /// The receive verdict over the frame that this layout was parsed from.
  ///
  /// `ipBad`: the IPv4 header checksum is wrong. `l4Bad`: the TCP or UDP checksum is wrong; never for fragments, for
  /// UDP over IPv4 without a checksum, nor where a length lies or an IPv6 route is pending, which cannot be judged.
  /// Bytes after the IP datagram (padding) do not count.
  public func verifyChecksums(_ frame: UnsafeRawPointer) -> (ipBad: Bool, l4Bad: Bool) {
    var layout = self
    return layout.verdict(frame)
  }

  // Mutating, though they change nothing: so the layout is passed where it lies, and not taken apart.

  @inline(__always)
  mutating func verdict(_ frame: UnsafeRawPointer) -> (ipBad: Bool, l4Bad: Bool) {
    var ipBad = false
    if l3Class.isIPv4 {
      let sum = InternetChecksum.partialSum(frame + Int(l3Offset), count: Int(l3HeaderLength))
      ipBad = InternetChecksum.fold(sum) != 0xffff
    }
    let count = checksummedLength(frame)
    guard count > 0 else { return (ipBad, false) }
    let transport = frame + Int(l4Offset)
    if l4Class == .udp, transport.field16(6) == 0 {
      return (ipBad, l3Class == .ip6)
    }
    var sum = pseudoHeader(frame, length: count)
    sum.add(transport, count: count)
    return (ipBad, sum.folded != 0xffff)
  }

  /// The transmit offload over the frame that this layout was parsed from: writes the IPv4 header checksum if `ip`,
  /// and the TCP or UDP checksum if `l4`. What the verdict does not judge is left as it is.
  public func fillChecksums(_ frame: UnsafeMutableRawPointer, ip: Bool, l4: Bool) {
    var layout = self
    layout.fill(frame, ip: ip, l4: l4)
  }

  @inline(__always)
  mutating func fill(_ frame: UnsafeMutableRawPointer, ip: Bool, l4: Bool) {
    if ip, l3Class.isIPv4 {
      let header = frame + Int(l3Offset)
      header.storeBytes(of: Checksum.ipv4Header(header), toByteOffset: 10, as: UInt16.self)
    }
    guard l4 else { return }
    let count = checksummedLength(frame)
    guard count > 0 else { return }
    let transport = frame + Int(l4Offset)
    let field = l4Class == .tcp ? 16 : 6
    var sum = pseudoHeader(frame, length: count)
    sum.add(transport, count: field)
    sum.add(transport + field + 2, count: count - field - 2)
    let value = l4Class == .udp ? sum.udpValue : sum.value
    transport.storeBytes(of: value, toByteOffset: field, as: UInt16.self)
  }

  /// `verifyChecksums` of the frame in `bytes`.
  @inlinable
  public static func verifyChecksums(_ bytes: UnsafeRawBufferPointer) -> (ipBad: Bool, l4Bad: Bool) {
    guard let base = bytes.baseAddress else { return (false, false) }
    return FrameLayout(base, length: bytes.count).verifyChecksums(base)
  }

  /// `fillChecksums` of the frame in `bytes`.
  @inlinable
  public static func fillChecksums(_ bytes: UnsafeMutableRawBufferPointer, ip: Bool, l4: Bool) {
    guard let base = bytes.baseAddress else { return }
    FrameLayout(base, length: bytes.count).fillChecksums(base, ip: ip, l4: l4)
  }

  /// Bytes under the transport checksum, 0 where there is none to judge or to write.
  @inline(__always)
  mutating func checksummedLength(_ frame: UnsafeRawPointer) -> Int {
    guard l4Class != .none, isIPLengthValid, !hasPendingRoute else { return 0 }
    let available = Int(l3End) - Int(l4Offset)
    guard l4Class == .udp else { return available }
    let length = Int(frame.field16(Int(l4Offset) + 4))
    return length >= 8 && length <= available ? length : 0
  }

  @inline(__always)
  mutating func pseudoHeader(_ frame: UnsafeRawPointer, length: Int) -> InternetChecksum {
    let header = frame + Int(l3Offset)
    let length = UInt16(truncatingIfNeeded: length)
    let number: UInt8 = l4Class == .tcp ? 6 : 17
    return l3Class == .ip6
      ? InternetChecksum(ipv6: header, protocol: number, length: length)
      : InternetChecksum(ipv4: header, protocol: number, length: length)
  }
}
