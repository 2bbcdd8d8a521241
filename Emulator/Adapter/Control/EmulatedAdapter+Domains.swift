import EtherFabric
import EtherFabricFormats
import Glibc

extension EmulatedAdapter {
  private static let allocateDomainCall = "Driver.allocateProtectionDomain"

  public func allocateDomain(flags: DomainFlags) throws(EtherFabricError) -> UInt32 {
    try allocateDomain(flags: flags, vlan: nil)
  }

  public func allocateDomain(flags: DomainFlags, vlan: UInt16?) throws(EtherFabricError) -> UInt32 {
    let datapath = try datapath(of: flags)
    try check(flags, datapath)
    return try locked { state throws(EtherFabricError) in
      try fails(.protectionDomain, Self.allocateDomainCall, &state)
      let handle = state.nextDomain | (flags.contains(.physicalMode) ? BusTable.domainBit : 0)
      var domain = DomainState(flags: flags, datapath: datapath)
      if flags.contains(.virtualPort) { domain.virtualPort = try takeVirtualPort(vlan, &state) }
      if flags.contains(.multicastLoopback), datapath == .ef10 { domain.stack = handle }
      state.nextDomain += 1
      state.domains[handle] = domain
      return handle
    }
  }

  public func freeDomain(_ domain: UInt32) {
    locked { state in
      guard let entry = state.domains.removeValue(forKey: domain), entry.virtualPort != 0 else { return }
      port.withClaim {
        port.pointee.steering.pointee.tags[Int(entry.virtualPort)] = SteeringState.absent
        port.pointee.steering.pointee.virtualPortCount -= 1
        filters.virtualPortTags[entry.virtualPort] = nil
        updatePaths()
        decideInPlace(&state)
      }
    }
  }

  /// Which of the adapter's functions a domain is on.
  func datapath(of flags: DomainFlags) throws(EtherFabricError) -> Datapath {
    guard flags.contains(.express) else { return settings.generation.datapath }
    guard settings.generation.hasExpress else {
      throw EtherFabricError(
        Self.allocateDomainCall, errno: ENODEV, reason: "an emulated \(settings.generation) has no express datapath",
        remedy: "Leave out the flag, or open an X4 with 'nic=x4'.")
    }
    return .ef10ct
  }

  private func check(_ flags: DomainFlags, _ datapath: Datapath) throws(EtherFabricError) {
    func refusal(_ errno: Int32, _ reason: String, _ remedy: String) -> EtherFabricError {
      EtherFabricError(Self.allocateDomainCall, errno: errno, reason: reason, remedy: remedy)
    }
    if flags.contains(.virtualFunction) {
      throw refusal(ENODEV, "the emulated adapter has no virtual functions", "Leave out the flag: no driver has them.")
    }
    let unknown = flags.subtracting(InterfaceRules.domainFlags(datapath, settings.firmware))
    guard unknown.isEmpty else {
      throw refusal(
        EOPNOTSUPP, "flags 0x\(String(unknown.rawValue, radix: 16)) are not had by the emulated \(settings.generation)",
        "Leave them out; Driver.capability tells what there is.")
    }
    guard !flags.contains(.physicalMode) || settings.physicalMode.isAllowed else {
      throw refusal(
        EPERM, "physical addresses are not allowed to this program, which could reach all memory with them",
        "Run it in the group 0, or open the device with 'phys=on'.")
    }
  }

  private func takeVirtualPort(
    _ vlan: UInt16?, _ state: inout ControlState
  ) throws(EtherFabricError) -> UInt8 {
    let tags = port.pointee.steering.pointee.tags
    guard let number = (1...SteeringState.virtualPortLimit).first(where: { tags[$0] == SteeringState.absent }) else {
      throw EtherFabricError(
        Self.allocateDomainCall, errno: ENOSPC,
        reason: "all \(SteeringState.virtualPortLimit) virtual ports are in use", remedy: "Free a domain first.")
    }
    port.withClaim {
      tags[number] = vlan ?? SteeringState.untagged
      port.pointee.steering.pointee.virtualPortCount += 1
      filters.virtualPortTags[UInt8(number)] = vlan
      updatePaths()
      decideInPlace(&state)
    }
    return UInt8(number)
  }
}

extension Generation {
  /// Whether there is an express function, alone or beside another.
  var hasExpress: Bool { self == .x4 || self == .x4Express }
}
