import EtherFabric
import Glibc
import NetworkLab

/// Wires whose ends have to find each other first: they are kept open, and joined before anything is counted.
extension Wires {
  nonisolated(unsafe) private static var kept: [Driver] = []

  /// Two ends in one process, which are two ends all the same.
  static func sharedMemory() throws -> Wires {
    let name = "emu:shm:probe\(getpid())"
    return try Wires(left: "\(name)/0", right: "\(name)/1").keep {
      kept.map(\.isLinkUp) == [true, true]
    }
  }

  /// Two TAPs that stay, and the kernel's bridge between them.
  static func bridgedTAPs() throws -> Wires {
    try Namespace.enterPrivate()
    if let file = fopen("/proc/sys/net/ipv6/conf/default/disable_ipv6", "w") {
      fputs("1", file)
      fclose(file)
    }
    let words = [
      "link add b0 type bridge", "link set b0 up", "tuntap add mode tap name p0", "tuntap add mode tap name p1",
      "link set p0 master b0", "link set p1 master b0",
    ]
    for command in words { try IPTool.run("DatapathProbe", command) }
    return try Wires(left: "emu:tap:p0", right: "emu:tap:p1").keep {
      try ["p0", "p1"].allSatisfy { try IPTool.run("DatapathProbe", "-d link show \($0)").contains("state forwarding") }
    }
  }

  private func keep(until isJoined: () throws -> Bool) throws -> Wires {
    Self.kept = [try Driver.open(left), try Driver.open(right)]
    for _ in 0..<500 {
      if try isJoined() { return self }
      usleep(10_000)
    }
    throw ProbeError(reason: "\(left) and \(right) do not find each other")
  }
}
