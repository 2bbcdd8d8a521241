import Glibc

/// NUMA nodes of adapters.
public enum NUMANode {
  /// The node that the interface's adapter is attached to; -1 where there is no such interface, where it has no hardware
  /// (veth, loopback), and on machines with one node.
  public static func of(interface: String) -> Int {
    guard !interface.isEmpty, interface != ".", interface != "..", !interface.utf8.contains(UInt8(ascii: "/")),
      !interface.utf8.contains(0)
    else { return -1 }
    return read("/sys/class/net/\(interface)/device/numa_node")
  }

  static func read(_ path: String) -> Int {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return -1 }
    defer { close(file) }
    var bytes = [UInt8](repeating: 0, count: 32)
    let length = Glibc.read(file, &bytes, bytes.count)
    guard length > 0 else { return -1 }
    let line = bytes.prefix(length).prefix { $0 != UInt8(ascii: "\n") }
    return max(Int(String(decoding: line, as: UTF8.self)) ?? -1, -1)
  }
}
