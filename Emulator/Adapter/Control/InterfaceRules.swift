import EtherFabric
import EtherFabricFormats

/// What interfaces of a generation can be asked for. Sizes in entries. Source: facts sheet, section 13 of the API table.
enum InterfaceRules {
  /// Either makes a domain one for packed stream: the driver takes the second for the first.
  static let packedStreamFlags: DomainFlags = [.receivePackedStream, .registration64KiB]

  /// `EF_PD_*` that domains of the datapath have; others are refused with `EOPNOTSUPP`. Physical addresses have no
  /// meaning for X3 and X4 express, which have no descriptors with addresses for receiving; the flag does no harm.
  static func domainFlags(_ datapath: Datapath, _ firmware: Firmware) -> DomainFlags {
    let all: DomainFlags = [.multicastLoopback, .ignoreBlacklist, .physicalMode]
    switch datapath {
    case .ef10: return all.union(packedStreamFlags).union(firmware == .full ? .virtualPort : [])
    case .efct: return all
    case .ef10ct: return all.union(.express)
    }
  }

  /// `EF_VI_*` that interfaces of the datapath have; others are refused with `EOPNOTSUPP`.
  static func flags(_ datapath: Datapath, _ generation: Generation) -> InterfaceFlags {
    // The domain decides on the addresses, whatever the caller says.
    let ignored: InterfaceFlags = [.transmitPhysicalAddresses, .receivePhysicalAddresses]
    let common = ignored.union(obsoleteFlags).union([
      .noIPChecksum, .noL4Checksum, .transmitTCPUDPOnly, .pushDisabled, .pushAlways, .receiveTimestamps,
      .transmitTimestamps, .cutThroughNoPoison, .eventTimer,
    ])
    switch datapath {
    case .ef10:
      // The driver refuses cut-through before X2; the promise to send nothing poisoned is kept there anyway.
      return common.union([.receiveEventMerge, .receiveFilterID, .receivePackedStream, .packedStream64K])
        .union(generation.variant < "C" ? .transmitAlternatives : [.transmitAlternatives, .cutThrough])
    case .efct, .ef10ct:
      // Offloads and pushes are nothing to them: accepted, without effect.
      return common.union([.cutThrough, .receiveFilterID])
    }
  }

  /// Accepted by every adapter, without effect.
  static let obsoleteFlags: InterfaceFlags = [
    .iSCSIReceiveHeaderDigest, .iSCSITransmitHeaderDigest, .iSCSIReceiveDataDigest, .iSCSITransmitDataDigest,
    .transmitFilterIP, .transmitFilterMAC, .transmitFilterMask1, .transmitFilterMask2, .receiveZeroCopy,
    .allowMemoryCopy, .uniqueQueue, .receiveExclusive,
  ]

  /// Refused with `EINVAL`, as by a library that was built without them.
  static let unbuiltFlags: InterfaceFlags = [.processingHints, .steeringTags]

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

  /// A request with the adapter's defaults in it, and with every other capacity rounded up to one that the adapter has,
  /// as the driver does. What is too large stays as it is, to be refused.
  static func resolved(_ request: InterfaceRequest, _ datapath: Datapath) -> InterfaceRequest {
    var resolved = request
    func fill(_ capacity: inout Int, _ sizes: [Int]) {
      let wanted = capacity == InterfaceOptions.adapterDefault ? 512 : capacity
      guard wanted > 0 else { return }
      capacity = RingRules.size(atLeast: wanted, of: sizes) ?? capacity
    }
    fill(&resolved.options.receiveCapacity, receiveSizes(datapath, request.options.flags))
    fill(&resolved.options.transmitCapacity, transmitSizes(datapath))
    if var events = request.options.eventCapacity {
      fill(&events, eventSizes(datapath))
      resolved.options.eventCapacity = events
    }
    return resolved
  }

  private static func powers(_ first: Int, _ last: Int) -> [Int] {
    Array(sequence(first: first) { $0 < last ? $0 * 2 : nil })
  }
}
