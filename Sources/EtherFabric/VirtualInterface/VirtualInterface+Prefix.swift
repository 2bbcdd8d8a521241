import EtherFabricFormats

#if ETHERFABRIC_HARDWARE
  import CEtherFabric
#endif

/// `ef_precisetime`. A hardware timestamp.
@frozen
public struct Timestamp: Equatable, Sendable, CustomStringConvertible {
  /// Seconds since the epoch.
  public var seconds: UInt64
  public var nanoseconds: UInt32
  /// Fraction of a nanosecond in 1/65536; X2 and later give quarters.
  public var fraction: UInt16
  public var sync: ClockFlags

  @inlinable
  public init(seconds: UInt64, nanoseconds: UInt32, fraction: UInt16 = 0, sync: ClockFlags = []) {
    self.seconds = seconds
    self.nanoseconds = nanoseconds
    self.fraction = fraction
    self.sync = sync
  }

  /// Nanoseconds since the epoch, the fraction left off.
  @inlinable public var totalNanoseconds: UInt64 { seconds * 1_000_000_000 + UInt64(nanoseconds) }

  public var description: String {
    let digits = String(nanoseconds)
    return "\(seconds).\(String(repeating: "0", count: 9 - digits.count))\(digits)"
  }
}

/// Why a packet has no timestamp.
@frozen
public enum TimestampError: Error, Equatable, Sendable {
  /// `-ENODATA`: the adapter did not stamp this packet, or the VI has no timestamps.
  case noTimestamp
  /// `-EL2NSYNC`: outside the window around the last time sync. All are refused until the next one.
  case notSynchronised
  /// `-EL2NSYNC`: there has been no time sync yet. libciul's `-ENOMSG` is never seen: it takes a sync of the second
  /// 2^32 - 1, and such a word is no event.
  case neverSynchronised

  /// The errno that the C call returns, positive.
  public var errno: Int32 {
    switch self {
    case .noTimestamp: 61  // ENODATA
    case .notSynchronised, .neverSynchronised: 45  // EL2NSYNC
    }
  }
}

/// `ef_vi_layout_entry`. A field of the receive prefix.
public struct PrefixField: Equatable, Sendable {
  public enum Kind: Int, Sendable {
    case frame = 0
    case minorTicks = 1
    case packetLength = 2
    case filterID = 4
  }
  public var kind: Kind
  /// Bytes from the start of the buffer.
  public var offset: Int
}

extension VirtualInterface {
  /// `ef_vi_receive_get_precise_timestamp`. The time at which a packet arrived.
  /// Good until the next poll: what a stamp means depends on the last time sync, and a poll may take the next one.
  /// - Parameter buffer: start of the packet's first buffer, where the prefix is; on EFCT and EF10CT what `packet` gave.
  public mutating func receiveTimestamp(_ buffer: UnsafeRawPointer) throws(TimestampError) -> Timestamp {
    #if ETHERFABRIC_HARDWARE
      if let interface = state.pointee.hardware { return try state.timestamp(interface, buffer) }
    #endif
    if let express = state.pointee.express {
      guard let packet = express.packet(at: buffer) else { throw .noTimestamp }
      return try express.timestamp(ofPacket: packet)
    }
    guard flags.contains(.receiveTimestamps) else { throw .noTimestamp }
    return try timestamp(ofStamp: ReceivePrefix.timestamp(of: buffer))
  }

  /// The time that a stamp of a receive prefix stands for.
  func timestamp(ofStamp stamp: UInt32) throws(TimestampError) -> Timestamp {
    let clock = resource.eventOwner?.state ?? state
    guard clock.pointee.isSynchronised else {
      throw clock.pointee.hasSynchronised ? .notSynchronised : .neverSynchronised
    }
    let format = state.pointee.timestampFormat
    guard !format.isMissing(stamp) else { throw .noTimestamp }
    guard
      let time = TimestampWindow.rebuild(
        minor: format.minor(stamp, correction: state.pointee.receiveStampCorrection), format: format,
        syncSeconds: clock.pointee.syncSeconds, syncMinor: clock.pointee.syncMinor)
    else {
      // A stamp out of the window shows that the sync is stale.
      clock.pointee.isSynchronised = false
      throw .notSynchronised
    }
    let minor = format.nanoseconds(time.minor)
    return Timestamp(
      seconds: UInt64(time.seconds), nanoseconds: minor.whole, fraction: minor.fraction,
      sync: ClockFlags(rawValue: clock.pointee.syncFlags))
  }

  /// `ef_vi_receive_get_timestamp`. The time of a packet without fraction and flags; nil for any reason, as the C call
  /// returns -1 for any.
  @available(*, deprecated, message: "receiveTimestamp(_:) tells the fraction, the state of the clock and the reason")
  public mutating func receiveTime(_ buffer: UnsafeRawPointer) -> (seconds: UInt64, nanoseconds: UInt32)? {
    guard let stamp = try? receiveTimestamp(buffer) else { return nil }
    return (stamp.seconds, stamp.nanoseconds)
  }

  /// `ef_vi_receive_get_timestamp_with_sync_flags`. The time of a packet without fraction, and the state of the clock.
  /// - Throws: as `receiveTimestamp`.
  @available(*, deprecated, message: "receiveTimestamp(_:) tells the fraction too")
  public mutating func receiveTimeWithSyncFlags(
    _ buffer: UnsafeRawPointer
  ) throws(TimestampError) -> (seconds: UInt64, nanoseconds: UInt32, sync: ClockFlags) {
    let stamp = try receiveTimestamp(buffer)
    return (stamp.seconds, stamp.nanoseconds, stamp.sync)
  }

  /// `ef_vi_receive_get_bytes`. Length of a packet from its prefix, without the prefix; nil without a prefix.
  public func receiveBytes(_ buffer: UnsafeRawPointer) -> Int? {
    #if ETHERFABRIC_HARDWARE
      if let interface = state.pointee.hardware, receivePrefixLength > 0 {
        var bytes: UInt16 = 0
        _ = ciul_ef_vi_receive_get_bytes(interface, buffer, &bytes)
        return Int(bytes)
      }
    #endif
    return receivePrefixLength == 0 ? nil : ReceivePrefix.packetLength(of: buffer)
  }

  /// `ef_vi_receive_query_layout`. Where the fields of the receive prefix are.
  /// - Throws: `EINVAL` on EFCT and EF10CT, where there is none.
  public var receiveLayout: [PrefixField] {
    get throws(EtherFabricError) {
      #if ETHERFABRIC_HARDWARE
        if let interface = state.pointee.hardware { return try state.prefixFields(interface) }
      #endif
      guard state.pointee.express == nil else {
        throw EtherFabricError(
          "VirtualInterface.receiveLayout", errno: 22, reason: "frames of this adapter have no prefix",
          remedy: "Use timestamp(ofPacket:) and filterID(of:), and the length in the event.")
      }
      return prefixFields
    }
  }

  private var prefixFields: [PrefixField] {
    guard receivePrefixLength > 0 else { return [PrefixField(kind: .frame, offset: 0)] }
    var fields = [
      PrefixField(kind: .frame, offset: ReceivePrefix.length),
      PrefixField(kind: .packetLength, offset: ReceivePrefix.packetLengthOffset),
    ]
    if flags.contains(.receiveTimestamps) {
      fields.append(PrefixField(kind: .minorTicks, offset: ReceivePrefix.timestampOffset))
    }
    if flags.contains(.receiveFilterID) {
      fields.append(PrefixField(kind: .filterID, offset: ReceivePrefix.filterIDOffset))
    }
    return fields
  }
}
