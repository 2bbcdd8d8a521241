import EtherFabric
import Glibc

/// What the kernel's files say of a network interface.
struct InterfaceFiles {
  private let folder: String

  init(_ interface: String) { folder = "/sys/class/net/\(interface)" }

  /// -1 where there is none.
  var numaNode: Int { Self.text("\(folder)/device/numa_node").flatMap { Int($0) } ?? -1 }

  /// The kernel's counters, which include those of frames that went past the kernel.
  func counters() -> [NamedCounter] {
    [
      ("rx_packets", "frames that the port received"), ("rx_bytes", "bytes of these"),
      ("rx_dropped", "frames that the port dropped"), ("rx_errors", "frames with errors"),
      ("tx_packets", "frames that the port sent"), ("tx_bytes", "bytes of these"),
      ("tx_dropped", "frames that the kernel did not send"),
    ].compactMap { name, help in
      Self.text("\(folder)/statistics/\(name)").flatMap { UInt64($0) }.map {
        NamedCounter("port_\(name)", $0, help: help)
      }
    }
  }

  /// The first line of a small file.
  private static func text(_ path: String) -> String? {
    guard let file = fopen(path, "re") else { return nil }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 256)
    guard fgets(&line, 256, file) != nil else { return nil }
    return String(decoding: line.prefix { $0 != 0 && $0 != 10 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
