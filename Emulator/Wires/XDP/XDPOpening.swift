import CLinuxShims
import EtherFabric
import Glibc

/// The steps of opening that more than one part shares.
enum XDPOpening {
  static let operation = "XDPWire.init"

  /// Passes a result on, or throws the negative errno in it.
  static func check(_ result: Int32, _ step: String, _ name: String) throws(EtherFabricError) -> Int32 {
    guard result < 0 else { return result }
    throw error(-result, step, name)
  }

  static func error(_ number: Int32, _ step: String, _ name: String) -> EtherFabricError {
    let remedy =
      switch number {
      case EPERM, EACCES:
        "Run as root, or give the program the capabilities (setcap cap_net_raw,cap_net_admin,cap_bpf+ep <program>)."
      case ENODEV, ENXIO: "`ip link` lists the interfaces of this network namespace."
      case EBUSY, EEXIST:
        "Another program has it: `ip link show \(name)` shows an XDP program, `ss --xdp` the sockets."
      case ENOMEM, ENOBUFS: "Ask for fewer slots or queues, or raise the limit of locked memory (ulimit -l)."
      case EAFNOSUPPORT, EPROTONOSUPPORT: "This kernel has no AF_XDP; use emu:afpacket:\(name)."
      case EINVAL, ENOPROTOOPT: "This needs a kernel of 5.18 or newer with AF_XDP; or use emu:afpacket:\(name)."
      default: "The kernel refused; `dmesg` may say more. emu:afpacket:\(name) needs less of it."
      }
    let reason =
      switch number {
      case ENODEV: "there is no interface \(name)"
      case EPERM, EACCES: "no permission to \(step) for \(name)"
      default: "cannot \(step) for \(name)"
      }
    return EtherFabricError(operation, errno: number, reason: reason, remedy: remedy)
  }

  /// Refuses options that no kernel could take.
  static func validate(_ options: XDPWireOptions) throws(EtherFabricError) {
    func refuse(_ reason: String, _ remedy: String) -> EtherFabricError {
      EtherFabricError(operation, errno: EINVAL, reason: reason, remedy: remedy)
    }
    func isPower(_ count: Int, _ range: ClosedRange<Int>) -> Bool {
      range.contains(count) && count & (count - 1) == 0
    }
    if let queues = options.queues, !(1...limitOfQueues).contains(queues) {
      throw refuse("queues is \(queues)", "Choose 1 to \(limitOfQueues).")
    }
    if let slots = options.receiveSlots, !isPower(slots, 64...32768) {
      throw refuse("receiveSlots is \(slots)", "Choose a power of two from 64 to 32768.")
    }
    guard isPower(options.transmitSlots, 64...8192) else {
      throw refuse("transmitSlots is \(options.transmitSlots)", "Choose a power of two from 64 to 8192.")
    }
  }

  static let limitOfQueues = 64

  /// Receive slots of each of several queues: 8192 in all, 256 at least and 2048 at most.
  static func receiveSlots(queues: Int) -> Int {
    var slots = 2048
    while slots > 256, slots * queues > 8192 { slots /= 2 }
    return slots
  }
}
