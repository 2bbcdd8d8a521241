import CLinuxShims
import EtherFabric
import Glibc

let tapOpenOperation = "TAPWire.init"

/// Passes a result on, or throws the negative errno in it.
@discardableResult
func tapCheck(_ result: Int32, _ step: String, _ name: String) throws(EtherFabricError) -> Int32 {
  guard result < 0 else { return result }
  let remedy =
    switch -result {
    case EPERM, EACCES:
      "Run as root, or in a user namespace (unshare -Urn), or let root make the interface for you "
        + "(ip tuntap add mode tap user $USER name \(name))."
    case ENOENT, ENODEV: "Load the kernel's module (modprobe tun); a container also needs /dev/net/tun."
    case EBUSY: "Another program has the interface: choose another name."
    case EINVAL: "An interface of this name is of another kind: choose another name."
    default: "The kernel refused; `dmesg` may say more."
    }
  throw EtherFabricError(tapOpenOperation, errno: -result, reason: "cannot \(step) \(name)", remedy: remedy)
}

/// Refuses what no kernel could take.
func tapValidate(_ name: String, _ options: TAPWireOptions) throws(EtherFabricError) {
  func refuse(_ code: Int32, _ reason: String, _ remedy: String) -> EtherFabricError {
    EtherFabricError(tapOpenOperation, errno: code, reason: reason, remedy: remedy)
  }
  guard (1..<Int(IFNAMSIZ)).contains(name.utf8.count), name != ".", name != "..",
    !name.utf8.contains(where: { $0 <= 32 || [37, 47, 58].contains($0) })
  else {
    // A `%` would be a pattern to the kernel.
    throw refuse(
      EINVAL, "\"\(name)\" is not the name of an interface", "Names have 1 to 15 bytes without / : % and blanks.")
  }
  if let mtu = options.mtu, !(68...65521).contains(mtu) {
    throw refuse(EINVAL, "the MTU is \(mtu)", "Choose 68 to 65521 bytes.")
  }
  guard (1...65536).contains(options.queueLength) else {
    throw refuse(EINVAL, "queueLength is \(options.queueLength)", "Choose 1 to 65536 frames.")
  }
  if let address = options.address, tapNetwork(address) == nil {
    throw refuse(EINVAL, "'\(address)' is not an address with its network", "Write for example 10.0.0.1/24.")
  }
}

/// An address in network order and the bits of its network, from `10.0.0.1/24`.
func tapNetwork(_ text: String) -> (address: UInt32, bits: Int32)? {
  let parts = text.split(separator: "/", omittingEmptySubsequences: false)
  var address = in_addr()
  guard parts.count == 2, inet_pton(AF_INET, String(parts[0]), &address) == 1, let bits = Int32(parts[1]),
    (1...32).contains(bits)
  else { return nil }
  return (address.s_addr, bits)
}
