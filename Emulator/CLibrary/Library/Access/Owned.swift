import CiulHeaders
import EtherFabric
import Glibc

/// Runs a call that goes to the driver: the handle must be the one that the interface was allocated over, as the driver
/// knows resources by handle.
func withinOwned(
  _ vi: InterfacePointer?, _ descriptor: ef_driver_handle, _ call: String,
  _ body: (UnsafeMutablePointer<VirtualInterface>, InterfaceControl) throws(EtherFabricError) -> CInt
) -> CInt {
  within(vi, else: invalid) { interface, slot in
    guard let control = slot.pointee.control?.takeUnretainedValue() else { return invalid }
    return answer { () throws(EtherFabricError) in
      guard try Registry.handle(descriptor, call) === control.handle else { return invalid }
      return try body(interface, control)
    }
  }
}
