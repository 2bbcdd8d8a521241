/// `struct ef_vi_nic_type`, its `arch` and `variant`: the adapter generations, by the names that device strings use.
public enum Generation: String, CaseIterable, Sendable, Hashable, CustomStringConvertible {
  /// SFN8000: EF10, variant B.
  case sfc8000 = "8000"
  /// X2: EF10, variant C.
  case x2
  /// X3: EFCT.
  case x3
  /// X4: EF10 (full-feature function, variant F), with an express function beside it.
  case x4
  /// X4, express function alone: EF10CT.
  case x4Express = "x4-express"

  /// The datapath of its interfaces, unless the protection domain asks for another (`DomainFlags.express`).
  public var datapath: Datapath {
    switch self {
    case .sfc8000, .x2, .x4: .ef10
    case .x3: .efct
    case .x4Express: .ef10ct
    }
  }

  /// Rings and events as EF10 has them: buffers posted by descriptor, 8-byte events.
  public var isEF10: Bool { datapath == .ef10 }

  /// `ef_vi.nic_type.variant`: A to F, which tell EF10 adapters apart.
  public var variant: Character {
    switch self {
    case .sfc8000: "B"
    case .x2: "C"
    case .x3, .x4Express: "A"
    case .x4: "F"
    }
  }

  /// The generations that the emulated adapter can be.
  public static let emulated: [Generation] = [.x2, .sfc8000, .x3, .x4, .x4Express]

  /// As in a device string: `8000`, `x2`.
  public var description: String { rawValue }
}

/// `ef_vi.nic_type.arch`: how an interface and its adapter meet in memory.
public enum Datapath: UInt8, Sendable, Hashable {
  /// Descriptor rings both ways, event words.
  case ef10
  /// X3: frames in shared superbufs that the driver posts, sends through the CTPIO aperture.
  case efct
  /// X4 express: the same with buffers that the program posts, and metadata beside its frame.
  case ef10ct

  /// Frames arrive by reference, in superbufs.
  public var isExpress: Bool { self != .ef10 }
}
