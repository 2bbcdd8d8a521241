import Glibc

/// A device string of hardware: `sfc:IFACE[/express][/phys]`.
public struct HardwareDevice: Sendable, Equatable, CustomStringConvertible {
  /// The network interface of the adapter's port.
  public let interface: String
  /// `/express`: the express datapath of an X4.
  public let isExpress: Bool
  /// `/phys`: DMA addresses are physical.
  public let isPhysical: Bool

  public static let scheme = "sfc"

  /// What every protection domain of the device is allocated with.
  public var domainFlags: DomainFlags {
    (isExpress ? DomainFlags.express : []).union(isPhysical ? .physicalMode : [])
  }

  /// Canonical: `sfc:enp1s0f0/express`.
  public var description: String {
    "\(Self.scheme):\(interface)\(isExpress ? "/express" : "")\(isPhysical ? "/phys" : "")"
  }

  /// Whether a device string is one of hardware, right or wrong.
  public static func isMeant(by text: String) -> Bool { text == scheme || text.hasPrefix(scheme + ":") }

  /// - Throws: `EINVAL` naming the part that is wrong.
  public init(_ text: String) throws(EtherFabricError) {
    guard Self.isMeant(by: text), !text.utf8.contains(0) else {
      throw DeviceString.wrong(text, "not a device of hardware; write sfc:IFACE")
    }
    let parts = DeviceText.parts(of: text)
    guard parts.count == 1 else {
      throw DeviceString.wrong(parts[1], "sfc has no options; /express and /phys go behind the interface")
    }
    let words = text.dropFirst(Self.scheme.utf8.count + 1).split(separator: "/", omittingEmptySubsequences: false)
      .map(String.init)
    interface = words.first ?? ""
    try DeviceString.checkInterface(interface)
    for (index, word) in words.enumerated().dropFirst() {
      guard word == "express" || word == "phys" else {
        throw DeviceString.wrong(word, "not a datapath of sfc; express or phys")
      }
      if words[..<index].dropFirst().contains(word) { throw DeviceString.wrong(word, "a second '/\(word)'") }
    }
    isExpress = words.dropFirst().contains("express")
    isPhysical = words.dropFirst().contains("phys")
  }
}
