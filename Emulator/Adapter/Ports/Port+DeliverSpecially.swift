import EtherFabric
import EtherFabricFormats

extension UnsafeMutablePointer where Pointee == PortState {
  /// Every way into an interface but that of one event for each buffer.
  @inline(never)
  func deliverSpecially(
    _ frame: WireFrame, to interface: UnsafeMutablePointer<InterfaceState>, flags: UInt64, filter: UInt32
  ) -> DeliveryOutcome {
    if interface.pointee.express != nil { return deliverExpress(frame, flags: flags, filter: filter) }
    if let merge = interface.pointee.merge {
      return deliverMerged(frame, to: interface, flags: flags, filter: filter, merge)
    }
    if let packed = interface.pointee.packedStream {
      return deliverPacked(frame, to: interface, flags: flags, packed)
    }
    return .stopped
  }
}
