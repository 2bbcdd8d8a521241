/// The fields of a frame that a filter compares, as the driver receives them (`CI_FILTER_FIELD_*`).
public struct FilterFields: OptionSet, Hashable, Sendable {
  public let rawValue: UInt32

  @inlinable
  public init(rawValue: UInt32) { self.rawValue = rawValue }

  public static let remoteAddress = FilterFields(rawValue: 0x2)
  public static let remotePort = FilterFields(rawValue: 0x4)
  public static let localMAC = FilterFields(rawValue: 0x8)
  public static let localAddress = FilterFields(rawValue: 0x10)
  public static let localPort = FilterFields(rawValue: 0x20)
  public static let etherType = FilterFields(rawValue: 0x40)
  public static let outerVLAN = FilterFields(rawValue: 0x80)
  public static let ipProtocol = FilterFields(rawValue: 0x100)
  /// Not a comparison: the receive queue that the matching frames go to.
  public static let receiveQueue = FilterFields(rawValue: 0x200)
}
