/// `struct ef_vi_transmit_alt_overhead`. What a packet costs of the room of transmit alternatives beside its bytes.
@frozen
public struct AlternativeOverhead: Equatable, Sendable {
  /// Added to the length of a packet first.
  public var preRound: UInt32
  /// What the sum is cut to.
  public var mask: UInt32
  /// Added last.
  public var postRound: UInt32

  /// EF10 from the 8000 series on: words of 32 bytes, and one word for each packet.
  public static let ef10 = AlternativeOverhead(preRound: 31, mask: ~31, postRound: 32)

  @inlinable
  public init(preRound: UInt32, mask: UInt32, postRound: UInt32) {
    self.preRound = preRound
    self.mask = mask
    self.postRound = postRound
  }

  /// `ef_vi_transmit_alt_usage`. Bytes of room that a packet of `length` bytes takes.
  @inlinable
  public func usage(of length: Int) -> Int {
    Int((UInt32(truncatingIfNeeded: length) &+ preRound) & mask &+ postRound)
  }
}
