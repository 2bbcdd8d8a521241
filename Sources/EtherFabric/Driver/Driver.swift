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
    Driver(backend: try BackendBox.open(try DeviceString(device)))
  }

  /// `ef_driver_close`. No more resources can be allocated; those that live go on until they are released.
  public func close() { isClosed.store(true, ordering: .relaxed) }

  /// `ef_pd_alloc`. A protection domain: memory is registered in it, interfaces are allocated from it.
  public func allocateProtectionDomain(flags: DomainFlags = []) throws(EtherFabricError) -> ProtectionDomain {
    try checkOpen("Driver.allocateProtectionDomain")
    return ProtectionDomain(driver: self, handle: try backend.allocateDomain(flags: flags), flags: flags)
  }

  /// `ef_vi_capabilities_get`. Value of a capability.
  /// - Throws: `EOPNOTSUPP` where the adapter does not have it.
  public func capability(_ capability: Capability) throws(EtherFabricError) -> UInt64 {
    guard let value = backend.capability(capability) else {
      throw EtherFabricError(
        "Driver.capability", errno: 95, reason: "\(identity.generation) does not have '\(capability.summary)'",
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
