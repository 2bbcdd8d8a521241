/// What is to happen to one frame. Trivial.
public struct FaultVerdict: BitwiseCopyable, Sendable, Equatable {
  /// How a frame is held back.
  public enum Hold: UInt8, BitwiseCopyable, Sendable {
    /// Not at all.
    case none
    /// Until the next frame has passed, or `holdNanoseconds` at most.
    case behindNext
    /// For `holdNanoseconds`.
    case delay
  }

  /// The frame is lost; nothing else holds then.
  public var drop = false
  /// The frame passes twice.
  public var duplicate = false
  /// How the frame, or its first copy, is held back.
  public var hold = Hold.none
  /// How long, in nanoseconds of the adapter's clock.
  public var holdNanoseconds: UInt64 = 0
  /// The bit to flip, counted from the frame's first byte and in it from the lowest bit; negative for none.
  public var corruptBit: Int = -1
  /// The length that is left of the frame, in bytes, less than it was; negative when it stays whole.
  public var cutLength: Int = -1
  @inlinable public init() {}

  /// Whether the frame just passes.
  @inlinable
  public var isHarmless: Bool { !drop && !duplicate && hold == .none && corruptBit < 0 && cutLength < 0 }

  /// Flips the bit and cuts the end, where the verdict has it so.
  ///
  /// - Parameters:
  ///   - bytes: The frame of which `decide` was told the length.
  ///   - length: That length.
  /// - Returns: The length that is left.
  @inlinable
  public func damage(_ bytes: UnsafeMutableRawPointer, length: Int) -> Int {
    if corruptBit >= 0, corruptBit >> 3 < length {
      let byte = bytes.load(fromByteOffset: corruptBit >> 3, as: UInt8.self)
      bytes.storeBytes(of: byte ^ 1 << UInt8(corruptBit & 7), toByteOffset: corruptBit >> 3, as: UInt8.self)
    }
    return cutLength >= 0 ? min(cutLength, length) : length
  }
}

/// How often each fault was applied to frames of one direction. Trivial; only ever grows.
public struct FaultCounters: BitwiseCopyable, Sendable, Equatable {
  /// Frames that the injector was asked about.
  public var examined: UInt64 = 0
  public var dropped: UInt64 = 0
  public var duplicated: UInt64 = 0
  public var reordered: UInt64 = 0
  public var corrupted: UInt64 = 0
  public var delayed: UInt64 = 0
  public var cut: UInt64 = 0
  /// Frames that were to be held back and passed at once, because there was no room.
  public var holdOverflow: UInt64 = 0
  public init() {}

  /// All of them, for tables.
  public var named: [(name: String, value: UInt64)] {
    [
      (name: "fault_examined", value: examined), (name: "fault_dropped", value: dropped),
      (name: "fault_duplicated", value: duplicated), (name: "fault_reordered", value: reordered),
      (name: "fault_corrupted", value: corrupted), (name: "fault_delayed", value: delayed),
      (name: "fault_cut", value: cut), (name: "fault_hold_overflow", value: holdOverflow),
    ]
  }
}
