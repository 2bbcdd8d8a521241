import EtherFabric
import EtherFabricFormats

/// Memory that a domain has registered in one piece.
struct RegisteredMemory: Equatable {
  var base: UnsafeMutableRawPointer
  var byteCount: Int
  var domain: UInt32
}

/// When frames are received into posted buffers. All of it is done by control calls, which hold the port.
extension EmulatedAdapter {
  /// Before anything that takes buffers from the adapter: those that the kernel has been lent come back by the
  /// `decideInPlace` that follows, under the same claim.
  func endInPlace() {
    guard wire.takesUserMemory else { return }
    port.pointee.inPlaceRefusal = nil
    guard port.pointee.inPlace != nil else { return }
    wire.holdFrames()
    port.takeEarlierFrames()
    port.endInPlace()
    updatePaths()
  }

  /// After anything that may decide it.
  func decideInPlace(_ state: inout ControlState) {
    guard wire.takesUserMemory else { return }
    do {
      let (interface, memory) = try whatIsInPlace(state)
      if let now = port.pointee.inPlace {
        if now.pointee.interface == interface, now.pointee.memory == memory { return }
        let refusal = port.pointee.inPlaceRefusal
        endInPlace()
        port.pointee.inPlaceRefusal = refusal
      }
      wire.holdFrames()
      port.takeEarlierFrames()
      try wire.adopt(memory)
      state.adopted = memory.base
      port.beginInPlace(interface, memory)
    } catch {
      let refusal = port.pointee.inPlaceRefusal
      endInPlace()
      port.pointee.inPlaceRefusal = refusal
      wire.relinquish(error)
    }
    wire.takeFrames()
  }

  /// The interface whose buffers can be lent, and their memory.
  private func whatIsInPlace(
    _ state: ControlState
  ) throws(UserMemoryRefusal) -> (UnsafeMutablePointer<InterfaceState>, UserMemory) {
    if let refusal = port.pointee.inPlaceRefusal { throw refusal }
    guard let receiver = filters.firstOfInterface.first?.key else { throw .nobodyReceives }
    guard filters.firstOfInterface.count == 1 else { throw .severalReceive }
    guard receiver < PortState.interfaceLimit, let interface = port.pointee.interfaces[Int(receiver)] else {
      throw .set
    }
    guard interface.pointee.datapath == .ef10 else { throw .otherDatapath }
    guard interface.pointee.receivesPlainly, interface.pointee.receiveMask != 0 else { throw .noPlainRing }
    guard interface.pointee.prefixLength == 0 else { throw .prefix }
    guard !interface.pointee.receiveStopped else { throw .stopped }
    guard port.pointee.receiveFaults == nil else { throw .faults }
    guard !filters.takesEverything else { throw .everything }
    let steering = port.pointee.steering
    guard steering.pointee.virtualPortCount == 0, steering.pointee.loopingCount == 0,
      steering.pointee.receiveSniffer < 0, steering.pointee.transmitSniffer < 0
    else { throw .steering }
    guard state.domains[interface.pointee.domain]?.isPhysical == false else { throw .physical }
    // Room for each frame that the port takes, and for what the kernel has as the least.
    let room = (max(wire.mtu + 18, Self.leastRoom) + 63) / 64 * 64
    guard room <= Self.mostRoom else { throw .longFrames }
    let memory = try registration(of: interface, state)
    let limit = Int(interface.pointee.receiveMask) + 1
    return (interface, UserMemory(base: memory.base, byteCount: memory.byteCount, room: room, limit: limit))
  }

  /// A chunk of the kernel's has 2048 bytes at least and a page at most, 256 of them in front of the frame.
  private static let leastRoom = 2048 - 256
  private static let mostRoom = 4096 - 256

  /// The registration that the interface's buffers lie in: by those that are posted, or where none is, the only one or
  /// that of before.
  private func registration(
    of interface: UnsafeMutablePointer<InterfaceState>, _ state: ControlState
  ) throws(UserMemoryRefusal) -> RegisteredMemory {
    let all = state.registrations.values.filter { $0.domain == interface.pointee.domain }
    guard let first = all.first else { throw .noRegistration }
    let read = interface.pointee.receiveRead
    guard read != interface.pointee.receiveAccepted else {
      if all.count == 1 { return first }
      guard let before = all.first(where: { $0.base == state.adopted }) else { throw .severalRegistrations }
      return before
    }
    let descriptor = ReceiveDescriptor(word: interface.pointee.receiveRing[Int(read)])
    let host = port.pointee.translation.translate(descriptor.address, length: 1, domain: interface.pointee.domain)
    let found = all.first { memory in
      host.map { $0 >= memory.base && $0 < memory.base + memory.byteCount } ?? false
    }
    guard let found else { throw .otherRegistration }
    return found
  }
}
