/// The commonest frame: Ethernet II without a tag, IPv4 without options and not a fragment, and TCP or UDP whose lengths
/// agree. All that an adapter looks at stands at fixed offsets then, so that it is told from others, and dealt with, in
/// a few instructions. What holds of it is what `FrameLayout` finds, which knows every other frame too.
@frozen
public struct PlainDatagram {
  @usableFromInline let frame: UnsafeRawPointer
  /// Bytes under the transport checksum: the transport header and its payload.
  public let transportLength: Int
  @usableFromInline let number: UInt8

  public static let networkOffset = 14
  public static let transportOffset = 34
  /// Shorter frames are none.
  public static let minimumLength = 42

  /// Nil for any other frame, and for one that may carry another (VXLAN).
  @inlinable @inline(__always)
  public init?(_ frame: UnsafeRawPointer, length: Int) {
    guard length >= Self.minimumLength,
      // EtherType 0x0800, version 4 with 20 bytes of header.
      frame.loadUnaligned(fromByteOffset: 12, as: UInt32.self).littleEndian & 0xff_ffff == 0x45_0008
    else { return nil }
    // Flags and fragment offset, time to live, protocol.
    let middle = frame.loadUnaligned(fromByteOffset: 20, as: UInt32.self).littleEndian
    let total = Int(UInt16(bigEndian: frame.loadUnaligned(fromByteOffset: 16, as: UInt16.self)))
    guard middle & 0xff3f == 0, total &+ Self.networkOffset <= length else { return nil }
    number = UInt8(truncatingIfNeeded: middle >> 24)
    self.frame = frame
    if number == 17 {
      transportLength = Int(
        UInt16(bigEndian: frame.loadUnaligned(fromByteOffset: Self.transportOffset &+ 4, as: UInt16.self)))
      guard transportLength >= 8, transportLength &+ 20 <= total, destinationPort != FrameLayout.vxlanPort else {
        return nil
      }
    } else {
      transportLength = total &- 20
      guard number == 6, transportLength >= 20 else { return nil }
    }
  }

  @inlinable @inline(__always)
  public var isUDP: Bool { number == 17 }

  @inlinable @inline(__always)
  public var isGroup: Bool { frame.load(as: UInt8.self) & 1 != 0 }

  /// Destination MAC in the low 48 bits, in memory order, and the protocol above.
  @inlinable @inline(__always)
  public var link: UInt64 {
    frame.loadUnaligned(as: UInt64.self).littleEndian & 0xffff_ffff_ffff | UInt64(number) << 48
  }

  /// Source and destination address, in memory order.
  @inlinable @inline(__always)
  public var addresses: UInt64 { frame.loadUnaligned(fromByteOffset: 26, as: UInt64.self) }

  /// Source and destination port, in memory order.
  @inlinable @inline(__always)
  public var ports: UInt32 { frame.loadUnaligned(fromByteOffset: Self.transportOffset, as: UInt32.self) }

  @inlinable @inline(__always)
  var destinationPort: UInt16 { UInt16(bigEndian: frame.loadUnaligned(fromByteOffset: 36, as: UInt16.self)) }

  /// `FrameLayout.verifyChecksums` of the frame.
  @inlinable @inline(__always)
  public var verdict: (ipBad: Bool, l4Bad: Bool) {
    let hasChecksum = number != 17 || frame.loadUnaligned(fromByteOffset: 40, as: UInt16.self) != 0
    return (
      InternetChecksum.fold(networkSum) != 0xffff, hasChecksum && InternetChecksum.fold(transportSum) != 0xffff
    )
  }

  /// `FrameLayout.fillChecksums` of the frame, which may be written to.
  @inlinable @inline(__always)
  public func fill(ip: Bool, l4: Bool) {
    let frame = UnsafeMutableRawPointer(mutating: frame)
    if ip {
      // Without the field itself: its complement added takes it away. The sum is not zero with it nor without.
      let field = frame.loadUnaligned(fromByteOffset: 24, as: UInt16.self)
      let sum = InternetChecksum.joined(networkSum, UInt64(~field))
      frame.storeBytes(of: ~InternetChecksum.fold(sum), toByteOffset: 24, as: UInt16.self)
    }
    guard l4 else { return }
    let offset = number == 17 ? 40 : 50
    let field = frame.loadUnaligned(fromByteOffset: offset, as: UInt16.self)
    let value = ~InternetChecksum.fold(InternetChecksum.joined(transportSum, UInt64(~field)))
    frame.storeBytes(of: value == 0 && number == 17 ? 0xffff : value, toByteOffset: offset, as: UInt16.self)
  }

  /// `FrameLayout.sumBehindEthernet` of the frame, of `length` bytes.
  @inlinable @inline(__always)
  public func sumBehindEthernet(_ length: Int, isGood: Bool) -> UInt16 {
    let end = Self.transportOffset &+ transportLength
    // A few bytes are added up before the other way is thought of.
    guard isGood, length > 128, number != 17 || frame.loadUnaligned(fromByteOffset: 40, as: UInt16.self) != 0 else {
      return InternetChecksum.fold(
        InternetChecksum.wordSum(frame + Self.networkOffset, count: length &- Self.networkOffset))
    }
    // The header adds up to nothing, and so does the transport with its pseudo header.
    let pseudo = InternetChecksum.fold(InternetChecksum.joined(addresses, pseudoFields))
    return InternetChecksum.folded(UInt64(~pseudo), of: transportLength, and: frame + end, length &- end)
  }

  /// The sum of the IPv4 header.
  @inlinable @inline(__always)
  var networkSum: UInt64 {
    let sum = InternetChecksum.joined(
      frame.loadUnaligned(fromByteOffset: 14, as: UInt64.self), frame.loadUnaligned(fromByteOffset: 22, as: UInt64.self)
    )
    return InternetChecksum.joined(sum, UInt64(frame.loadUnaligned(fromByteOffset: 30, as: UInt32.self)))
  }

  /// Protocol and length of the pseudo header.
  @inlinable @inline(__always)
  var pseudoFields: UInt64 {
    UInt64(UInt16(number).bigEndian) &+ UInt64(UInt16(truncatingIfNeeded: transportLength).bigEndian)
  }

  /// The sum of the pseudo header, the transport header and its payload.
  @inlinable @inline(__always)
  var transportSum: UInt64 {
    let sum = InternetChecksum.joined(addresses, pseudoFields)
    return InternetChecksum.joined(
      sum, InternetChecksum.wordSum(frame + Self.transportOffset, count: transportLength))
  }
}
