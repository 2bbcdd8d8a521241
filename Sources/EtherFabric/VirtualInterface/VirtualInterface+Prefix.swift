import EtherFabricFormats

/// `ef_precisetime`. A hardware timestamp.
@frozen
public struct Timestamp: Equatable, Sendable, CustomStringConvertible {
  /// Seconds since the epoch.
  public var seconds: UInt64
  public var nanoseconds: UInt32
  /// Fraction of a nanosecond in 1/65536; EF10 gives quarters.
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
  /// `-ENOMSG`: there has been no time sync yet.
  case neverSynchronised
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
  /// - Parameter buffer: start of the packet's first buffer, where the prefix is; on EFCT and EF10CT what `packet` gave.
  public mutating func receiveTimestamp(_ buffer: UnsafeRawPointer) throws(TimestampError) -> Timestamp {
    if let express = state.pointee.express {
      guard let packet = express.packet(at: buffer) else { throw .noTimestamp }
      return try express.timestamp(ofPacket: packet)
    }
    guard flags.contains(.receiveTimestamps) else { throw .noTimestamp }
    let clock = resource.eventOwner?.state ?? state
    guard clock.pointee.isSynchronised else {
      throw clock.pointee.hasSynchronised ? .notSynchronised : .neverSynchronised
    }
    let raw = ReceivePrefix.timestamp(of: buffer)
    guard raw != ReceivePrefix.noTimestamp else { throw .noTimestamp }
    guard
      let time = TimestampWindow.rebuild(
        quarters: raw, syncSeconds: clock.pointee.syncSeconds, syncQuarters: clock.pointee.syncQuarters)
    else {
      // A stamp out of the window shows that the sync is stale.
      clock.pointee.isSynchronised = false
      throw .notSynchronised
    }
    return Timestamp(
      seconds: UInt64(time.seconds), nanoseconds: time.quarters >> 2, fraction: UInt16(time.quarters & 3) << 14,
      sync: ClockFlags(rawValue: clock.pointee.syncFlags))
  }

  /// `ef_vi_receive_get_bytes`. Length of a packet from its prefix, without the prefix; nil without a prefix.
  public func receiveBytes(_ buffer: UnsafeRawPointer) -> Int? {
    receivePrefixLength == 0 ? nil : ReceivePrefix.packetLength(of: buffer)
  }

  /// `ef_vi_receive_query_layout`. Where the fields of the receive prefix are.
  /// - Throws: `EINVAL` on EFCT and EF10CT, where there is none.
  public var receiveLayout: [PrefixField] {
    get throws(EtherFabricError) {
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
