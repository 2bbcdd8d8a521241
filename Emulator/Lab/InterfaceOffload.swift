import CLinuxShims
import EtherFabric
import Glibc

/// What an interface does in the stack's place.
public enum InterfaceOffload: Sendable, Hashable, CaseIterable {
  /// Cutting TCP segments.
  case tcpSegmentation
  /// Cutting segments just before the driver.
  case genericSegmentation
  /// Merging received segments.
  case genericReceive
  /// Filling in checksums on transmit.
  case transmitChecksum
  /// Verifying checksums on receive.
  case receiveChecksum

  /// Whether it is on.
  public func isEnabled(on interface: String) throws(EtherFabricError) -> Bool {
    var value: UInt32 = 0
    let result = lab_ethtool(interface, commands.get, &value)
    guard result >= 0 else { throw refused("isEnabled", interface, result) }
    return value != 0
  }

  /// Switches it on or off and reads it back.
  ///
  /// - Throws: What the kernel refused; `EOPNOTSUPP` where it accepted the change and did not make it.
  public func set(_ enabled: Bool, on interface: String) throws(EtherFabricError) {
    guard try isEnabled(on: interface) != enabled else { return }
    var value: UInt32 = enabled ? 1 : 0
    let result = lab_ethtool(interface, commands.set, &value)
    guard result >= 0 else { throw refused("set", interface, result) }
    guard try isEnabled(on: interface) == enabled else { throw refused("set", interface, -EOPNOTSUPP) }
  }

  private var commands: (get: UInt32, set: UInt32) {
    switch self {
    case .tcpSegmentation: (UInt32(ETHTOOL_GTSO), UInt32(ETHTOOL_STSO))
    case .genericSegmentation: (UInt32(ETHTOOL_GGSO), UInt32(ETHTOOL_SGSO))
    case .genericReceive: (UInt32(ETHTOOL_GGRO), UInt32(ETHTOOL_SGRO))
    case .transmitChecksum: (UInt32(ETHTOOL_GTXCSUM), UInt32(ETHTOOL_STXCSUM))
    case .receiveChecksum: (UInt32(ETHTOOL_GRXCSUM), UInt32(ETHTOOL_SRXCSUM))
    }
  }

  private func refused(_ call: String, _ interface: String, _ result: Int32) -> EtherFabricError {
    .call(
      "InterfaceOffload.\(call)", result, "\(self) of `\(interface)` was refused",
      remedy: result == -ENODEV ? "Check the name in this namespace." : "See `ethtool -k \(interface)`.")
  }
}
