extension DesignParameters {
  /// `EFAB_NIC_DP_DEFAULT_*`: the values that stand for what a driver does not tell.
  public static let defaults = DesignParameters()

  /// Slots from a frame to its metadata.
  @inlinable public var metadataOffset: Int { metadataLocation == 0 ? 1 : 0 }

  /// What `ef_vi_transmit_space_bytes` says of an empty queue with a transmit ring of `slots`: what frames may take by
  /// `StreamHeader.footprint`, less the last one's header.
  @inlinable
  public func transmitSpace(slots: Int) -> Int {
    min(transmitFIFOBytes, StreamHeader.alignment * slots) - StreamHeader.alignment - StreamHeader.size
  }

  /// Whether the library works with an adapter of these values; it refuses others (`EOPNOTSUPP`).
  @inlinable
  public var isSupported: Bool {
    superbufBytes == SuperbufLayout.size && frameOffset == SuperbufLayout.frameOffset
      && transmitApertureBytes >= StreamHeader.alignment && transmitApertureBytes & (transmitApertureBytes - 1) == 0
      && (0...1).contains(metadataLocation)
  }
}
