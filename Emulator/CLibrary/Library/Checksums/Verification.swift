// swift-format-ignore-file: AlwaysUseLowerCamelCase, the names are those of C.

import CiulHeaders
import EtherFabricFormats
import Glibc

@c @implementation
public func ef_udp_checksum_is_correct(
  _ ip: UnsafePointer<iphdr>!, _ udp: UnsafePointer<udphdr>!, _ pieces: UnsafePointer<iovec>!, _ count: CInt
) -> CInt {
  guard let ip, let udp, let payload = payload(pieces, count) else { return 0 }
  return Checksum.isUDPOverIPv4Correct(ipHeader: UnsafeRawPointer(ip), udpHeader: udp, payload: payload) ? 1 : 0
}

@c @implementation
public func ef_udp_checksum_ip6_is_correct(
  _ ip: OpaquePointer!, _ udp: UnsafePointer<udphdr>!, _ pieces: UnsafePointer<iovec>!, _ count: CInt
) -> CInt {
  guard let ip, let udp, let payload = payload(pieces, count) else { return 0 }
  return Checksum.isUDPOverIPv6Correct(ipHeader: UnsafeRawPointer(ip), udpHeader: udp, payload: payload) ? 1 : 0
}

@c @implementation
public func ef_tcp_checksum_is_correct(
  _ ip: UnsafePointer<iphdr>!, _ tcp: UnsafePointer<tcphdr>!, _ pieces: UnsafePointer<iovec>!, _ count: CInt
) -> CInt {
  guard let ip, let tcp, let payload = payload(pieces, count) else { return 0 }
  return Checksum.isTCPOverIPv4Correct(ipHeader: UnsafeRawPointer(ip), tcpHeader: tcp, payload: payload) ? 1 : 0
}

@c @implementation
public func ef_tcp_checksum_ip6_is_correct(
  _ ip: OpaquePointer!, _ tcp: UnsafePointer<tcphdr>!, _ pieces: UnsafePointer<iovec>!, _ count: CInt
) -> CInt {
  guard let ip, let tcp, let payload = payload(pieces, count) else { return 0 }
  return Checksum.isTCPOverIPv6Correct(ipHeader: UnsafeRawPointer(ip), tcpHeader: tcp, payload: payload) ? 1 : 0
}
