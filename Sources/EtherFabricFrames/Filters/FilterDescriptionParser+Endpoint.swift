extension FilterDescriptionParser {
  /// Reads this end, then the other end, and `mcastloop-rx` anywhere.
  mutating func readEnd(_ part: Substring) throws(FilterSyntaxError) {
    if part == "mcastloop-rx" {
      description.receivesMulticastLoop = true
    } else if description.local == nil {
      description.local = try endpoint(part)
    } else if description.remote == nil {
      description.remote = try endpoint(part)
    } else {
      throw error(part, "there are only two ends")
    }
  }

  private func endpoint(_ part: Substring) throws(FilterSyntaxError) -> FilterDescription.Endpoint {
    let form = "192.0.2.1:5000 or [2001:db8::1]:5000"
    if part.hasPrefix("[") {
      guard let close = part.firstIndex(of: "]") else { throw error(part, "the ']' is missing", form) }
      let host = part[part.index(after: part.startIndex)..<close]
      guard let address = IPv6Address(String(host)) else { throw error(host, "not an IPv6 address", form) }
      let rest = part[part.index(after: close)...]
      guard rest.first == ":" else { throw error(part, "the port is missing", form) }
      return FilterDescription.Endpoint(.ipv6(address), port: try port(rest.dropFirst()))
    }
    guard let colon = part.lastIndex(of: ":") else {
      let reason =
        IPv4Address(String(part)) == nil ? "neither an address and port nor an option" : "the port is missing"
      throw error(part, reason, form)
    }
    let host = part[..<colon]
    guard !host.contains(":") else { throw error(part, "an IPv6 address goes in brackets", form) }
    guard let address = IPv4Address(String(host)) else {
      throw error(host, "not an IPv4 address (names are not looked up)", form)
    }
    return FilterDescription.Endpoint(.ipv4(address), port: try port(part[part.index(after: colon)...]))
  }

  private func port(_ part: Substring) throws(FilterSyntaxError) -> UInt16 {
    guard let first = part.utf8.first, first != UInt8(ascii: "+"), let port = UInt16(part) else {
      throw error(part, part.isEmpty ? "the port is missing" : "not a port", "0 to 65535")
    }
    return port
  }
}
