import CEtherFabric
import EtherFabric
import Glibc

extension HardwareBackend {
  public func allocateDomain(flags: DomainFlags) throws(EtherFabricError) -> UInt32 {
    try allocateDomain("ef_pd_alloc", flags) { domain, handle, flags in
      ciul_ef_pd_alloc(domain, handle, index, flags)
    }
  }

  public func allocateDomain(flags: DomainFlags, vlan: UInt16?) throws(EtherFabricError) -> UInt32 {
    try allocateDomain("ef_pd_alloc_with_vport", flags) { domain, handle, flags in
      ciul_ef_pd_alloc_with_vport(domain, handle, device.interface, flags, vlan.map { Int32($0) } ?? EF_PD_VLAN_NONE)
    }
  }

  private func allocateDomain(
    _ call: String, _ flags: DomainFlags,
    _ allocate: (UnsafeMutablePointer<ef_pd>, ef_driver_handle, ef_pd_flags) -> Int32
  ) throws(EtherFabricError) -> UInt32 {
    let operation = "Driver.allocateProtectionDomain"
    return try locked { state throws(EtherFabricError) in
      let all = ef_pd_flags(rawValue: .init(flags.union(device.domainFlags).rawValue))
      let (domain, _) = try obtain(ef_pd.self, operation, call) { allocate($0, $1, all) }
      let number = state.number()
      state.domains[number] = domain
      return number
    }
  }

  public func freeDomain(_ domain: UInt32) {
    locked { state in
      state.domains.removeValue(forKey: domain)?.release { ciul_ef_pd_free($0, $1) }
    }
  }

  public func register(
    _ base: UnsafeMutableRawPointer, byteCount: Int, domain: UInt32
  ) throws(EtherFabricError) -> DMAAddress {
    let operation = "MemoryRegistration"
    return try locked { state throws(EtherFabricError) in
      let owner = try state.domain(domain, operation)
      let (memory, _) = try obtain(ef_memreg.self, operation, "ef_memreg_alloc") {
        ciul_ef_memreg_alloc($0, $1, owner.structure, owner.handle, base, byteCount)
      }
      let address = ciul_ef_memreg_dma_addr(memory.structure, 0)
      state.registrations[ControlState.RegistrationKey(domain: domain, address: address), default: []].append(
        ControlState.Registration(memory: memory, byteCount: byteCount))
      return DMAAddress(rawValue: address)
    }
  }

  /// The driver unmaps when the handle is closed: `ef_memreg_free` forgets the addresses alone.
  public func unregister(_ address: DMAAddress, byteCount: Int, domain: UInt32) {
    locked { state in
      let key = ControlState.RegistrationKey(domain: domain, address: address.rawValue)
      guard let place = state.registrations[key]?.lastIndex(where: { $0.byteCount == byteCount }),
        let found = state.registrations[key]?.remove(at: place)
      else { return }
      if state.registrations[key]?.isEmpty == true { state.registrations[key] = nil }
      found.memory.release { ciul_ef_memreg_free($0, $1) }
    }
  }

  public var scattersPages: Bool { true }

  public func pageAddresses(_ address: DMAAddress, byteCount: Int, domain: UInt32) -> [DMAAddress]? {
    locked { state in
      let key = ControlState.RegistrationKey(domain: domain, address: address.rawValue)
      guard let found = state.registrations[key]?.last(where: { $0.byteCount == byteCount }) else { return nil }
      let pages = stride(from: 0, to: byteCount, by: 4096).map {
        DMAAddress(rawValue: ciul_ef_memreg_dma_addr(found.memory.structure, $0))
      }
      let isStraight = pages.indices.allSatisfy { pages[$0] == address.advanced(by: $0 * 4096) }
      return isStraight ? nil : pages
    }
  }
}

extension ControlState {
  func domain(_ number: UInt32, _ operation: String) throws(EtherFabricError) -> Domain {
    guard let found = domains[number] else { throw .unknown(operation, "protection domain", UInt64(number)) }
    return found
  }

  func interface(_ number: UInt32, _ operation: String) throws(EtherFabricError) -> Interface {
    guard let found = interfaces[number] else { throw .unknown(operation, "virtual interface", UInt64(number)) }
    return found
  }
}

extension EtherFabricError {
  static func unknown(_ operation: String, _ what: String, _ number: UInt64) -> EtherFabricError {
    EtherFabricError(
      operation, errno: EINVAL, reason: "there is no \(what) \(number)", remedy: "Pass one that has not been freed.")
  }
}
