import CiulHeaders
import EtherFabric
import Glibc
import Synchronization

extension Slot {
  /// Puts an interface behind a caller's structure.
  /// - Parameter owner: the slot of the interface whose event queue it uses.
  /// - Returns: the slot; nil where all are in use.
  static func take(
    _ control: InterfaceControl, home: InterfacePointer, owner: UnsafeMutablePointer<Slot>?
  ) -> (index: UInt32, number: UInt32)? {
    let found = Registry.shared.withLock { registry -> (UInt32, UInt32)? in
      guard let index = registry.unusedSlot() ?? registry.freeSlots.popLast() else { return nil }
      return (index, registry.nextNumber())
    }
    guard let (index, number) = found else { return nil }
    let slot = Slot.at(index)
    let gate = UnsafeMutableRawPointer(slot).assumingMemoryBound(to: Gate.self)
    gate.prepare()
    slot.pointee.interface = control.interface
    slot.pointee.control = Unmanaged.passRetained(control)
    slot.pointee.entrance = owner?.pointee.entrance ?? gate
    slot.pointee.home = home
    slot.pointee.number = number
    return (index, number)
  }

  /// Takes the interface out of the slot. Under the gate.
  static func empty(_ slot: UnsafeMutablePointer<Slot>, index: UInt32) -> InterfaceControl? {
    slot.pointee.number = 0
    slot.pointee.interface = nil
    let control = slot.pointee.control?.takeRetainedValue()
    slot.pointee.control = nil
    slot.pointee.home = nil
    return control
  }
}

extension Registry {
  fileprivate mutating func unusedSlot() -> UInt32? {
    guard usedSlots < Slot.capacity else { return nil }
    usedSlots += 1
    return usedSlots - 1
  }
}
