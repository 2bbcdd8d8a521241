import EtherFabric
import Glibc

/// iproute2's `ip`, in the network namespace of the calling thread.
package enum IPTool {
  private static let path: String? = ["/usr/sbin/ip", "/sbin/ip", "/usr/bin/ip", "/bin/ip"].first {
    access($0, X_OK) == 0
  }

  /// Runs `ip` with the words of `command` and returns what it printed.
  ///
  /// - Throws: `ENOENT` where there is no `ip`; the errno that it reports (or `EIO`) with its own text.
  @discardableResult
  package static func run(_ operation: String, _ command: String) throws(EtherFabricError) -> String {
    guard let path else {
      throw EtherFabricError(
        operation, errno: ENOENT, reason: "there is no `ip` in /usr/sbin, /sbin, /usr/bin or /bin",
        remedy: "Install iproute2 (apt-get install iproute2).")
    }
    let done = try Subprocess.run(path, command.split(separator: " ").map(String.init), timeout: .seconds(10))
    guard done.status == 0 else {
      let said = done.errors.split(separator: "\n").joined(separator: "; ")
      throw EtherFabricError(
        operation, errno: errno(in: said), reason: "`ip \(command)` ended with \(done.status): \(said)",
        remedy: remedy(for: said))
    }
    return done.output
  }

  private static func errno(in text: String) -> Int32 {
    let known = [
      EPERM, EEXIST, ENODEV, EINVAL, EBUSY, EOPNOTSUPP, EADDRNOTAVAIL, ENOBUFS, ENOMEM, EACCES, ERANGE, ENETDOWN,
      ENOENT,
    ]
    if text.contains("Cannot find device") { return ENODEV }
    return known.first { text.contains(String(cString: strerror($0))) } ?? EIO
  }

  private static func remedy(for text: String) -> String {
    if text.contains("Operation not permitted") {
      return "Run as root, or call Namespace.enterPrivate() first."
    }
    if text.contains("Unknown device type") || text.contains("not supported") {
      return "This kernel has no such device: load its module (modprobe veth)."
    }
    return "Compare `ip link` with the names and values given."
  }
}
