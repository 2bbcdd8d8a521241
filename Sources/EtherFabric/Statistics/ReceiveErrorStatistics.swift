/// The four receive error counters that a driver of EF10 reads from the adapter's controller. They wrap at 2^32.
public struct ReceiveErrorCounts: Equatable, Sendable {
  /// Frames with a bad frame check sequence.
  public var frameCheck: UInt32
  /// Frames that arrived cut.
  public var truncated: UInt32
  /// Frames dropped: no descriptor was posted.
  public var noDescriptor: UInt32
  /// Frames cut: the descriptors ended within the frame.
  public var aborted: UInt32

  public init(frameCheck: UInt32 = 0, truncated: UInt32 = 0, noDescriptor: UInt32 = 0, aborted: UInt32 = 0) {
    self.frameCheck = frameCheck
    self.truncated = truncated
    self.noDescriptor = noDescriptor
    self.aborted = aborted
  }
}

/// `ef_vi_stats_layout`. Where `VirtualInterface.queryStatistics` puts which counter.
public struct StatisticsLayout: Equatable, Sendable {
  /// `ef_vi_stats_field_layout`. One counter.
  public struct Field: Equatable, Sendable {
    /// As libciul names it.
    public var name: String
    /// Bytes from the start.
    public var offset: Int
    /// Bytes of the counter, in the host's order.
    public var size: Int
  }

  /// Bytes of all counters: the room that a query needs.
  public var byteCount: Int
  public var fields: [Field]

  /// What EF10 adapters have.
  public static let receiveErrors = StatisticsLayout(
    byteCount: 16,
    fields: [
      Field(name: "RX CRC errors", offset: 0, size: 4), Field(name: "RX trunk errors", offset: 4, size: 4),
      Field(name: "RX no descriptor errors", offset: 8, size: 4), Field(name: "RX abort errors", offset: 12, size: 4),
    ])
}

/// Requests about an interface's receive errors.
public protocol ReceiveErrorRequests {
  /// The receive errors of an interface since it was allocated, or since the last reading with `reset`.
  func receiveErrors(interface: UInt32, reset: Bool) throws(EtherFabricError) -> ReceiveErrorCounts
}

extension ReceiveErrorRequests {
  public func receiveErrors(interface: UInt32, reset: Bool) throws(EtherFabricError) -> ReceiveErrorCounts {
    throw .noReceiveErrors("VirtualInterface.queryStatistics")
  }
}

extension VirtualInterface {
  /// `ef_vi_stats_query_layout`. The counters that `queryStatistics` reads, with their places.
  /// - Throws: `EINVAL` on all but EF10.
  public var statisticsLayout: StatisticsLayout {
    get throws(EtherFabricError) {
      guard resource.grant.datapath == .ef10 else { throw .noReceiveErrors("VirtualInterface.statisticsLayout") }
      return .receiveErrors
    }
  }

  /// `ef_vi_stats_query`. Reads the receive error counters of this interface, as `statisticsLayout` lays them out.
  /// - Parameters:
  ///   - bytes: room for `StatisticsLayout.byteCount` bytes, no more and no less.
  ///   - reset: start again from zero.
  /// - Throws: `EINVAL` on all but EF10, and for another room. Nothing is reset then.
  public func queryStatistics(
    into bytes: UnsafeMutableRawBufferPointer, reset: Bool = false
  ) throws(EtherFabricError) {
    let layout = try statisticsLayout
    guard bytes.count == layout.byteCount else {
      throw EtherFabricError(
        "VirtualInterface.queryStatistics", errno: 22, reason: "room for \(bytes.count) bytes",
        remedy: "Pass \(layout.byteCount), what statisticsLayout says.")
    }
    let errors = try resource.domain.driver.backend.receiveErrors(interface: resourceID, reset: reset)
    let values = [errors.frameCheck, errors.truncated, errors.noDescriptor, errors.aborted]
    for (field, value) in zip(layout.fields, values) {
      bytes.storeBytes(of: value, toByteOffset: field.offset, as: UInt32.self)
    }
  }
}

extension EtherFabricError {
  /// What an adapter without receive error counters answers.
  static func noReceiveErrors(_ operation: String) -> EtherFabricError {
    EtherFabricError(
      operation, errno: 22, reason: "only EF10 adapters have receive error counters",
      remedy: "VirtualInterface.statistics has counters by name.")
  }
}
