import Glibc

/// A program that ours is compared with, and the Debian packages that it comes in.
struct Peer: Sendable {
  let program: String
  let packages: [String]
  /// A directory and the beginning of a file name that has to be in it or a folder of it, for drivers.
  var needed: [String] = []

  static let testpmd = Peer(
    program: "dpdk-testpmd",
    packages: [
      "dpdk-dev", "librte-net-af-packet23", "librte-net-af-xdp23", "librte-net-ring23", "librte-net-null23",
    ],
    needed: ["librte_net_af_packet", "librte_net_af_xdp", "librte_net_ring", "librte_net_null"])
  static let tcpdump = Peer(program: "tcpdump", packages: ["tcpdump"])
  static let valgrind = Peer(program: "valgrind", packages: ["valgrind"])

  /// Where it is; nil where it is not there, or a driver of it is not.
  var path: String? {
    guard let found = Self.find(program) else { return nil }
    return needed.allSatisfy(Self.hasLibrary) ? found : nil
  }

  static func find(_ program: String) -> String? {
    ["/usr/bin", "/usr/sbin", "/bin", "/sbin", "/usr/local/bin"].map { "\($0)/\(program)" }.first {
      access($0, X_OK) == 0
    }
  }

  private static func hasLibrary(_ name: String) -> Bool {
    ["/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib64", "/usr/local/lib"].contains { directory in
      ["", "/dpdk/pmds-23.0"].contains { access("\(directory)\($0)/\(name).so.23", R_OK) == 0 }
    }
  }

  /// Installs it where it is absent. Returns why it could not, or nil where it is there now.
  ///
  /// It has to run before the process enters a network of its own, which has no way to a mirror.
  func install() -> String? {
    if path != nil { return nil }
    guard let apt = Self.find("apt-get") else { return "\(program) is not here, and neither is apt-get" }
    guard geteuid() == 0 else {
      return "\(program) is not here; as root: apt-get install \(packages.joined(separator: " "))"
    }
    print("Installing \(packages.joined(separator: " ")) for \(program) ...")
    fflush(nil)
    for arguments in [["install"], ["update"], ["install"]] {
      let words = arguments == ["update"] ? arguments : arguments + ["-y", "--no-install-recommends"] + packages
      _ = try? ChildProgram(apt, ["-qq"] + words, isBound: false).finish(seconds: 300)
      if path != nil { return nil }
    }
    return "apt-get could not install \(packages.joined(separator: " "))"
  }
}
