import EtherFabric
import EtherFabricFormats
import Glibc

extension EmulatedAdapter {
  public func allocateDomain(flags: DomainFlags) throws(EtherFabricError) -> UInt32 {
    let call = "Driver.allocateProtectionDomain"
    var unknown = flags.subtracting(InterfaceRules.domainFlags(settings.generation))
    // The express function of an X4 has not got all that its EF10 function has.
    if flags.contains(.express) { unknown.formUnion(flags.intersection(InterfaceRules.packedStreamFlags)) }
    guard unknown.isEmpty else {
      let isMode = unknown.contains(.physicalMode)
      throw EtherFabricError(
        call, errno: isMode ? EPERM : EOPNOTSUPP,
        reason: "flags 0x\(String(unknown.rawValue, radix: 16)) are not had by the emulated \(settings.generation)",
        remedy: "Leave them out; Driver.capability tells what there is.")
    }
    return try locked { state throws(EtherFabricError) in
      try fails(.protectionDomain, call, &state)
      let domain = state.nextDomain
      state.nextDomain += 1
      state.domains[domain] = DomainState(
        flags: flags, datapath: flags.contains(.express) ? .ef10ct : settings.generation.datapath)
      return domain
    }
  }

  public func freeDomain(_ domain: UInt32) { locked { _ = $0.domains.removeValue(forKey: domain) } }

  public func register(
    _ base: UnsafeMutableRawPointer, byteCount: Int, domain: UInt32
  ) throws(EtherFabricError) -> DMAAddress {
    let pages = (byteCount + 4095) / 4096
    return try locked { state throws(EtherFabricError) in
      try fails(.memoryRegistration, "MemoryRegistration", &state)
      // Packed stream tells buffers and boundaries in them by the low bits of an address, the host's and the adapter's.
      let isPacked = state.domains[domain]?.flags.isDisjoint(with: InterfaceRules.packedStreamFlags) == false
      let modulus = isPacked ? PackedStreamLayout.bufferSize / RingRules.pageSize : 1
      let page = Int(bitPattern: base) / RingRules.pageSize
      guard let first = state.pages.allocate(pages, congruentTo: page, modulo: modulus) else {
        throw EtherFabricError(
          "MemoryRegistration", errno: ENOSPC,
          reason: "no room for \(pages) pages in the adapter's translation table",
          remedy: "Register less than \(TranslationTable.pageCount * 4096 >> 30) GiB in all.")
      }
      port.withClaim {
        port.pointee.translation.map(firstPage: first, pageCount: pages, host: base, domain: domain)
      }
      return DMAAddress(rawValue: UInt64(first) << 12)
    }
  }

  public func unregister(_ address: DMAAddress, byteCount: Int, domain: UInt32) {
    let pages = (byteCount + 4095) / 4096
    let first = Int(address.rawValue >> 12)
    locked { state in
      port.withClaim { port.pointee.translation.unmap(firstPage: first, pageCount: pages) }
      state.pages.release(first, pageCount: pages)
    }
  }

  /// Runs a control call alone.
  func locked<Result, Failure: Error>(
    _ body: (inout ControlState) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    pthread_mutex_lock(controlLock)
    defer { pthread_mutex_unlock(controlLock) }
    return try body(&control)
  }
}
