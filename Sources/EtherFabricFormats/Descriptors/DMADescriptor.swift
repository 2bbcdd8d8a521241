/// An EF10 transmit DMA descriptor in buffer mode, 8 bytes (`ESF_DZ_TX_USR_*`).
///
/// Bits 0-43 DMA address, 44-47 page order, 48-61 byte count, 62 CONT (more fragments of this packet follow),
/// 63 zero. Source: facts sheet, section 1.
@frozen
public struct TransmitDescriptor: Equatable, Sendable {
  public var word: UInt64

  @inlinable public init(word: UInt64) { self.word = word }

  /// The largest fragment that the count field can carry, in bytes.
  public static let maximumLength = 0x3fff
  /// The largest DMA address that the address field can carry.
  public static let maximumAddress: UInt64 = (1 << 44) - 1

  @inlinable
  public init(address: UInt64, length: Int, continues: Bool) {
    word =
      address & Self.maximumAddress | (address >> 48 & 0xf) << 44
      | UInt64(truncatingIfNeeded: length & Self.maximumLength) << 48 | (continues ? 1 << 62 : 0)
  }

  /// The descriptor of a whole packet, of values that are within its fields.
  @inlinable @inline(__always)
  public init(wholeAt address: UInt64, length: Int) { word = address | UInt64(truncatingIfNeeded: length) << 48 }

  /// DMA address of the fragment.
  @inlinable public var address: UInt64 { word & Self.maximumAddress }
  /// Page order of the buffer table entry: 0 4 KiB, 4 64 KiB, 8 1 MiB, 10 4 MiB.
  @inlinable public var order: UInt8 { UInt8(truncatingIfNeeded: word >> 44 & 0xf) }
  /// Bytes of the fragment.
  @inlinable public var length: Int { Int(truncatingIfNeeded: word >> 48 & 0x3fff) }
  /// More fragments of the same packet follow.
  @inlinable public var continues: Bool { word & 1 << 62 != 0 }
  /// An option descriptor, not a DMA descriptor.
  @inlinable public var isOption: Bool { word >> 63 != 0 }
  /// Type of an option descriptor, bits 60-62: 0 checksum, 1 PIO, 2 alternative, 6 VLAN, 7 TSO.
  @inlinable public var optionType: UInt8 { UInt8(truncatingIfNeeded: word >> 60 & 7) }
}

/// An EF10 receive descriptor in buffer mode, 8 bytes (`ESF_DZ_RX_USR_*`).
///
/// Bits 0-43 DMA address, 44-47 page order, 48-61 bytes of the buffer. Source: facts sheet, section 2.
@frozen
public struct ReceiveDescriptor: Equatable, Sendable {
  public var word: UInt64

  @inlinable public init(word: UInt64) { self.word = word }

  @inlinable
  public init(address: UInt64, length: Int) {
    word =
      address & TransmitDescriptor.maximumAddress | (address >> 48 & 0xf) << 44
      | UInt64(truncatingIfNeeded: length & 0x3fff) << 48
  }

  /// The descriptor of values that are within its fields.
  @inlinable @inline(__always)
  public init(within address: UInt64, length: UInt32) { word = address | UInt64(length) << 48 }

  /// DMA address of the buffer.
  @inlinable public var address: UInt64 { word & TransmitDescriptor.maximumAddress }
  /// Page order of the buffer table entry.
  @inlinable public var order: UInt8 { UInt8(truncatingIfNeeded: word >> 44 & 0xf) }
  /// Bytes that the adapter may write.
  @inlinable public var length: Int { Int(truncatingIfNeeded: word >> 48 & 0x3fff) }
}
