/// `struct efab_nic_design_parameters`: what an EFCT or EF10CT adapter says of itself. Bytes, unless named otherwise.
/// Source: facts sheet, section 10.
@frozen
public struct DesignParameters: Equatable, Sendable {
  public var superbufBytes = 1 << 20
  /// Where a frame starts in its slot, less the two bytes that align its IP header.
  public var frameOffset = 64
  public var receiveStride = 4096
  public var receiveQueues = 8
  public var transmitApertureBytes = 4096
  public var transmitFIFOBytes = 32768
  /// Bits of a nanosecond's fraction in timestamps.
  public var subnanosecondBits = 2
  public var creditSequenceMask: UInt32 = 0x7f
  /// 0: metadata stands in the slot after its frame's; 1: in the same slot.
  public var metadataLocation = 0
  /// Least cut-through threshold, in units of 64 bytes.
  public var cutThroughMinimum: UInt8 = 0

  @inlinable public init() {}

  /// X3.
  public static let x3 = DesignParameters()
  /// X4, express datapath.
  public static let x4Express = {
    var parameters = DesignParameters()
    parameters.metadataLocation = 1
    parameters.cutThroughMinimum = 2
    return parameters
  }()
}
