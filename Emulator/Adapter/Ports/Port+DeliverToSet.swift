import EtherFabric
import EtherFabricFormats

extension UnsafeMutablePointer where Pointee == PortState {
  /// Hands a frame to the member of a set that its hash says. The parser's findings are those of this frame.
  @inline(never)
  func deliverToSet(_ frame: WireFrame, _ destination: Int, flags: UInt64, filter: UInt32) -> DeliveryOutcome {
    let slot = destination - PortState.interfaceLimit
    guard slot >= 0, slot < PortState.setLimit, let set = pointee.sets[slot] else { return .stopped }
    // The driver gives no hash to a set of one.
    let hash = set.pointee.isSpread ? pointee.hashing?.hash(frame.bytes, pointee.layout) ?? 0 : 0
    guard let interface = set.pointee.member(hash) else {
      set.pointee.absent &+= 1
      return .noMember
    }
    pointee.frameHash = hash
    defer { pointee.frameHash = 0 }
    return hand(frame, to: interface, flags: flags, filter: filter)
  }

  /// One copy to an interface, off the main path.
  @inline(never)
  func hand(
    _ frame: WireFrame, to interface: UnsafeMutablePointer<InterfaceState>, flags: UInt64, filter: UInt32
  ) -> DeliveryOutcome {
    interface.pointee.receivesPlainly
      ? deliver(frame, to: interface, flags: flags)
      : deliverSpecially(frame, to: interface, flags: flags, filter: filter)
  }
}
