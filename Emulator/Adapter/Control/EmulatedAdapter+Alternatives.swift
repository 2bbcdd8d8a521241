import EtherFabric
import EtherFabricFormats
import Glibc

extension EmulatedAdapter {
  public func allocateAlternatives(
    _ count: Int, bytes: Int, interface: UInt32
  ) throws(EtherFabricError) -> [UInt8] {
    let call = "VirtualInterface.allocateAlternatives"
    guard count > 0, bytes > 0 else {
      throw EtherFabricError(
        call, errno: EINVAL, reason: "\(count) alternatives with \(bytes) bytes", remedy: "Ask for 1 or more of each.")
    }
    return try locked { state throws(EtherFabricError) in
      guard let memory = state.interfaces[interface], let sending = memory.state.pointee.sending,
        memory.state.pointee.flags.contains(.transmitAlternatives)
      else {
        throw EtherFabricError(
          call, errno: EINVAL, reason: "interface \(interface) was allocated without transmit alternatives",
          remedy: "Allocate it with InterfaceFlags.transmitAlternatives and a transmit ring.")
      }
      guard memory.alternatives == nil else {
        throw EtherFabricError(
          call, errno: EALREADY, reason: "interface \(interface) has alternatives", remedy: "Free these first.")
      }
      let share = try state.alternatives.take(count, bytes: bytes)
      memory.alternatives = share
      port.withClaim {
        sending.pointee.makeAlternatives(share.numbers, room: share.room)
        memory.state.pointee.transmitsPlainly = sending.pointee.sendsPlainly
      }
      return share.numbers
    }
  }

  public func freeAlternatives(interface: UInt32) throws(EtherFabricError) {
    try locked { state throws(EtherFabricError) in
      guard let memory = state.interfaces[interface], let sending = memory.state.pointee.sending,
        let share = memory.alternatives
      else {
        throw EtherFabricError(
          "VirtualInterface.freeAlternatives", errno: EINVAL, reason: "interface \(interface) has no alternatives",
          remedy: "Allocate some first.")
      }
      port.withClaim {
        sending.pointee.freeAlternatives()
        memory.state.pointee.transmitsPlainly = sending.pointee.sendsPlainly
      }
      memory.alternatives = nil
      state.alternatives.giveBack(share)
    }
  }
}
