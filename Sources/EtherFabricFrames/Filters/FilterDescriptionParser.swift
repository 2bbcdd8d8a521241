import EtherFabric

extension FilterDescription {
  /// Reads the text of one filter.
  public init(parsing text: String) throws(FilterSyntaxError) {
    let colon = text.firstIndex(of: ":")
    // `unicast-mis,vid=5` is as good as the vendor's `unicast-mis:vid=5`.
    let end = colon ?? text.firstIndex(of: ",") ?? text.endIndex
    let name = text[..<end]
    guard let kind = Self.kind(named: name) else {
      throw FilterSyntaxError(
        text: text, part: String(name), reason: "no such kind of filter",
        accepted: Kind.allCases.map(\.rawValue).joined(separator: ", "))
    }
    var parser = FilterDescriptionParser(text: text, description: FilterDescription(kind))
    if end < text.endIndex {
      for part in text[text.index(after: end)...].split(separator: ",", omittingEmptySubsequences: false) {
        try parser.read(part)
      }
    }
    try parser.finish()
    self = parser.description
  }

  private static func kind(named name: Substring) -> Kind? {
    switch name {
    case "ip-proto": .ipProtocol
    case "ucast-all": .unicastAll
    case "mcast-all": .multicastAll
    case "ucast-mis": .unicastMismatch
    case "mcast-mis": .multicastMismatch
    default: Kind(rawValue: String(name))
    }
  }
}

/// Reads the parts of a filter between its commas.
struct FilterDescriptionParser {
  let text: String
  var description: FilterDescription

  private var kind: FilterDescription.Kind { description.kind }

  /// What may follow the kind.
  private var form: String {
    let name = kind.rawValue
    return switch kind {
    case .udp, .tcp: "\(name):[mcastloop-rx,][vid=VLAN,]HOST:PORT[,HOST:PORT] with IPv6 in brackets"
    case .ethernet: "eth:[vid=VLAN,][ethertype=TYPE,|ipproto=NUMBER,]xx:xx:xx:xx:xx:xx"
    case .etherType: "ethertype:[vid=VLAN,]TYPE"
    case .ipProtocol: "ipproto:[vid=VLAN,]NUMBER"
    case .unicastMismatch, .multicastMismatch: "\(name)[:vid=VLAN]"
    case .sniff: "sniff[:promisc|:no-promisc]"
    default: "\(name), with nothing after it"
    }
  }

  func error(_ part: some StringProtocol, _ reason: String, _ accepted: String? = nil) -> FilterSyntaxError {
    FilterSyntaxError(text: text, part: String(part), reason: reason, accepted: accepted ?? form)
  }

  mutating func read(_ part: Substring) throws(FilterSyntaxError) {
    guard !part.isEmpty else { throw error("", "something is missing after the ':' or ','") }
    if let equals = part.firstIndex(of: "=") {
      return try readOption(part, name: part[..<equals], value: part[part.index(after: equals)...])
    }
    switch kind {
    case .udp, .tcp: try readEnd(part)
    case .ethernet where description.mac == nil:
      guard let mac = EthernetAddress(String(part)) else {
        throw error(part, "not an Ethernet address", "six hexadecimal bytes, such as 00:0f:53:01:02:03")
      }
      description.mac = mac
    case .etherType where description.etherType == nil: description.etherType = try number(part, "an EtherType")
    case .ipProtocol where description.ipProtocol == nil: description.ipProtocol = try number(part, "an IP protocol")
    case .sniff where part == "promisc" || part == "no-promisc": description.isPromiscuous = part == "promisc"
    default: throw error(part, "'\(kind.rawValue)' does not take this")
    }
  }

  private mutating func readOption(
    _ part: Substring, name: Substring, value: Substring
  ) throws(FilterSyntaxError) {
    switch (name, kind) {
    case ("vid", .udp), ("vid", .tcp), ("vid", .ethernet), ("vid", .etherType), ("vid", .ipProtocol),
      ("vid", .unicastMismatch), ("vid", .multicastMismatch):
      guard description.vlan == nil else { throw error(part, "the VLAN is given twice") }
      description.vlan = try number(value, "a VLAN", limit: 4095)
    case ("ethertype", .ethernet):
      guard description.etherType == nil else { throw error(part, "the type is given twice") }
      description.etherType = try number(value, "an EtherType")
    case ("ipproto", .ethernet), ("ip-proto", .ethernet):
      guard description.ipProtocol == nil else { throw error(part, "the protocol is given twice") }
      description.ipProtocol = try number(value, "an IP protocol")
    default:
      throw error(part, "'\(kind.rawValue)' does not take '\(name)='")
    }
  }

  /// A decimal number, or a hexadecimal one after `0x`.
  private func number<Value: FixedWidthInteger>(
    _ part: Substring, _ what: String, limit: Value = .max
  ) throws(FilterSyntaxError) -> Value {
    let isHex = part.hasPrefix("0x") || part.hasPrefix("0X")
    let digits = isHex ? part.dropFirst(2) : part
    guard let first = digits.utf8.first, first != UInt8(ascii: "+"),
      let value = Value(digits, radix: isHex ? 16 : 10), value <= limit
    else { throw error(part, "not \(what)", "0 to \(limit), hexadecimal after 0x") }
    return value
  }

  func finish() throws(FilterSyntaxError) {
    switch kind {
    case .udp, .tcp:
      guard let local = description.local else { throw error("", "the address and port are missing") }
      if let remote = description.remote, isIPv6(remote) != isIPv6(local) {
        throw error(remote.description, "one end is IPv4 and the other IPv6", "two addresses of one family")
      }
    case .ethernet:
      guard description.mac != nil else { throw error("", "the destination address is missing") }
      if description.etherType != nil, description.ipProtocol != nil {
        throw error("", "a filter matches either the EtherType or the IP protocol")
      }
    case .etherType: if description.etherType == nil { throw error("", "the EtherType is missing") }
    case .ipProtocol: if description.ipProtocol == nil { throw error("", "the IP protocol is missing") }
    default: break
    }
  }

  private func isIPv6(_ end: FilterDescription.Endpoint) -> Bool {
    if case .ipv6 = end.address { true } else { false }
  }
}
