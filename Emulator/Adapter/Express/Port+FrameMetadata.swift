import EtherFabricFormats

/// What an X3 or X4 tells about a frame, from what the parser told for a receive event.
enum FrameVerdict {
  /// Classes and status at their place in the first word of `FrameMetadata`.
  ///
  /// More than one tag, or a length in place of a type, is an L2 class of its own, behind which nothing is parsed. What
  /// was not judged has the bits of a bad checksum, as have fragments for their transport.
  @inline(__always)
  static func bits(_ flags: UInt64) -> UInt64 {
    typealias Bit = ReceiveEventWord.Bit
    let l3 = flags >> 42 & 7
    var bits = status(flags)
    // Base class 0, at most one tag.
    guard flags >> 36 & 7 == 0, flags >> 39 & 7 < 2 else { return bits | otherL2 }
    bits |= UInt64(FrameMetadata.L2Class.ethernet) << 32
    guard l3 != 0 else { return bits | otherL3 }
    switch l3 {
    case UInt64(L3Class.ip4.rawValue):
      return bits | l4(flags) | (flags & Bit.ipChecksumBad != 0 ? l3Bad : 0)
    case UInt64(L3Class.ip6.rawValue):
      return bits | UInt64(FrameMetadata.L3Class.ip6) << 34 | l4(flags)
    case UInt64(L3Class.ip4Fragment.rawValue):
      return bits | fragment | (flags & Bit.ipChecksumBad != 0 ? l3Bad : 0)
    case UInt64(L3Class.ip6Fragment.rawValue):
      return bits | UInt64(FrameMetadata.L3Class.ip6) << 34 | fragment
    default:
      return bits | otherL3
    }
  }

  private static let l3Bad: UInt64 = 1 << 40
  private static let l4Bad: UInt64 = 1 << 41
  private static let fragment = UInt64(FrameMetadata.L4Class.fragment) << 36 | l4Bad
  private static let otherL4 = UInt64(FrameMetadata.L4Class.other) << 36 | l4Bad
  private static let otherL3 = UInt64(FrameMetadata.L3Class.other) << 34 | l3Bad | otherL4
  private static let otherL2 = UInt64(FrameMetadata.L2Class.other) << 32 | otherL3

  @inline(__always)
  private static func l4(_ flags: UInt64) -> UInt64 {
    let l4 = flags >> 45 & 3
    guard l4 != 0 else { return otherL4 }
    let bad = flags & ReceiveEventWord.Bit.l4ChecksumBad != 0 ? l4Bad : 0
    return bad | (l4 == UInt64(L4Class.udp.rawValue) ? UInt64(FrameMetadata.L4Class.udp) << 36 : 0)
  }

  @inline(__always)
  private static func status(_ flags: UInt64) -> UInt64 {
    typealias Bit = ReceiveEventWord.Bit
    guard flags & (Bit.frameCheckBad | Bit.truncated) != 0 else { return 0 }
    let status =
      flags & Bit.truncated != 0 ? FrameMetadata.L2Status.lengthError : FrameMetadata.L2Status.frameCheckError
    return UInt64(status) << 38
  }
}

extension UnsafeMutablePointer where Pointee == PortState {
  /// Writes a frame to a slot, and its time to the metadata. Returns the word that makes the metadata valid once it is
  /// stored in front of the time.
  /// - Parameter sum: of all that stands behind the Ethernet header.
  @inline(__always)
  func fill(
    _ slot: UnsafeMutableRawPointer, metadata: UnsafeMutableRawPointer, _ frame: WireFrame, flags: UInt64,
    sum: UInt16, filter: UInt64, sentinel: UInt64, isEFCT: Bool
  ) -> UInt64 {
    // Two bytes go before the frame, so that its IP header is aligned.
    slot.storeBytes(of: 0, toByteOffset: SuperbufLayout.frameOffset, as: UInt16.self)
    (slot + SuperbufLayout.dataOffset).copyMemory(from: frame.bytes, byteCount: frame.length)
    // First byte of each word high.
    var word =
      UInt64(truncatingIfNeeded: frame.length) | FrameMetadata.frameLocation | UInt64(sum.byteSwapped) << 16
      | FrameVerdict.bits(flags) | sentinel | filter << 46
    var time: UInt64 = 0
    if frame.timestamp != 0 {
      let parts = AdapterClock.expressParts(frame.timestamp)
      time = UInt64(parts.seconds) << 32 | UInt64(parts.quarters)
      word |= UInt64(pointee.clock.stampStatus(isEFCT: isEFCT)) << 44
    }
    metadata.storeBytes(of: time, toByteOffset: 8, as: UInt64.self)
    return word
  }
}

extension AdapterClock {
  /// What a timestamp says of itself: an X3 that it is there, an X4 also the state of the clock.
  @inline(__always)
  func stampStatus(isEFCT: Bool) -> UInt8 {
    typealias Status = FrameMetadata.TimestampStatus
    if isEFCT { return Status.setAndInSync }
    guard isSet else { return Status.notSet }
    return isInSync ? Status.setAndInSync : Status.setNotInSync
  }
}
