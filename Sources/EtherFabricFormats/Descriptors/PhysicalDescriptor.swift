/// DMA descriptors with physical addresses (`ESF_DZ_TX_KER_*`, `ESF_DZ_RX_KER_*`): 48 bits of address, and no page order.
/// The other fields are where they are in buffer mode. A fragment may cross pages: the adapter does not translate.
/// Source: facts sheet, sections 1 and 2.
extension TransmitDescriptor {
  /// The largest physical address that the address field can carry.
  public static let maximumPhysicalAddress: UInt64 = (1 << 48) - 1

  @inlinable
  public init(physicalAddress address: UInt64, length: Int, continues: Bool) {
    self.init(
      word: address & Self.maximumPhysicalAddress
        | UInt64(truncatingIfNeeded: length & Self.maximumLength) << 48 | (continues ? 1 << 62 : 0))
  }

  /// Physical address of the fragment.
  @inlinable public var physicalAddress: UInt64 { word & Self.maximumPhysicalAddress }
}

extension ReceiveDescriptor {
  @inlinable
  public init(physicalAddress address: UInt64, length: Int) {
    self.init(
      word: address & TransmitDescriptor.maximumPhysicalAddress
        | UInt64(truncatingIfNeeded: length & 0x3fff) << 48)
  }

  /// Physical address of the buffer.
  @inlinable public var physicalAddress: UInt64 { word & TransmitDescriptor.maximumPhysicalAddress }
}
