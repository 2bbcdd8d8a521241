import CEtherFabric
import EtherFabric
import EtherFabricFormats
import Glibc

extension HardwareBackend {
  private static let allocateCall = "ProtectionDomain.allocateVirtualInterface"

  public func allocateInterface(_ request: InterfaceRequest) throws(EtherFabricError) -> InterfaceGrant {
    try locked { state throws(EtherFabricError) in
      let options = request.options
      let isShared = request.eventQueueOwner != nil
      let events = isShared ? 0 : try capacity("event queue", options.eventCapacity ?? InterfaceOptions.adapterDefault)
      let receives = try capacity("receive", options.receiveCapacity)
      let transmits = try capacity("transmit", options.transmitCapacity)
      let domain = try state.domain(request.domain, Self.allocateCall)
      let owner = try request.eventQueueOwner.map { number throws(EtherFabricError) in
        try state.interface(number, Self.allocateCall)
      }
      let flags = ef_vi_flags(rawValue: numericCast(options.flags.rawValue))
      let (interface, label): (ControlState.Interface, Int32)
      if let member = request.member {
        guard let set = state.sets[member.set]?.set else {
          throw .unknown(Self.allocateCall, "set", UInt64(member.set))
        }
        (interface, label) = try obtain(ef_vi.self, Self.allocateCall, "ef_vi_alloc_from_set") {
          ciul_ef_vi_alloc_from_set(
            $0, $1, set.structure, set.handle, Int32(clamping: member.index ?? -1), events, receives, transmits,
            owner?.structure, owner?.handle ?? -1, flags)
        }
      } else {
        (interface, label) = try obtain(ef_vi.self, Self.allocateCall, "ef_vi_alloc_from_pd") {
          ciul_ef_vi_alloc_from_pd(
            $0, $1, domain.structure, domain.handle, events, receives, transmits, owner?.structure,
            owner?.handle ?? -1, flags)
        }
      }
      let number = state.number()
      state.interfaces[number] = interface
      return InterfaceGrant(
        HardwareGrant(interface: interface.structure, handle: interface.handle), resource: number, label: Int(label),
        datapath: Self.datapath(of: interface.structure))
    }
  }

  /// A capacity that a C int holds.
  private func capacity(_ name: String, _ value: Int) throws(EtherFabricError) -> Int32 {
    guard let number = Int32(exactly: value), number >= -1 else {
      throw EtherFabricError(
        Self.allocateCall, errno: EINVAL, reason: "\(name) capacity \(value)",
        remedy: "Give a size that Driver.capability tells, 0 for none, or -1 for the adapter's.")
    }
    return number
  }

  static func datapath(of interface: UnsafeMutablePointer<ef_vi>) -> Datapath {
    switch UInt32(interface.pointee.nic_type.arch) {
    case UInt32(EF_VI_ARCH_EFCT.rawValue): .efct
    case UInt32(EF_VI_ARCH_EF10CT.rawValue): .ef10ct
    default: .ef10
    }
  }

  public func freeInterface(_ resource: UInt32) {
    locked { state in
      guard let found = state.interfaces.removeValue(forKey: resource) else { return }
      state.filters = state.filters.filter { $0.value.owner != resource }
      found.release { ciul_ef_vi_free($0, $1) }
    }
  }

  public func putSoftwareEvent(_ data: UInt32, interface: UInt32) throws(EtherFabricError) {
    let operation = "VirtualInterface.putSoftwareEvent"
    try call(operation, "ef_eventq_put", interface) {
      ciul_ef_eventq_put(ciul_ef_vi_resource_id($0.structure), $0.handle, data)
    }
  }

  public func flush(interface: UInt32) throws(EtherFabricError) {
    try call("VirtualInterface.flush", "ef_vi_flush", interface) { ciul_ef_vi_flush($0.structure, $0.handle) }
  }

  public func restartTransmit(interface: UInt32) throws(EtherFabricError) {
    try call("VirtualInterface.reinitializeTransmitQueue", "ef_vi_reinit_txq_post_error", interface) {
      ciul_ef_vi_reinit_txq_post_error($0.structure)
    }
  }

  public func restartReceive(interface: UInt32) throws(EtherFabricError) {
    throw missing("VirtualInterface.reinitializeReceiveQueue")
  }

  public func restartEvents(interface: UInt32) throws(EtherFabricError) {
    throw missing("VirtualInterface.reinitializeEventQueue")
  }

  private func missing(_ operation: String) -> EtherFabricError {
    EtherFabricError(
      operation, errno: EOPNOTSUPP, reason: "libciul has no such call",
      remedy: "Free the interface and allocate another.")
  }

  public func allocateAlternatives(
    _ count: Int, bytes: Int, interface: UInt32
  ) throws(EtherFabricError) -> [UInt8] {
    let operation = "VirtualInterface.allocateAlternatives"
    return try locked { state throws(EtherFabricError) in
      let found = try state.interface(interface, operation)
      let result = ciul_ef_vi_transmit_alt_alloc(found.structure, found.handle, Int32(clamping: count), bytes)
      guard result >= 0 else { throw failure(operation, "ef_vi_transmit_alt_alloc", result) }
      guard let numbers = found.structure.pointee.tx_alt_id2hw else { return [] }
      return (0..<Int(found.structure.pointee.tx_alt_num)).map { UInt8(truncatingIfNeeded: numbers[$0]) }
    }
  }

  public func freeAlternatives(interface: UInt32) throws(EtherFabricError) {
    try call("VirtualInterface.freeAlternatives", "ef_vi_transmit_alt_free", interface) {
      ciul_ef_vi_transmit_alt_free($0.structure, $0.handle)
    }
  }

  /// A call about an interface.
  func call(
    _ operation: String, _ name: String, _ interface: UInt32, _ body: (ControlState.Interface) -> Int32
  ) throws(EtherFabricError) {
    try locked { state throws(EtherFabricError) in
      let result = body(try state.interface(interface, operation))
      guard result >= 0 else { throw failure(operation, name, result) }
    }
  }
}
