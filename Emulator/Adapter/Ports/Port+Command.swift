import EtherFabric
import EtherFabricFormats

/// `InterfaceGrant.Command` of the emulated adapter: a store to a register that takes commands. It is carried out by
/// the calling thread, with either kind of service: a store to a device does not get lost.
func commandInterface(_ context: UnsafeMutableRawPointer, _ register: Int, _ value: UInt64) {
  let interface = context.assumingMemoryBound(to: InterfaceState.self)
  let port = interface.pointee.port
  if !port.tryClaim() { _ = port.claimForDoorbell(isPatient: true) }
  port.carryOut(register, value, interface)
  port.release()
}

extension UnsafeMutablePointer where Pointee == PortState {
  /// One command, by the register that it was stored to.
  @inline(__always)
  fileprivate func carryOut(_ register: Int, _ value: UInt64, _ interface: UnsafeMutablePointer<InterfaceState>) {
    switch register {
    case DoorbellPage.transmitDoorbell:
      return carryOutTransmit(TransmitCommand(word: UInt32(truncatingIfNeeded: value)), interface)
    case DoorbellPage.ctpioAperture where interface.pointee.datapath == .ef10:
      return takeCutThrough(Int(truncatingIfNeeded: value), interface)
    case DoorbellPage.eventQueueTimer:
      return setTimer(TimerRegister(word: UInt32(truncatingIfNeeded: value)), interface.pointee.events)
    case DoorbellPage.receiveDoorbell:
      guard let packed = interface.pointee.packedStream,
        let credits = PackedStreamCredit.count(of: UInt32(truncatingIfNeeded: value))
      else { break }
      return packed.pointee.grant(credits)
    case DoorbellPage.eventCredits:
      guard let express = interface.pointee.express else { break }
      return interface.grantCredits(CreditRegister(word: UInt32(truncatingIfNeeded: value)), express)
    case DoorbellPage.ctpioAperture:
      guard let express = interface.pointee.express else { break }
      return takeStream(value, interface, express)
    case ExpressParameters.firstPostRegister...ExpressParameters.lastPostRegister:
      if postSuperbuf(BufferPost(word: value), register: register, interface) { return }
    default: break
    }
    pointee.counters.unknownCommands &+= 1
  }
}
