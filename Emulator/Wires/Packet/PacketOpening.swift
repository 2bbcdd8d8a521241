import CLinuxShims
import EtherFabric
import Glibc

/// A descriptor that is closed with its owner.
struct PacketDescriptor: ~Copyable {
  let number: Int32

  deinit { close(number) }
}

/// The mapped ring of a socket.
struct PacketMapping: ~Copyable {
  let base: UnsafeMutableRawPointer
  let size: Int

  deinit { munmap(base, size) }
}

/// What an interface says of itself.
struct PacketInterface {
  let name: String
  let index: Int32
  let mtu: Int
  let address: MACAddress

  /// Reads an interface through any socket of its network namespace.
  init(_ name: String, socket: Int32, allowDown: Bool) throws(EtherFabricError) {
    self.name = name
    index = try packetCheck(packet_interface_index(socket, name), "look for the interface", name)
    var bytes: (UInt64) = 0
    let type = try withUnsafeMutableBytes(of: &bytes) { room throws(EtherFabricError) in
      try packetCheck(
        packet_interface_address(socket, name, room.baseAddress?.assumingMemoryBound(to: UInt8.self)),
        "read the hardware address", name)
    }
    guard type == Int32(ARPHRD_ETHER) else {
      throw EtherFabricError(
        packetOpenOperation, errno: EOPNOTSUPP, reason: "\(name) is not an Ethernet interface (hardware type \(type))",
        remedy: "Choose an interface that `ip link` shows as link/ether.")
    }
    address = withUnsafeBytes(of: &bytes) { MACAddress(load: $0.baseAddress!) }
    mtu = Int(try packetCheck(packet_interface_mtu(socket, name), "read the MTU", name))
    let flags = try packetCheck(packet_interface_flags(socket, name), "read the state", name)
    guard allowDown || flags & Int32(IFF_UP) != 0 else {
      throw EtherFabricError(
        packetOpenOperation, errno: ENETDOWN, reason: "\(name) is down",
        remedy: "Bring it up with `ip link set \(name) up`, or allow it to be down.")
    }
  }
}

let packetOpenOperation = "PacketWire.init"

/// Passes a result on, or throws the negative errno in it.
func packetCheck(_ result: Int32, _ step: String, _ name: String) throws(EtherFabricError) -> Int32 {
  guard result < 0 else { return result }
  let remedy =
    switch -result {
    case EPERM, EACCES:
      "Run as root, or in a user namespace (unshare -Urn), or give the program the capability "
        + "(setcap cap_net_raw+ep <program>)."
    case ENODEV, ENXIO: "`ip link` lists the interfaces of this network namespace."
    case ENOMEM: "Ask for fewer receive slots."
    case ENOPROTOOPT, EINVAL: "This needs a kernel of 4.20 or newer with AF_PACKET."
    default: "The kernel refused; `dmesg` may say more."
    }
  let reason =
    switch -result {
    case ENODEV, ENXIO: "there is no interface \(name)"
    case EPERM, EACCES: "no permission to \(step) for \(name)"
    default: "cannot \(step) for \(name)"
    }
  throw EtherFabricError(packetOpenOperation, errno: -result, reason: reason, remedy: remedy)
}

/// Refuses names and options that no kernel could take.
func packetValidate(_ name: String, _ options: PacketWireOptions) throws(EtherFabricError) {
  guard name.utf8.count < Int(IFNAMSIZ) else {
    throw EtherFabricError(
      packetOpenOperation, errno: ENAMETOOLONG, reason: "the interface name \(name) has \(name.utf8.count) bytes",
      remedy: "Interface names have at most \(Int(IFNAMSIZ) - 1) bytes.")
  }
  guard !name.isEmpty, !name.utf8.contains(0), !name.utf8.contains(UInt8(ascii: "/")) else {
    throw EtherFabricError(
      packetOpenOperation, errno: ENODEV, reason: "\"\(name)\" is not the name of an interface",
      remedy: "`ip link` lists the interfaces of this network namespace.")
  }
  guard (1...65536).contains(options.receiveSlots) else {
    throw EtherFabricError(
      packetOpenOperation, errno: EINVAL, reason: "receiveSlots is \(options.receiveSlots)",
      remedy: "Choose 1 to 65536 slots.")
  }
  guard (1...64).contains(options.transmitBatch) else {
    throw EtherFabricError(
      packetOpenOperation, errno: EINVAL, reason: "transmitBatch is \(options.transmitBatch)",
      remedy: "Choose 1 to 64 frames.")
  }
}
