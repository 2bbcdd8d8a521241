/// `ef_filter_info`: how the adapter carries a filter out.
public struct FilterInfo: Hashable, Sendable {
  /// `ef_filter_info_fields`: which of the values are known.
  public struct Fields: OptionSet, Hashable, Sendable {
    public let rawValue: UInt64

    @inlinable
    public init(rawValue: UInt64) { self.rawValue = rawValue }

    public static let filterID = Fields(rawValue: 1)
    public static let receiveQueue = Fields(rawValue: 2)
  }

  /// Which of the values are known; none for filters that are no entry in the adapter's table.
  public let validFields: Fields
  /// `EF_FILTER_IS_EXCLUSIVE`.
  public let isExclusive: Bool
  /// The adapter's own number of the filter, as frames that match it report where the adapter does that.
  public let hardwareFilterID: UInt32
  /// The receive queue that the frames go to.
  public let receiveQueue: UInt32

  @inlinable
  public init(validFields: Fields, isExclusive: Bool = false, hardwareFilterID: UInt32 = 0, receiveQueue: UInt32 = 0) {
    self.validFields = validFields
    self.isExclusive = isExclusive
    self.hardwareFilterID = hardwareFilterID
    self.receiveQueue = receiveQueue
  }
}
