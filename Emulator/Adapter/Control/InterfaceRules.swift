import EtherFabric
import EtherFabricFormats

/// What interfaces of a generation can be asked for. Sizes in entries. Source: facts sheet, section 13 of the API table.
enum InterfaceRules {
  /// Either makes a domain one for packed stream: the driver takes the second for the first.
  static let packedStreamFlags: DomainFlags = [.receivePackedStream, .registration64KiB]

  /// `EF_PD_*` that the generation has.
  static func domainFlags(_ generation: Generation) -> DomainFlags {
    switch generation {
    case .sfc8000, .x2: packedStreamFlags.union([.multicastLoopback, .ignoreBlacklist])
    case .x4: packedStreamFlags.union([.multicastLoopback, .ignoreBlacklist, .express])
    case .x3: [.ignoreBlacklist]
    case .x4Express: [.ignoreBlacklist, .express]
    }
  }

  /// `EF_VI_*` that interfaces of the datapath have; others are refused with `EOPNOTSUPP`.
  static func flags(_ datapath: Datapath, _ generation: Generation) -> InterfaceFlags {
    // The domain decides on the addresses, whatever the caller says.
    let ignored: InterfaceFlags = [.transmitPhysicalAddresses, .receivePhysicalAddresses]
    switch datapath {
    case .ef10:
      return ignored.union([
        .noIPChecksum, .noL4Checksum, .transmitTCPUDPOnly, .pushDisabled, .pushAlways, .receiveTimestamps,
        .transmitTimestamps, .eventTimer, .receiveEventMerge, .receiveFilterID, .receivePackedStream, .packedStream64K,
      ])
    case .efct, .ef10ct:
      return ignored.union([
        .receiveTimestamps, .transmitTimestamps, .cutThrough, .cutThroughNoPoison, .receiveFilterID,
      ])
    }
  }

  static func receiveSizes(_ datapath: Datapath, _ flags: InterfaceFlags) -> [Int] {
    switch datapath {
    case .ef10: flags.contains(.receivePackedStream) ? RingRules.packedStreamReceiveSizes : RingRules.receiveSizes
    case .efct: powers(512, 131_072)
    case .ef10ct: powers(1024, 131_072)
    }
  }

  static func transmitSizes(_ datapath: Datapath) -> [Int] {
    switch datapath {
    case .ef10: RingRules.transmitSizes
    case .efct: [512]
    case .ef10ct: powers(128, 4096)
    }
  }

  static func eventSizes(_ datapath: Datapath) -> [Int] {
    switch datapath {
    case .ef10: RingRules.eventSizes
    case .efct: powers(128, 8192)
    case .ef10ct: powers(128, 32768)
    }
  }

  /// Takes the next larger capacity where there is none of the size that was asked for, as the driver does, so that what
  /// a program asks of EF10 does for an adapter of other sizes.
  static func roundUp(_ options: inout InterfaceOptions, _ datapath: Datapath) {
    func next(_ wanted: Int, _ sizes: [Int]) -> Int {
      wanted <= 0 ? wanted : RingRules.size(atLeast: wanted, of: sizes) ?? wanted
    }
    options.receiveCapacity = next(options.receiveCapacity, receiveSizes(datapath, options.flags))
    options.transmitCapacity = next(options.transmitCapacity, transmitSizes(datapath))
    options.eventCapacity = options.eventCapacity.map { next($0, eventSizes(datapath)) }
  }

  private static func powers(_ first: Int, _ last: Int) -> [Int] {
    Array(sequence(first: first) { $0 < last ? $0 * 2 : nil })
  }
}
