import EtherFabric
import EtherFabricFormats
import Glibc

/// What is asked of the queues of an interface that lives.
extension EmulatedAdapter {
  public func putSoftwareEvent(_ data: UInt32, interface: UInt32) throws(EtherFabricError) {
    let isExpress = try withInterface(interface, "VirtualInterface.putSoftwareEvent") { state in
      guard !state.pointee.datapath.isExpress else { return true }
      // The driver does not look what became of it.
      guard !state.pointee.events.pointee.isHalted else { return false }
      state.pointee.events.post(ManagementEventWord(kind: ManagementEventWord.Kind.software, data: data).word)
      return false
    }
    guard !isExpress else {
      throw EtherFabricError(
        "VirtualInterface.putSoftwareEvent", errno: EOPNOTSUPP,
        reason: "the event queue of an X3 or X4 express has no software events",
        remedy: "Wake its reader some other way, or use an interface of EF10.")
    }
  }

  /// Puts any event word in the event queue of an interface: what hardware raises once a year, now.
  /// On an X3 or X4 the word gets the phase of its slot.
  public func raise(_ word: UInt64, interface: UInt32) throws(EtherFabricError) {
    try withInterface(interface, "EmulatedAdapter.raise") { $0.post(word) }
  }

  public func flush(interface: UInt32) throws(EtherFabricError) {
    try withInterface(interface, "VirtualInterface.flush", takesBuffers: true) { state in
      state.pointee.receiveStopped = true
      state.pointee.transmitStopped = true
      guard !state.pointee.events.pointee.isHalted else { return }
      if let express = state.pointee.express { return state.flushExpress(express) }
      let label = UInt32(state.pointee.label)
      typealias Kind = ManagementEventWord.Kind
      if state.pointee.transmitMask != 0 {
        state.pointee.events.post(ManagementEventWord(kind: Kind.transmitFlush, data: label).word)
      }
      if state.pointee.receiveMask != 0 {
        state.pointee.events.post(ManagementEventWord(kind: Kind.receiveFlush, data: label).word)
      }
    }
  }

  public func restartTransmit(interface: UInt32) throws(EtherFabricError) {
    try withRing(interface, "VirtualInterface.reinitializeTransmitQueue") { state in
      state.pointee.transmitRead = 0
      state.pointee.transmitStopped = false
      state.pointee.unreported = 0
      if let express = state.pointee.express { state.restartStream(express) }
      state.restartSending()
      state.pointee.clearDoorbell(DoorbellPage.transmitDoorbell)
    }
  }

  public func restartReceive(interface: UInt32) throws(EtherFabricError) {
    try withRing(interface, "VirtualInterface.reinitializeReceiveQueue", takesBuffers: true) { state in
      state.forgetDescriptors()
      state.pointee.receiveStopped = false
      if let express = state.pointee.express { state.restartQueues(express) }
      state.pointee.clearDoorbell(DoorbellPage.receiveDoorbell)
    }
  }

  public func restartEvents(interface: UInt32) throws(EtherFabricError) {
    try withInterface(interface, "VirtualInterface.reinitializeEventQueue") { $0.pointee.events.reset() }
  }

  /// - Parameter takesBuffers: the buffers that the interface has posted are nobody's afterwards.
  func withInterface<Result>(
    _ interface: UInt32, _ call: String, takesBuffers: Bool = false,
    _ body: (UnsafeMutablePointer<InterfaceState>) -> Result
  ) throws(EtherFabricError) -> Result {
    try locked { state throws(EtherFabricError) in
      guard let memory = state.interfaces[interface] else {
        throw EtherFabricError(
          call, errno: EINVAL, reason: "no interface \(interface)", remedy: "Pass the resource id of one that lives.")
      }
      return port.withClaim {
        guard takesBuffers else { return body(memory.state) }
        if port.pointee.inPlace.map({ $0.pointee.interface == memory.state }) ?? true { endInPlace() }
        let result = body(memory.state)
        decideInPlace(&state)
        return result
      }
    }
  }

  /// The same for starting a ring: it needs an event queue that lives.
  private func withRing(
    _ interface: UInt32, _ call: String, takesBuffers: Bool = false,
    _ body: (UnsafeMutablePointer<InterfaceState>) -> Void
  ) throws(EtherFabricError) {
    let isHalted = try withInterface(interface, call, takesBuffers: takesBuffers) { state in
      guard !state.pointee.events.pointee.isHalted else { return true }
      body(state)
      return false
    }
    guard !isHalted else {
      throw EtherFabricError(
        call, errno: EINVAL, reason: "the event queue of interface \(interface) was ended by a reset",
        remedy: "Call reinitializeEventQueue first, on the interface that owns the queue.")
    }
  }
}

extension InterfaceState {
  func clearDoorbell(_ register: Int) { doorbells.storeBytes(of: 0, toByteOffset: register, as: UInt32.self) }
}
