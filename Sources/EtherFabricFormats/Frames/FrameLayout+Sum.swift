extension FrameLayout {
  /// The ones' complement sum of all that stands behind the Ethernet addresses and type, in memory order, over the frame
  /// that this layout was parsed from.
  ///
  /// - Parameter isGood: `verifyChecksums` found nothing wrong. Then a datagram with a transport checksum need not be
  ///   added up again: its own checksums say what the sum is.
  public mutating func sumBehindEthernet(_ frame: UnsafeRawPointer, isGood: Bool) -> UInt16 {
    let size = Int(length)
    guard size > 14 else { return 0 }
    let count = isGood ? checksummedLength(frame) : 0
    // A UDP datagram without a checksum says nothing of itself.
    guard count > 0, l4Class == .tcp || frame.field16(Int(l4Offset) &+ 6) != 0 else {
      return InternetChecksum.fold(InternetChecksum.partialSum(frame + 14, count: size &- 14))
    }
    let header = frame + Int(l3Offset)
    // Transport and pseudo header add up to nothing, and so does an IPv4 header.
    var sum: UInt64
    if l3Class == .ip6 {
      sum = Self.complement(UInt64(UInt16(truncatingIfNeeded: count).bigEndian))
      sum &+= Self.complement(UInt64(UInt16(l4Class == .tcp ? 6 : 17).bigEndian))
      // Addresses stand in the header and in the pseudo header.
      sum &+= InternetChecksum.partialSum(header, count: 8)
      if l3HeaderLength > 40 { sum &+= InternetChecksum.partialSum(header + 40, count: Int(l3HeaderLength) &- 40) }
    } else {
      sum = Self.complement(UInt64(pseudoHeader(frame, length: count).folded))
    }
    if l3Offset > 14 { sum &+= InternetChecksum.partialSum(frame + 14, count: Int(l3Offset) &- 14) }
    let end = Int(l4Offset) &+ count
    return InternetChecksum.folded(sum, of: count, and: frame + end, max(0, size &- end))
  }

  private static func complement(_ folded: UInt64) -> UInt64 { folded ^ 0xffff }
}
