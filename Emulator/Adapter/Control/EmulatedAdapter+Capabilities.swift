import EtherFabric

extension EmulatedAdapter {
  public func capability(_ capability: Capability) -> UInt64? {
    value(capability, settings.generation.datapath, byDomain: false)
  }

  public func capability(_ capability: Capability, flags: DomainFlags) throws(EtherFabricError) -> UInt64? {
    value(capability, try datapath(of: flags), byDomain: false)
  }

  public func capability(_ capability: Capability, domain: UInt32) -> UInt64? {
    let datapath = locked { $0.domains[domain]?.datapath }
    return value(capability, datapath ?? settings.generation.datapath, byDomain: true)
  }

  private func value(_ capability: Capability, _ datapath: Datapath, byDomain: Bool) -> UInt64? {
    // What else the port has is a question about the port.
    if capability == .extraDatapaths, byDomain { return 0 }
    return EmulatedCapabilities.value(
      of: capability, datapath: datapath, generation: settings.generation, firmware: settings.firmware)
  }
}
