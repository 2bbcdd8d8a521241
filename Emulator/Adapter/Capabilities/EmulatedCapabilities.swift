import EtherFabric
import EtherFabricFormats

/// What the emulated adapter says of itself: a capability is reported when the emulation really has it, and only then.
public enum EmulatedCapabilities {
  /// `ef_vi_capabilities_get`: the value as an adapter of `generation` reports it; nil where the query is refused with
  /// `Capability.refusal`. Yes is 1. Sizes are in bytes, ring sizes a mask with the bit of each size in entries.
  public static func value(
    of capability: Capability, generation: Generation, firmware: Firmware = .full
  ) -> UInt64? {
    value(of: capability, datapath: generation.datapath, generation: generation, firmware: firmware)
  }

  /// The same for one of the functions of an adapter: `ef_vi_capabilities_get_from_pd_flags`.
  public static func value(
    of capability: Capability, datapath: Datapath, generation: Generation, firmware: Firmware = .full
  ) -> UInt64? {
    switch datapath {
    case .ef10: ef10(capability, generation, firmware)
    case .efct: express(capability, .efct) ?? efctFilter(capability)
    case .ef10ct: express(capability, .ef10ct) ?? ef10ctFilter(capability)
    }
  }

  static func mask(_ sizes: [Int]) -> UInt64 { sizes.reduce(0) { $0 | UInt64($1) } }

  /// The bit of `Capability.extraDatapaths` for an express function beside the full one.
  public static let expressDatapath: UInt64 = 1
}
