import EtherFabric
import NetworkLab

/// Two devices that are joined, and the frame that goes from one to the other.
struct Wires {
  let left: String
  let right: String
  var isEF10 = true
  static let length = 64

  static func named(_ name: String) throws -> Wires {
    switch name {
    case "cable": return Wires(left: "emu:cable:probe/0", right: "emu:cable:probe/1")
    case "x3", "x4-express":
      return Wires(
        left: "emu:cable:probe/0,nic=\(name)", right: "emu:cable:probe/1,nic=\(name)", isEF10: false)
    case "afpacket":
      try Namespace.enterPrivate()
      let pair = try VethPair()
      return Wires(left: "emu:afpacket:\(pair.adapterEnd)", right: "emu:afpacket:\(pair.kernelEnd)")
    case "shm": return try sharedMemory()
    case "tap": return try bridgedTAPs()
    case "xdp", "xdp-generic", "xdp-user", "xdp-user-generic":
      try Namespace.enterPrivate()
      let pair = try VethPair()
      let attach = name.hasSuffix("generic") ? "generic" : "native"
      let options = "attach=\(attach),memory=\(name.contains("user") ? "user" : "own")"
      return Wires(left: "emu:xdp:\(pair.adapterEnd),\(options)", right: "emu:xdp:\(pair.kernelEnd),\(options)")
    default:
      throw ProbeError(
        reason:
          "no wire is called '\(name)': cable, x3, x4-express, afpacket, xdp, xdp-generic, xdp-user, xdp-user-generic, shm, tap"
      )
    }
  }

  /// UDP over IPv4, with the checksums that EFCT and EF10CT do not fill in.
  static func store(to frame: UnsafeMutableRawPointer, destination: MACAddress, source: MACAddress) {
    frame.initializeMemory(as: UInt8.self, repeating: 0, count: length)
    destination.store(to: frame)
    source.store(to: frame + 6)
    let fields = [
      (12, 0x0800), (14, 0x4500), (16, length - 14), (22, 0x4011), (24, 0x66a5), (26, 0x0a09), (28, 2), (30, 0x0a09),
      (32, 3),
      (34, 9001), (36, 9000), (38, length - 34),
    ]
    for (offset, value) in fields {
      frame.storeBytes(of: UInt16(value).bigEndian, toByteOffset: offset, as: UInt16.self)
    }
  }
}

struct ProbeError: Error { var reason: String }
