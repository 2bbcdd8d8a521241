import EtherFabric
import Glibc

/// The kernel's counters of an interface, since it was made. Bytes are without the frame check sequence.
public struct InterfaceStatistics: Sendable, Equatable {
  public let receivedBytes: UInt64
  public let receivedPackets: UInt64
  public let receiveErrors: UInt64
  public let receiveDrops: UInt64
  public let sentBytes: UInt64
  public let sentPackets: UInt64
  public let sendErrors: UInt64
  public let sendDrops: UInt64

  /// Reads them in the calling thread's namespace.
  ///
  /// - Throws: `ENODEV` where the namespace has no such interface.
  public init(of interface: String) throws(EtherFabricError) {
    let table = Self.table()
    guard let row = table.first(where: { $0.name == interface }), row.values.count >= 12 else {
      throw EtherFabricError(
        "InterfaceStatistics.init", errno: ENODEV, reason: "there is no interface `\(interface)` in this namespace",
        remedy: "It has \(table.map(\.name).joined(separator: ", ")).")
    }
    receivedBytes = row.values[0]
    receivedPackets = row.values[1]
    receiveErrors = row.values[2]
    receiveDrops = row.values[3]
    sentBytes = row.values[8]
    sentPackets = row.values[9]
    sendErrors = row.values[10]
    sendDrops = row.values[11]
  }

  static func table() -> [(name: String, values: [UInt64])] {
    let text = ThreadProc.read("/proc/thread-self/net/dev") ?? ""
    return text.split(separator: "\n").dropFirst(2).compactMap { line in
      // An alias has a colon in its own name.
      guard let colon = line.lastIndex(of: ":") else { return nil }
      let name = line[..<colon].drop { $0 == " " }
      return (String(name), line[line.index(after: colon)...].split(separator: " ").compactMap { UInt64($0) })
    }
  }
}

/// The counters of the kernel's IPv4, ICMP, UDP and TCP, in the calling thread's namespace.
public struct ProtocolCounters: Sendable, Equatable {
  private let values: [String: Int64]

  /// Reads them. Empty where /proc is not mounted.
  public init() {
    var values: [String: Int64] = [:]
    let lines = (ThreadProc.read("/proc/thread-self/net/snmp") ?? "").split(separator: "\n")
    for index in stride(from: 0, to: lines.count - 1, by: 2) {
      let names = lines[index].split(separator: " ")
      let numbers = lines[index + 1].split(separator: " ")
      for (name, number) in zip(names, numbers).dropFirst() {
        values["\(names[0].dropLast()).\(name)"] = Int64(number)
      }
    }
    self.values = values
  }

  /// A counter by protocol and name, for example `Udp.NoPorts` or `Icmp.OutEchoReps`; 0 where there is none.
  public subscript(name: String) -> Int64 { values[name] ?? 0 }
}
