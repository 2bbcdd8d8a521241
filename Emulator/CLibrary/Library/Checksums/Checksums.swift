// swift-format-ignore-file: AlwaysUseLowerCamelCase, the names are those of C.

import CiulHeaders
import EtherFabricFormats
import Glibc

/// Headers and pieces that are not there have the checksum 0, and are not correct.

@c @implementation
public func ef_ip_checksum(_ ip: UnsafePointer<iphdr>!) -> UInt32 {
  guard let ip, UnsafeRawPointer(ip).load(as: UInt8.self) & 0xf >= 5 else { return 0 }
  return UInt32(Checksum.ipv4Header(ip))
}

@c @implementation
public func ef_icmpv6_checksum(
  _ ip: OpaquePointer!, _ icmp: UnsafeRawPointer!, _ pieces: UnsafePointer<iovec>!, _ count: CInt
) -> UInt32 {
  guard let ip, let icmp, let payload = payload(pieces, count) else { return 0 }
  return UInt32(Checksum.icmpv6(ipHeader: UnsafeRawPointer(ip), icmpHeader: icmp, payload: payload))
}

@c @implementation
public func ef_udp_checksum(
  _ ip: UnsafePointer<iphdr>!, _ udp: UnsafePointer<udphdr>!, _ pieces: UnsafePointer<iovec>!, _ count: CInt
) -> UInt32 {
  guard let ip, let udp, let payload = payload(pieces, count) else { return 0 }
  return UInt32(Checksum.udpOverIPv4(ipHeader: UnsafeRawPointer(ip), udpHeader: udp, payload: payload))
}

@c @implementation
public func ef_udp_checksum_ip6(
  _ ip: OpaquePointer!, _ udp: UnsafePointer<udphdr>!, _ pieces: UnsafePointer<iovec>!, _ count: CInt
) -> UInt32 {
  guard let ip, let udp, let payload = payload(pieces, count) else { return 0 }
  return UInt32(Checksum.udpOverIPv6(ipHeader: UnsafeRawPointer(ip), udpHeader: udp, payload: payload))
}

@c @implementation
public func ef_udp_checksum_ipx(
  _ family: CInt, _ ip: UnsafeRawPointer!, _ udp: UnsafePointer<udphdr>!, _ pieces: UnsafePointer<iovec>!, _ count: CInt
) -> UInt32 {
  guard let ip, let udp, let payload = payload(pieces, count) else { return 0 }
  let version: IPFamily = family == AF_INET6 ? .ipv6 : .ipv4
  return UInt32(Checksum.udp(over: version, ipHeader: ip, udpHeader: udp, payload: payload))
}

@c @implementation
public func ef_tcp_checksum(
  _ ip: UnsafePointer<iphdr>!, _ tcp: UnsafePointer<tcphdr>!, _ pieces: UnsafePointer<iovec>!, _ count: CInt
) -> UInt32 {
  guard let ip, let tcp, let payload = payload(pieces, count) else { return 0 }
  return UInt32(Checksum.tcpOverIPv4(ipHeader: UnsafeRawPointer(ip), tcpHeader: tcp, payload: payload))
}

@c @implementation
public func ef_tcp_checksum_ip6(
  _ ip: OpaquePointer!, _ tcp: UnsafePointer<tcphdr>!, _ pieces: UnsafePointer<iovec>!, _ count: CInt
) -> UInt32 {
  guard let ip, let tcp, let payload = payload(pieces, count) else { return 0 }
  return UInt32(Checksum.tcpOverIPv6(ipHeader: UnsafeRawPointer(ip), tcpHeader: tcp, payload: payload))
}

@c @implementation
public func ef_tcp_checksum_ipx(
  _ family: CInt, _ ip: UnsafeRawPointer!, _ tcp: UnsafePointer<tcphdr>!, _ pieces: UnsafePointer<iovec>!, _ count: CInt
) -> UInt32 {
  guard let ip, let tcp, let payload = payload(pieces, count) else { return 0 }
  let version: IPFamily = family == AF_INET6 ? .ipv6 : .ipv4
  return UInt32(Checksum.tcp(over: version, ipHeader: ip, tcpHeader: tcp, payload: payload))
}

/// The pieces of a payload, of which there may be none.
func payload(_ pieces: UnsafePointer<iovec>?, _ count: CInt) -> UnsafeBufferPointer<iovec>? {
  guard count >= 0, pieces != nil || count == 0 else { return nil }
  return UnsafeBufferPointer(start: pieces, count: Int(count))
}
