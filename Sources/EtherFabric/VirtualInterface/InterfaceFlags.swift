/// `enum ef_vi_flags`. How a virtual interface is to behave.
public struct InterfaceFlags: OptionSet, Hashable, Sendable {
  public var rawValue: UInt64
  public init(rawValue: UInt64) { self.rawValue = rawValue }

  /// `EF_VI_FLAGS_DEFAULT`. Nothing special.
  public static let standard: InterfaceFlags = []

  // iSCSI digests, which no current adapter has: accepted, without effect.
  public static let iSCSIReceiveHeaderDigest = InterfaceFlags(rawValue: 0x2)  // EF_VI_ISCSI_RX_HDIG
  public static let iSCSITransmitHeaderDigest = InterfaceFlags(rawValue: 0x4)  // EF_VI_ISCSI_TX_HDIG
  public static let iSCSIReceiveDataDigest = InterfaceFlags(rawValue: 0x8)  // EF_VI_ISCSI_RX_DDIG
  public static let iSCSITransmitDataDigest = InterfaceFlags(rawValue: 0x10)  // EF_VI_ISCSI_TX_DDIG

  // The protection domain decides on the kind of address, whatever these say.
  public static let transmitPhysicalAddresses = InterfaceFlags(rawValue: 0x20)  // EF_VI_TX_PHYS_ADDR
  public static let receivePhysicalAddresses = InterfaceFlags(rawValue: 0x40)  // EF_VI_RX_PHYS_ADDR

  /// Leaves IPv4 header checksums of sent packets as they are. EF10; EFCT and EF10CT never touch them.
  public static let noIPChecksum = InterfaceFlags(rawValue: 0x80)  // EF_VI_TX_IP_CSUM_DIS
  /// Leaves TCP and UDP checksums of sent packets as they are. EF10; EFCT and EF10CT never touch them.
  public static let noL4Checksum = InterfaceFlags(rawValue: 0x100)  // EF_VI_TX_TCPUDP_CSUM_DIS
  /// Drops sent packets that are neither TCP nor UDP. EF10.
  public static let transmitTCPUDPOnly = InterfaceFlags(rawValue: 0x200)  // EF_VI_TX_TCPUDP_ONLY

  // Filters on the sender's address of the 5000 and 6000 series: accepted, without effect.
  public static let transmitFilterIP = InterfaceFlags(rawValue: 0x400)  // EF_VI_TX_FILTER_IP
  public static let transmitFilterMAC = InterfaceFlags(rawValue: 0x800)  // EF_VI_TX_FILTER_MAC
  public static let transmitFilterMask1 = InterfaceFlags(rawValue: 0x1000)  // EF_VI_TX_FILTER_MASK_1
  public static let transmitFilterMask2 = InterfaceFlags(rawValue: 0x2000)  // EF_VI_TX_FILTER_MASK_2
  public static let transmitFilterMask3 = InterfaceFlags(rawValue: 0x3000)  // EF_VI_TX_FILTER_MASK_3

  /// Never writes a descriptor with the doorbell: the same as a push threshold of 0. EF10.
  public static let pushDisabled = InterfaceFlags(rawValue: 0x4000)  // EF_VI_TX_PUSH_DISABLE
  /// Always writes a descriptor with the doorbell where it can be pushed: no push threshold. EF10; no adapter reports it
  /// as a capability.
  public static let pushAlways = InterfaceFlags(rawValue: 0x8000)  // EF_VI_TX_PUSH_ALWAYS

  /// Stamps received packets.
  public static let receiveTimestamps = InterfaceFlags(rawValue: 0x10000)  // EF_VI_RX_TIMESTAMPS
  /// Stamps sent packets. On EF10 each then has an event of its own, and alternatives are refused (`EOPNOTSUPP`).
  public static let transmitTimestamps = InterfaceFlags(rawValue: 0x20000)  // EF_VI_TX_TIMESTAMPS
  public static let receivePackedStream = InterfaceFlags(rawValue: 0x80000)  // EF_VI_RX_PACKED_STREAM
  public static let packedStream64K = InterfaceFlags(rawValue: 0x100000)  // EF_VI_RX_PS_BUF_SIZE_64K
  public static let receiveEventMerge = InterfaceFlags(rawValue: 0x200000)  // EF_VI_RX_EVENT_MERGE
  /// Lets the interface have transmit alternatives. EF10; not with `transmitTimestamps`.
  public static let transmitAlternatives = InterfaceFlags(rawValue: 0x400000)  // EF_VI_TX_ALT
  public static let eventTimer = InterfaceFlags(rawValue: 0x800000)  // EF_VI_ENABLE_EV_TIMER
  /// Lets the interface send by cut-through. EF10: X2 and X4, refused by the 8000 series (`EOPNOTSUPP`). EFCT and EF10CT
  /// set it themselves.
  public static let cutThrough = InterfaceFlags(rawValue: 0x100_0000)  // EF_VI_TX_CTPIO
  /// Keeps frames that a cut-through send could not finish from the wire. While one interface of a port has it, it holds
  /// for all of them. EF10; without effect where there is no cut-through.
  public static let cutThroughNoPoison = InterfaceFlags(rawValue: 0x200_0000)  // EF_VI_TX_CTPIO_NO_POISON
  /// For AF_XDP devices: accepted elsewhere, without effect.
  public static let receiveZeroCopy = InterfaceFlags(rawValue: 0x400_0000)  // EF_VI_RX_ZEROCOPY

  // Of no meaning any more: accepted, without effect.
  public static let allowMemoryCopy = InterfaceFlags(rawValue: 0x800_0000)  // EF_VI_ALLOW_MEMCPY
  public static let uniqueQueue = InterfaceFlags(rawValue: 0x1000_0000)  // EF_VI_EFCT_UNIQUEUE
  public static let receiveExclusive = InterfaceFlags(rawValue: 0x2000_0000)  // EF_VI_RX_EXCLUSIVE

  // PCIe hints on which cache a packet is for: refused with `EINVAL`, as by a library that was built without them.
  public static let processingHints = InterfaceFlags(rawValue: 0x4000_0000)  // EF_VI_ENABLE_TPH
  public static let steeringTags = InterfaceFlags(rawValue: 0x8000_0000)  // EF_VI_TPH_TAG_MODE

  public static let receiveFilterID = InterfaceFlags(rawValue: 0x1_0000_0000)  // EF_VI_RX_FILTER_ID
}

/// `enum ef_pd_flags`. How a protection domain is to behave.
public struct DomainFlags: OptionSet, Hashable, Sendable {
  public var rawValue: UInt32
  public init(rawValue: UInt32) { self.rawValue = rawValue }

  /// `EF_PD_DEFAULT`. Nothing special.
  public static let standard: DomainFlags = []

  public static let virtualFunction = DomainFlags(rawValue: 0x1)  // EF_PD_VF
  public static let physicalMode = DomainFlags(rawValue: 0x2)  // EF_PD_PHYS_MODE
  public static let receivePackedStream = DomainFlags(rawValue: 0x4)  // EF_PD_RX_PACKED_STREAM
  public static let virtualPort = DomainFlags(rawValue: 0x8)  // EF_PD_VPORT
  public static let multicastLoopback = DomainFlags(rawValue: 0x10)  // EF_PD_MCAST_LOOP
  /// Registers memory in pages of 64 KiB; the driver takes it for `receivePackedStream`.
  public static let registration64KiB = DomainFlags(rawValue: 0x20)  // EF_PD_MEMREG_64KiB
  public static let ignoreBlacklist = DomainFlags(rawValue: 0x40)  // EF_PD_IGNORE_BLACKLIST
  public static let express = DomainFlags(rawValue: 0x80)  // EF_PD_EXPRESS
}

/// The arguments of `ef_vi_alloc_from_pd`. Capacities in ring entries; another number is rounded up to one of these.
public struct InterfaceOptions: Sendable, Equatable {
  /// 512, 1024, 2048 or (not in packed stream) 4096 descriptors; X3 and X4 express have superbufs for as many frames, from
  /// 512 or 1024 to 131072. 0 for no receive ring, `adapterDefault` for the smallest from 512 on.
  public var receiveCapacity: Int
  /// 512, 1024 or 2048 descriptors; X3 512, X4 express 128 to 4096. 0 for no transmit ring, `adapterDefault` for 512.
  public var transmitCapacity: Int
  /// A power of two from 512 to 32768; nil for the smallest that holds an event for every descriptor, in packed stream
  /// for 32768.
  public var eventCapacity: Int?
  public var flags: InterfaceFlags

  /// -1, as in C: what the adapter has.
  public static let adapterDefault = -1

  public init(
    receiveCapacity: Int = adapterDefault, transmitCapacity: Int = adapterDefault, eventCapacity: Int? = nil,
    flags: InterfaceFlags = []
  ) {
    self.receiveCapacity = receiveCapacity
    self.transmitCapacity = transmitCapacity
    self.eventCapacity = eventCapacity
    self.flags = flags
  }
}
