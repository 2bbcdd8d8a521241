import Synchronization

/// `ef_driver_handle`. An open device: where protection domains come from.
public final class Driver: Sendable {
  /// The adapter behind the handle.
  public let backend: any AdapterBackend
  private let isClosed = Atomic<Bool>(false)

  init(backend: any AdapterBackend) { self.backend = backend }

  /// `ef_driver_open`. Opens the device that a device string names, for example `emu:cable:0`,
  /// `emu:afpacket:eth0` or, where the build has the backend, `sfc:enp1s0f0`.
  /// - Throws: `EINVAL` with the part of the string that is wrong; `ENODEV` for a device that does not exist; what
  ///   the system refused.
  public static func open(_ device: String) throws(EtherFabricError) -> Driver {
    guard HardwareDevice.isMeant(by: device) else {
      return Driver(backend: try BackendBox.open(try DeviceString(device)))
    }
    return Driver(backend: try BackendBox.open(try HardwareDevice(device)))
  }

  /// `ef_driver_close`. No more resources can be allocated; those that live go on until they are released.
  public func close() { isClosed.store(true, ordering: .relaxed) }

  /// `ef_pd_alloc`. A protection domain: memory is registered in it, interfaces are allocated from it.
  public func allocateProtectionDomain(flags: DomainFlags = []) throws(EtherFabricError) -> ProtectionDomain {
    try checkOpen("Driver.allocateProtectionDomain")
    return ProtectionDomain(driver: self, handle: try backend.allocateDomain(flags: flags), flags: flags)
  }

  /// `ef_pd_alloc_with_vport`. A protection domain on a virtual port of its own, EF10 only.
  ///
  /// What its interfaces send leaves with the tag, and what arrives with the tag is theirs, without it: filters are on
  /// the frame behind the tag. The port has the MAC address of the adapter's port.
  /// - Parameter vlan: 0 to 4095; nil (`EF_PD_VLAN_NONE`) for a virtual port without a tag.
  /// - Throws: `EINVAL` for another number, `EOPNOTSUPP` where the adapter has no virtual ports, `ENOSPC` where all
  ///   are in use.
  public func allocateProtectionDomain(
    virtualPort vlan: Int?, flags: DomainFlags = []
  ) throws(EtherFabricError) -> ProtectionDomain {
    try checkOpen("Driver.allocateProtectionDomain")
    if let vlan, !(0...4095).contains(vlan) {
      throw EtherFabricError(
        "Driver.allocateProtectionDomain", errno: 22, reason: "VLAN \(vlan) is not 0...4095",
        remedy: "Give the ID of a tag, or nil for a virtual port without one.")
    }
    let all = flags.union(.virtualPort)
    let handle = try backend.allocateDomain(flags: all, vlan: vlan.map(UInt16.init))
    return ProtectionDomain(driver: self, handle: handle, flags: all)
  }

  /// `ef_pd_alloc_by_name`. A protection domain on the interface of this name.
  ///
  /// In C the name may be that of a cluster, whose interfaces a daemon (solar_clusterd) shares out, with an index in
  /// front: `0@feed`. There is none here: every name that is not the interface's is refused as C does without a daemon.
  /// - Throws: `ENODEV` for another name.
  public func allocateProtectionDomain(
    named name: String, flags: DomainFlags = []
  ) throws(EtherFabricError) -> ProtectionDomain {
    guard name == identity.interface else {
      throw EtherFabricError(
        "Driver.allocateProtectionDomain", errno: 19,
        reason: "'\(name)' is not the interface of this driver, and there is no cluster daemon to ask for it",
        remedy: "Pass '\(identity.interface)', or open the device that has the other interface.")
    }
    return try allocateProtectionDomain(flags: flags)
  }

  /// `ef_vi_capabilities_get`. Value of a capability.
  /// - Throws: `EOPNOTSUPP` where the adapter does not have it; `ENOSYS` for the two sniff filters, about which no
  ///   driver answers: add one, and see.
  public func capability(_ capability: Capability) throws(EtherFabricError) -> UInt64 {
    try value(backend.capability(capability), of: capability)
  }

  /// `ef_vi_capabilities_get_from_pd_flags`. The same of what domains with these flags are on: with
  /// `DomainFlags.express` the express datapath of an X4.
  /// - Throws: as above; `ENODEV` where the adapter has no such datapath.
  public func capability(_ capability: Capability, flags: DomainFlags) throws(EtherFabricError) -> UInt64 {
    try value(try backend.capability(capability, flags: flags), of: capability)
  }

  func value(_ value: UInt64?, of capability: Capability) throws(EtherFabricError) -> UInt64 {
    guard let value else {
      throw EtherFabricError(
        "Driver.capability", errno: capability.refusal,
        reason: "\(identity.generation) does not have '\(capability.summary)'",
        remedy: "Ask before you use the feature, or choose another adapter with 'nic='.")
    }
    return value
  }

  /// What the device is and what was really obtained.
  public var identity: AdapterIdentity { backend.identity }
  public var mtu: Int { backend.mtu }
  public var isLinkUp: Bool { backend.isLinkUp }
  /// Counters of the adapter, by name.
  public func statistics() -> AdapterStatistics { backend.statistics() }

  func checkOpen(_ operation: String) throws(EtherFabricError) {
    guard !isClosed.load(ordering: .relaxed) else {
      throw EtherFabricError(
        operation, errno: 9, reason: "the driver handle has been closed", remedy: "Open the device again.")
    }
  }
}
