import Glibc

/// Values of options by type: the one that the string gave, else the default, else nil. Each throws `EINVAL`, naming the
/// option, where the value is not of the type asked for, or where there is no such option at all.
extension DeviceString {
  /// Whether the string itself has this option.
  public func isGiven(_ key: String) -> Bool { options.contains { $0.key == key } }

  /// The value in effect as text.
  public func text(_ key: String) throws(EtherFabricError) -> String? {
    guard let rule = DeviceOptionRule.rule(key) else { throw Self.wrong(key, "no such option") }
    if let given = options.first(where: { $0.key == key }) { return given.value }
    return rule.wires.contains(wire) ? rule.defaultValue : nil
  }

  /// A whole number within `range`.
  public func integer<T: FixedWidthInteger & Sendable>(
    _ key: String, in range: ClosedRange<T> = 0...T.max
  ) throws(EtherFabricError) -> T? {
    guard let text = try text(key) else { return nil }
    guard let number = T(text) else { throw unfit(key, text, "not a whole number") }
    guard range.contains(number) else { throw unfit(key, text, "not in \(range.lowerBound) to \(range.upperBound)") }
    return number
  }

  /// `on` or `off`.
  public func flag(_ key: String) throws(EtherFabricError) -> Bool? {
    guard let text = try text(key) else { return nil }
    guard text == "on" || text == "off" else { throw unfit(key, text, "not on or off") }
    return text == "on"
  }

  /// A probability from 0 to 1.
  public func rate(_ key: String) throws(EtherFabricError) -> Double? {
    guard let text = try text(key) else { return nil }
    do { return try DeviceOptionRule.Value.rate(text) } catch { throw unfit(key, text, error.reason) }
  }

  /// One of the raw values of `type`.
  public func choice<C: RawRepresentable & CaseIterable>(
    _ key: String, as type: C.Type = C.self
  ) throws(EtherFabricError) -> C? where C.RawValue == String {
    guard let text = try text(key) else { return nil }
    guard let choice = C(rawValue: text) else {
      throw unfit(key, text, "not one of \(C.allCases.map(\.rawValue).joined(separator: ", "))")
    }
    return choice
  }

  /// An Ethernet address.
  public func mac(_ key: String) throws(EtherFabricError) -> MACAddress? {
    guard let text = try text(key) else { return nil }
    guard let address = MACAddress(text) else { throw unfit(key, text, "not a MAC address") }
    return address
  }

  /// `nic`: the generation of the emulated adapter.
  public var generation: Generation {
    options.first { $0.key == "nic" }.flatMap { Generation(rawValue: $0.value) } ?? .x2
  }

  /// The fault rates as written: `drop`, `rx-drop`, ... in the string's order.
  public var faults: [DeviceOption] {
    options.filter { DeviceOptionRule.rule($0.key)?.isFault == true }
  }

  private func unfit(_ key: String, _ text: String, _ reason: String) -> EtherFabricError {
    EtherFabricError(
      "DeviceString.\(key)", errno: EINVAL, reason: "\(DeviceText.quoted("\(key)=\(text)")): \(reason)",
      remedy: "See Documentation/DeviceStrings.md for the values of '\(key)'.")
  }
}
