/// The interface argument of `ef_pd_alloc_by_name`, and all that the emulation wants to know: which adapter to open.
///
/// `SCHEME:REST,key=value,...`, for example `emu:cable:0,mtu=9000` or `emu:afpacket:eth0,steal=on`. The grammar and the
/// options are in Documentation/DeviceStrings.md.
public struct DeviceString: Sendable {
  /// What opens the device.
  public enum Scheme: String, CaseIterable, Sendable {
    /// The emulated adapter.
    case emu
  }

  /// What the port of an emulated adapter plugs into.
  public enum Wire: String, CaseIterable, Sendable {
    /// Two ports of one process, back to back.
    case cable
    /// Many ports of one process.
    case `switch`
    /// A network interface, by packet socket.
    case afpacket
    /// A capture file.
    case pcap
    /// Two ports of any two processes of one user.
    case shm
    /// A network interface that is made for the port.
    case tap
  }

  public let scheme: Scheme
  public let wire: Wire
  /// Name of the cable, switch or shared memory (empty for the unnamed one), interface, or file name.
  public let target: String
  /// Port of the cable, switch or shared memory, nil for other wires.
  public let port: Int?
  /// The options that the string gave, in its order, each key once.
  public let options: [DeviceOption]

  init(scheme: Scheme, wire: Wire, target: String, port: Int?, options: [DeviceOption]) {
    self.scheme = scheme
    self.wire = wire
    self.target = target
    self.port = port
    self.options = options
  }

  /// The options in effect, in the order of `DeviceOptionRule.all`: those of the string, and the defaults of the others
  /// where the wire alone does not decide.
  public var effectiveOptions: [DeviceOption] {
    DeviceOptionRule.all.compactMap { rule in
      if let given = options.first(where: { $0.key == rule.key }) { return given }
      guard let value = rule.defaultValue, rule.wires.contains(wire) else { return nil }
      return DeviceOption(key: rule.key, value: value)
    }
  }

  /// The string without options: `emu:cable:left/0`.
  public var path: String {
    let name = DeviceText.escaped(target)
    guard let port else { return "\(scheme.rawValue):\(wire.rawValue):\(name)" }
    return "\(scheme.rawValue):\(wire.rawValue):\(name.isEmpty ? "" : name + "/")\(port)"
  }

  /// The string with the options that were given and no others.
  public var given: String { ([path] + options.map(\.description)).joined(separator: ",") }
}

extension DeviceString: CustomStringConvertible, Equatable {
  /// The effective configuration: canonical, with the defaults written out. Parses to an equal value.
  public var description: String { ([path] + effectiveOptions.map(\.description)).joined(separator: ",") }

  /// Whether both configure the same: order of the options and defaults written out make no difference.
  public static func == (a: DeviceString, b: DeviceString) -> Bool { a.description == b.description }
}
