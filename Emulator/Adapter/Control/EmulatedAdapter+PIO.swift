import EtherFabric
import EtherFabricFormats
import Glibc

extension EmulatedAdapter {
  public func allocatePIO(domain: UInt32) throws(EtherFabricError) -> UInt32 {
    let call = "ProtectionDomain.allocatePIO"
    return try locked { state throws(EtherFabricError) in
      guard let owner = state.domains[domain] else {
        throw EtherFabricError(
          call, errno: EINVAL, reason: "no protection domain \(domain)", remedy: "Pass one that lives.")
      }
      guard owner.datapath == .ef10 else {
        throw EtherFabricError(
          call, errno: EOPNOTSUPP, reason: "\(settings.generation) has no PIO here",
          remedy: "Ask Driver.capability before, or choose another adapter with 'nic='.")
      }
      guard state.pioBuffers.count < PIOMemory.limit else {
        throw EtherFabricError(
          call, errno: ENOSPC, reason: "all \(PIOMemory.limit) PIO buffers are in use", remedy: "Free one first.")
      }
      let buffer = state.nextPIO
      state.nextPIO += 1
      state.pioBuffers[buffer] = PIOMemory()
      return buffer
    }
  }

  public func freePIO(_ buffer: UInt32) {
    locked { state in
      guard let memory = state.pioBuffers.removeValue(forKey: buffer) else { return }
      port.withClaim {
        for interface in state.interfaces.values {
          guard let sending = interface.state.pointee.sending else { continue }
          if sending.pointee.pioBuffer == memory.base { sending.pointee.pioBuffer = nil }
        }
      }
    }
  }

  public func linkPIO(
    _ buffer: UInt32, interface: UInt32
  ) throws(EtherFabricError) -> UnsafeMutableRawPointer {
    try withPIO(buffer, interface, "VirtualInterface.linkPIO") { sending, memory throws(EtherFabricError) in
      guard sending.pointee.pioBuffer == nil else {
        throw EtherFabricError(
          "VirtualInterface.linkPIO", errno: EBUSY, reason: "interface \(interface) has a PIO buffer already",
          remedy: "Unlink that one first.")
      }
      port.withClaim { sending.pointee.pioBuffer = memory.base }
      return memory.base
    }
  }

  public func unlinkPIO(_ buffer: UInt32, interface: UInt32) throws(EtherFabricError) {
    try withPIO(buffer, interface, "VirtualInterface.unlinkPIO") { sending, memory throws(EtherFabricError) in
      guard sending.pointee.pioBuffer == memory.base else {
        throw EtherFabricError(
          "VirtualInterface.unlinkPIO", errno: EINVAL, reason: "PIO buffer \(buffer) is not linked",
          remedy: "Unlink the one that is.")
      }
      port.withClaim { sending.pointee.pioBuffer = nil }
    }
  }

  private func withPIO<Result>(
    _ buffer: UInt32, _ interface: UInt32, _ call: String,
    _ body: (UnsafeMutablePointer<InterfaceSending>, PIOMemory) throws(EtherFabricError) -> Result
  ) throws(EtherFabricError) -> Result {
    try locked { state throws(EtherFabricError) in
      guard let sending = state.interfaces[interface]?.state.pointee.sending, let memory = state.pioBuffers[buffer]
      else {
        throw EtherFabricError(
          call, errno: EINVAL, reason: "no PIO buffer \(buffer), or no interface \(interface) with a transmit ring",
          remedy: "Pass ones that live.")
      }
      return try body(sending, memory)
    }
  }
}
