import CiulHeaders
import CiulSupport
import EtherFabric
import Synchronization

/// What stands behind one `ef_vi` of a caller's. Slots are never given back, so that a call on an interface that has
/// been freed, or never was, finds memory in any case.
///
/// `vi_resource_id` says which slot it is, and `inited` must be the number that the slot has got for this interface:
/// what was freed, never initialised or is somebody else's has another one.
struct Slot: ~Copyable {
  /// The slot's own.
  var gate = Gate()
  /// The one to enter by: that of the interface whose event queue it is, because a poll of that one works on this one as
  /// well. Nil before the first use.
  var entrance: UnsafeMutablePointer<Gate>?
  /// 0 while the slot is free.
  var number: UInt32 = 0
  var interface: UnsafeMutablePointer<VirtualInterface>?
  /// What belongs to the interface beside the datapath.
  var control: Unmanaged<InterfaceControl>?
  /// The caller's structure, while the interface lives. Only good to be compared: the caller may have given it away.
  var home: UnsafeMutablePointer<ef_vi>?

  /// The slot whose gate this one is entered by.
  var queueOwner: UnsafeMutablePointer<Slot>? {
    entrance.map { UnsafeMutableRawPointer($0).assumingMemoryBound(to: Slot.self) }
  }

  static var capacity: UInt32 { UInt32(ciul_slot_count) }

  @inline(__always)
  static func at(_ index: UInt32) -> UnsafeMutablePointer<Slot> {
    let stride = Int(ciul_slot_bytes)
    return (ciul_slot_base().unsafelyUnwrapped + Int(index) &* stride).assumingMemoryBound(to: Slot.self)
  }
}

typealias InterfacePointer = UnsafeMutablePointer<ef_vi>

/// Runs a call on an interface, with no other thread in it.
/// - Parameter refused: the answer for what is no interface.
@inline(__always)
func within<Answer>(
  _ vi: InterfacePointer?, else refused: Answer,
  _ call: (UnsafeMutablePointer<VirtualInterface>, UnsafeMutablePointer<Slot>) -> Answer
) -> Answer {
  guard let vi else { return refused }
  let index = vi.pointee.vi_resource_id
  guard index < Slot.capacity else { return refused }
  let slot = Slot.at(index)
  guard let entrance = slot.pointee.entrance else { return refused }
  let pass = entrance.enter()
  defer { entrance.leave(pass) }
  // Behind the gate, because it may have been freed, and used for another interface, in between.
  guard slot.pointee.number == vi.pointee.inited, slot.pointee.entrance == entrance,
    let interface = slot.pointee.interface
  else { return refused }
  return call(interface, slot)
}

/// The same for calls that only need the interface.
@inline(__always)
func within<Answer>(
  _ vi: InterfacePointer?, else refused: Answer, _ call: (UnsafeMutablePointer<VirtualInterface>) -> Answer
) -> Answer {
  within(vi, else: refused) { interface, _ in call(interface) }
}
