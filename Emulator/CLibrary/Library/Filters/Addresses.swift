// swift-format-ignore-file: AlwaysUseLowerCamelCase, the names are those of C.

import CiulHeaders
import EtherFabric
import Glibc

/// Setters of addresses. Numbers of C are in network order.

@c @implementation
public func ef_filter_spec_set_ip4_local(
  _ spec: UnsafeMutablePointer<ef_filter_spec>!, _ protocolNumber: CInt, _ address: UInt32, _ port: CInt
) -> CInt {
  change(spec) { filter throws(EtherFabricError) in
    try filter.setIPv4Local(protocol: InternetProtocol(rawValue: Int(protocolNumber)), local: ipv4(address, port))
  }
}

@c @implementation
public func ef_filter_spec_set_ip4_full(
  _ spec: UnsafeMutablePointer<ef_filter_spec>!, _ protocolNumber: CInt, _ address: UInt32, _ port: CInt,
  _ remote: UInt32, _ remotePort: CInt
) -> CInt {
  // As libciul has it: no remote address is no remote end, whatever the port.
  guard remote != 0 else { return ef_filter_spec_set_ip4_local(spec, protocolNumber, address, port) }
  return change(spec) { filter throws(EtherFabricError) in
    try filter.setIPv4Full(
      protocol: InternetProtocol(rawValue: Int(protocolNumber)), local: ipv4(address, port),
      remote: ipv4(remote, remotePort))
  }
}

@c @implementation
public func ef_filter_spec_set_ip6_local(
  _ spec: UnsafeMutablePointer<ef_filter_spec>!, _ protocolNumber: CInt, _ address: UnsafePointer<in6_addr>!,
  _ port: CInt
) -> CInt {
  guard let address else { return invalid }
  return change(spec) { filter throws(EtherFabricError) in
    try filter.setIPv6Local(protocol: InternetProtocol(rawValue: Int(protocolNumber)), local: ipv6(address, port))
  }
}

@c @implementation
public func ef_filter_spec_set_ip6_full(
  _ spec: UnsafeMutablePointer<ef_filter_spec>!, _ protocolNumber: CInt, _ address: UnsafePointer<in6_addr>!,
  _ port: CInt, _ remote: UnsafePointer<in6_addr>!, _ remotePort: CInt
) -> CInt {
  guard let address, let remote else { return invalid }
  // As libciul has it: no remote port is no remote end, whatever the address.
  guard remotePort != 0 else { return ef_filter_spec_set_ip6_local(spec, protocolNumber, address, port) }
  return change(spec) { filter throws(EtherFabricError) in
    try filter.setIPv6Full(
      protocol: InternetProtocol(rawValue: Int(protocolNumber)), local: ipv6(address, port),
      remote: ipv6(remote, remotePort))
  }
}

@c @implementation
public func ef_filter_spec_set_eth_local(
  _ spec: UnsafeMutablePointer<ef_filter_spec>!, _ vlan: CInt, _ address: UnsafeRawPointer!
) -> CInt {
  guard let address else { return invalid }
  let bytes = UnsafeRawBufferPointer(start: address, count: 6)
  let value = bytes.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
  return change(spec) { filter throws(EtherFabricError) in
    try filter.setEthernetLocal(MACAddress(value: value), vlan: vlan == EF_FILTER_VLAN_ID_ANY ? nil : Int(vlan))
  }
}

/// Applies a setter to the filter in a caller's structure.
func change(
  _ spec: UnsafeMutablePointer<ef_filter_spec>?,
  _ setter: (inout FilterSpecification) throws(EtherFabricError) -> Void
) -> CInt {
  guard let spec else { return invalid }
  return answer { () throws(EtherFabricError) in
    var filter = FilterSpecification(spec.pointee)
    try setter(&filter)
    filter.store(to: spec)
    return 0
  }
}

private func ipv4(_ address: UInt32, _ port: CInt) -> IPEndpoint {
  IPEndpoint(IPAddress(ipv4: UInt32(bigEndian: address)), port: UInt16(bigEndian: UInt16(truncatingIfNeeded: port)))
}

private func ipv6(_ address: UnsafePointer<in6_addr>, _ port: CInt) -> IPEndpoint {
  let bytes = UnsafeRawPointer(address)
  let high = UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self))
  let low = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
  return IPEndpoint(
    IPAddress(ipv6High: high, low: low), port: UInt16(bigEndian: UInt16(truncatingIfNeeded: port)))
}
