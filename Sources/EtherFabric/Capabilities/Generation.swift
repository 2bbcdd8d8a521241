/// `struct ef_vi_nic_type`, its `arch` and `variant`: the adapter generations, by the names that device strings use.
public enum Generation: String, CaseIterable, Sendable, Hashable, CustomStringConvertible {
  /// SFN8000: EF10, variant B.
  case sfc8000 = "8000"
  /// X2: EF10, variant C.
  case x2
  /// X3: EFCT.
  case x3
  /// X4: EF10 (full-feature function, variant F) and EF10CT (express function).
  case x4

  /// Rings and events as EF10 has them: buffers posted by descriptor, 8-byte events.
  public var isEF10: Bool { self == .sfc8000 || self == .x2 }

  /// The generations that the emulated adapter can be.
  public static let emulated: [Generation] = [.x2, .sfc8000]

  /// As in a device string: `8000`, `x2`.
  public var description: String { rawValue }
}
