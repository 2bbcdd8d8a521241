import CLinuxShims
import EtherFabric
import Glibc

/// What the kernel says of an interface in the calling thread's namespace, at one moment.
public struct InterfaceState: Sendable, Equatable {
  /// Largest payload after the Ethernet header, in bytes.
  public let mtu: Int
  public let macAddress: MACAddress
  /// Switched on by the administrator.
  public let isUp: Bool
  /// Up, and with a carrier.
  public let isRunning: Bool
  public let isPromiscuous: Bool

  /// - Throws: `ENODEV` where the namespace has no such interface.
  public init(of interface: String) throws(EtherFabricError) {
    var bytes = [UInt8](repeating: 0, count: 6)
    let flags = lab_interface_flags(interface)
    let mtu = lab_interface_mtu(interface)
    let mac = lab_interface_mac(interface, &bytes)
    let result = min(flags, mtu, mac)
    guard result >= 0, let macAddress = MACAddress(bytes: bytes) else {
      throw .call(
        "InterfaceState.init", result, "`\(interface)` cannot be asked for its state",
        remedy: "Check the name in this namespace; it has \(Self.names.joined(separator: ", ")).")
    }
    self.mtu = Int(mtu)
    self.macAddress = macAddress
    isUp = flags & 0x1 != 0
    isRunning = flags & 0x40 != 0
    isPromiscuous = flags & 0x100 != 0
  }

  /// The interfaces of the calling thread's namespace, in the kernel's order.
  public static var names: [String] {
    InterfaceStatistics.table().map(\.name)
  }
}
