import EtherFabric

/// On whose behalf a filter is added: what its interface is part of.
public struct FilterOwner: Sendable {
  /// How the interface and the adapter meet: which filters there are.
  public var datapath: Datapath
  /// What the firmware of an EF10 adapter can do.
  public var firmware: Firmware
  /// The interface's virtual port; 0 for the port itself, up to 15.
  public var virtualPort: UInt8
  /// The protection domain's stack: a filter does not take the multicast that its own stack sent. 0 for none.
  public var stack: UInt32
  /// The protection domain, to which exclusive receive queues belong.
  public var domain: UInt32

  public init(
    datapath: Datapath = .ef10, firmware: Firmware = .full, virtualPort: UInt8 = 0, stack: UInt32 = 0,
    domain: UInt32 = 0
  ) {
    self.datapath = datapath
    self.firmware = firmware
    self.virtualPort = virtualPort
    self.stack = stack
    self.domain = domain
  }
}

/// Firmware variants of EF10 adapters, as far as they differ here.
public enum Firmware: String, Sendable, CaseIterable {
  /// The full-feature variant, and besides what only other variants have: alternatives, packed stream.
  case full
  /// The low-latency variant: no IP, protocol, EtherType or mismatch filter with a VLAN, no virtual ports.
  case lowLatency = "low-latency"

  /// `EF_VI_CAP_RX_FW_VARIANT`, `EF_VI_CAP_TX_FW_VARIANT`.
  public var number: UInt64 { self == .full ? 0 : 1 }
}
