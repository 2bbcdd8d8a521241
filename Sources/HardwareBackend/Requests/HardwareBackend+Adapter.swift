import CEtherFabric
import EtherFabric
import Glibc

/// Capabilities, counters and PIO buffers.
extension HardwareBackend {
  public func capability(_ capability: Capability) -> UInt64? {
    try? self.capability(capability, flags: device.domainFlags)
  }

  public func capability(_ capability: Capability, flags: DomainFlags) throws(EtherFabricError) -> UInt64? {
    var value: UInt = 0
    let number = ef_vi_capability(rawValue: .init(capability.number))
    let all = flags.union(device.domainFlags)
    let result =
      all.contains(.express)
      ? ciul_ef_vi_capabilities_get_from_pd_flags(
        handle, index, ef_pd_flags(rawValue: .init(all.rawValue)), number, &value)
      : ciul_ef_vi_capabilities_get(handle, index, number, &value)
    guard result < 0 else { return UInt64(value) }
    guard result == -EOPNOTSUPP || result == -ENOSYS else {
      throw failure("Driver.capability", "ef_vi_capabilities_get", result)
    }
    return nil
  }

  public func capability(_ capability: Capability, domain: UInt32) -> UInt64? {
    locked { state in
      guard let found = state.domains[domain] else { return nil }
      var value: UInt = 0
      let number = ef_vi_capability(rawValue: .init(capability.number))
      let result = ciul_ef_pd_capabilities_get(handle, found.structure, found.handle, number, &value)
      return result < 0 ? nil : UInt64(value)
    }
  }

  public func statistics() -> AdapterStatistics {
    AdapterStatistics(InterfaceFiles(device.interface).counters())
  }

  public func statistics(interface: UInt32) -> AdapterStatistics {
    guard let errors = try? receiveErrors(interface: interface, reset: false) else { return AdapterStatistics() }
    return AdapterStatistics([
      NamedCounter("rx_crc_errors", UInt64(errors.frameCheck), help: "frames with a bad frame check sequence"),
      NamedCounter("rx_trunc_errors", UInt64(errors.truncated), help: "frames that arrived cut"),
      NamedCounter("rx_no_descriptor", UInt64(errors.noDescriptor), help: "frames dropped without a descriptor"),
      NamedCounter("rx_abort_errors", UInt64(errors.aborted), help: "frames cut where the descriptors ended"),
    ])
  }

  /// `ef_vi_stats_query`, which asserts that the adapter is an EF10.
  public func receiveErrors(interface: UInt32, reset: Bool) throws(EtherFabricError) -> ReceiveErrorCounts {
    let operation = "VirtualInterface.queryStatistics"
    return try locked { state throws(EtherFabricError) in
      let found = try state.interface(interface, operation)
      guard Self.datapath(of: found.structure) == .ef10 else {
        throw failure(operation, "ef_vi_stats_query_layout", -EINVAL)
      }
      var layout: UnsafePointer<ef_vi_stats_layout>?
      var result = ciul_ef_vi_stats_query_layout(found.structure, &layout)
      guard result >= 0, let layout else { throw failure(operation, "ef_vi_stats_query_layout", min(result, -EINVAL)) }
      let bytes = UnsafeMutableRawPointer.allocate(
        byteCount: max(64, Int(layout.pointee.evsl_data_size)), alignment: 8)
      defer { bytes.deallocate() }
      bytes.initializeMemory(as: UInt8.self, repeating: 0, count: max(64, Int(layout.pointee.evsl_data_size)))
      result = ciul_ef_vi_stats_query(found.structure, found.handle, bytes, reset ? 1 : 0)
      guard result >= 0 else { throw failure(operation, "ef_vi_stats_query", result) }
      // Four counters of 32 bits, in the order of StatisticsLayout.receiveErrors, which is the library's.
      let values = bytes.assumingMemoryBound(to: UInt32.self)
      return ReceiveErrorCounts(
        frameCheck: values[0], truncated: values[1], noDescriptor: values[2], aborted: values[3])
    }
  }

  public func allocatePIO(domain: UInt32) throws(EtherFabricError) -> UInt32 {
    let operation = "ProtectionDomain.allocatePIO"
    return try locked { state throws(EtherFabricError) in
      let owner = try state.domain(domain, operation)
      let (pio, _) = try obtain(ef_pio.self, operation, "ef_pio_alloc") {
        ciul_ef_pio_alloc($0, $1, owner.structure, .max, owner.handle)
      }
      let number = state.number()
      state.pios[number] = pio
      return number
    }
  }

  public func freePIO(_ buffer: UInt32) {
    locked { state in
      state.pios.removeValue(forKey: buffer)?.release { ciul_ef_pio_free($0, $1) }
    }
  }

  public func linkPIO(_ buffer: UInt32, interface: UInt32) throws(EtherFabricError) -> UnsafeMutableRawPointer {
    let operation = "VirtualInterface.linkPIO"
    return try locked { state throws(EtherFabricError) in
      let owner = try state.interface(interface, operation)
      guard let found = state.pios[buffer] else { throw .unknown(operation, "PIO buffer", UInt64(buffer)) }
      let result = ciul_ef_pio_link_vi(found.structure, found.handle, owner.structure, owner.handle)
      guard result >= 0 else { throw failure(operation, "ef_pio_link_vi", result) }
      return UnsafeMutableRawPointer(found.structure.pointee.pio_buffer) ?? UnsafeMutableRawPointer(owner.structure)
    }
  }

  public func unlinkPIO(_ buffer: UInt32, interface: UInt32) throws(EtherFabricError) {
    let operation = "VirtualInterface.unlinkPIO"
    try locked { state throws(EtherFabricError) in
      let owner = try state.interface(interface, operation)
      guard let found = state.pios[buffer] else { throw .unknown(operation, "PIO buffer", UInt64(buffer)) }
      let result = ciul_ef_pio_unlink_vi(found.structure, found.handle, owner.structure, owner.handle)
      guard result >= 0 else { throw failure(operation, "ef_pio_unlink_vi", result) }
    }
  }
}
