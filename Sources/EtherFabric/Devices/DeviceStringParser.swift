import Glibc

extension DeviceString {
  /// Parses a device string. Throws `EINVAL` naming the part that is wrong, `ENODEV` where the string is right and this
  /// build has no backend for it.
  public init(_ text: String) throws(EtherFabricError) {
    if text.isEmpty { throw Self.wrong("", "an empty device string") }
    if text.utf8.contains(0) { throw Self.wrong(text, "holds a NUL character") }
    let parts = DeviceText.parts(of: text)
    let head = parts[0]
    let (schemeName, rest) = DeviceText.split(head, at: ":")
    if schemeName == "sfc" { throw Self.hardware(rest) }
    guard let scheme = Scheme(rawValue: schemeName) else {
      throw Self.wrong(
        schemeName, "not a scheme; one of emu, sfc" + NearestName.hint(schemeName, in: ["emu", "sfc"]))
    }
    guard let rest else { throw Self.wrong(head, "no wire after the scheme") }
    let (wireName, place) = DeviceText.split(rest, at: ":")
    guard let wire = Wire(rawValue: wireName) else { throw Self.unknownWire(wireName) }
    guard let place, !place.isEmpty else {
      throw Self.wrong(head, "nothing after the wire; write \(wire.form)")
    }
    let (target, port) = try Self.place(DeviceText.unescaped(place), on: wire)
    self.init(
      scheme: scheme, wire: wire, target: target, port: port,
      options: try Self.options(parts.dropFirst(), for: wire))
  }

  /// Name and port, interface, or file.
  private static func place(_ text: String, on wire: Wire) throws(EtherFabricError) -> (String, Int?) {
    switch wire {
    case .pcap:
      if text.utf8.count > 4095 { throw wrong(text, "a path of \(text.utf8.count) bytes; at most 4095") }
      return (text, nil)
    case .afpacket, .tap:
      try checkInterface(text)
      return (text, nil)
    case .cable, .switch, .shm:
      let (first, second) = DeviceText.split(text, at: "/")
      let ports: ClosedRange<UInt64> = wire == .switch ? 0...15 : 0...1
      let digits = second ?? first
      guard let port = try? DeviceOptionRule.Value.integer(digits, in: ports) else {
        throw wrong(digits, "not a port of a \(wire.rawValue); \(ports.lowerBound) to \(ports.upperBound)")
      }
      guard second != nil else { return ("", Int(port)) }
      guard (1...63).contains(first.utf8.count), first.utf8.allSatisfy(isNameByte) else {
        throw wrong(first, "not a name of a \(wire.rawValue); 1 to 63 letters, digits, '-', '_' and '.'")
      }
      return (first, Int(port))
    }
  }

  /// Letters, digits, '-', '.' and '_'.
  private static func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case 48...57, 65...90, 97...122, 45, 46, 95: true
    default: false
    }
  }

  /// What the kernel takes as the name of an interface.
  private static func checkInterface(_ name: String) throws(EtherFabricError) {
    let isBad = { (byte: UInt8) in byte <= 32 || byte == UInt8(ascii: "/") || byte == UInt8(ascii: ":") }
    guard (1...15).contains(name.utf8.count), name != ".", name != "..", !name.utf8.contains(where: isBad) else {
      throw wrong(name, "not the name of an interface; 1 to 15 bytes without '/', ':' and blanks")
    }
  }

  private static func options(
    _ parts: ArraySlice<String>, for wire: Wire
  ) throws(EtherFabricError) -> [DeviceOption] {
    var options: [DeviceOption] = []
    for part in parts {
      let option = try option(part, for: wire)
      if let first = options.first(where: { $0.key == option.key }) {
        throw wrong(part, "a second '\(option.key)', after '\(first)'")
      }
      options.append(option)
    }
    return options
  }

  private static func option(_ part: String, for wire: Wire) throws(EtherFabricError) -> DeviceOption {
    if part.isEmpty { throw wrong(part, "an empty option between or after commas") }
    let taken = DeviceOptionRule.all.filter { $0.wires.contains(wire) }.map(\.key)
    let (key, value) = DeviceText.split(part, at: "=")
    guard let rule = DeviceOptionRule.rule(key) else {
      throw wrong(
        part, "no option is called \(DeviceText.quoted(key))" + NearestName.hint(key, in: taken),
        "\(wire.rawValue) takes \(taken.joined(separator: ", ")).")
    }
    guard rule.wires.contains(wire) else {
      let others = rule.wires.map(\.rawValue).joined(separator: ", ")
      throw wrong(part, "'\(key)' is an option of \(others), not of \(wire.rawValue)")
    }
    guard let value else { throw wrong(part, "an option without a value; for example \(key)=\(rule.value.example)") }
    do {
      return DeviceOption(key: key, value: try rule.value.canonical(DeviceText.unescaped(value)))
    } catch {
      throw wrong(part, error.reason)
    }
  }
}

extension DeviceString.Wire {
  /// The form of a device string for this wire.
  var form: String {
    switch self {
    case .cable, .switch, .shm: "emu:\(rawValue):[NAME/]PORT"
    case .afpacket, .tap: "emu:\(rawValue):IFACE"
    case .pcap: "emu:pcap:FILE"
    }
  }
}

extension DeviceString {
  static func wrong(
    _ part: String, _ reason: String, _ remedy: String = "See Documentation/DeviceStrings.md for the grammar."
  ) -> EtherFabricError {
    EtherFabricError(
      "DeviceString.init", errno: EINVAL, reason: "\(DeviceText.quoted(part)): \(reason)", remedy: remedy)
  }

  private static func absent(_ part: String, _ remedy: String) -> EtherFabricError {
    EtherFabricError(
      "DeviceString.init", errno: ENODEV, reason: "\(DeviceText.quoted(part)): this build has no such backend",
      remedy: remedy)
  }

  private static func unknownWire(_ name: String) -> EtherFabricError {
    if name == "xdp" {
      return absent("emu:" + name, "Use emu:afpacket:IFACE for a network interface.")
    }
    let names = Wire.allCases.map(\.rawValue)
    return wrong(
      name, "not a wire; one of \(names.joined(separator: ", "))" + NearestName.hint(name, in: names))
  }

  /// `sfc:IFACE[/express][/phys]`: checked, then refused.
  private static func hardware(_ rest: String?) -> EtherFabricError {
    let words = (rest ?? "").split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    do throws(EtherFabricError) { try checkInterface(words.first ?? "") } catch { return error }
    if let word = words.dropFirst().first(where: { $0 != "express" && $0 != "phys" }) {
      return wrong(word, "not a datapath of sfc; express or phys")
    }
    return absent(
      "sfc", "Build with Onload's headers in Vendor/ for hardware, or use emu:afpacket:IFACE on the same interface.")
  }
}
