#ifndef __EFAB_CHECKSUM_H__
#define __EFAB_CHECKSUM_H__

// Checksums in software. Results are as they stand in a header: network byte order, in the low 16 bits. The header's
// own checksum field is not looked at. Payloads are gathered from `count` pieces.

#include <etherfabric/base.h>
#include <netinet/ip.h>
#include <netinet/tcp.h>
#include <netinet/udp.h>
#include <sys/socket.h>

#ifdef __cplusplus
extern "C" {
#endif

struct iphdr;
struct ipv6hdr;
struct tcphdr;
struct udphdr;

extern uint32_t ef_ip_checksum(const struct iphdr *);
extern uint32_t ef_icmpv6_checksum(const struct ipv6hdr *, const void *icmp, const struct iovec *, int count);

// 0 is sent as 0xffff.
extern uint32_t ef_udp_checksum(const struct iphdr *, const struct udphdr *, const struct iovec *, int count);
extern uint32_t ef_udp_checksum_ip6(const struct ipv6hdr *, const struct udphdr *, const struct iovec *, int count);
extern uint32_t ef_tcp_checksum(const struct iphdr *, const struct tcphdr *, const struct iovec *, int count);
extern uint32_t ef_tcp_checksum_ip6(const struct ipv6hdr *, const struct tcphdr *, const struct iovec *, int count);
// `family` is AF_INET or AF_INET6.
extern uint32_t
ef_udp_checksum_ipx(int family, const void *ip, const struct udphdr *, const struct iovec *, int count);
extern uint32_t
ef_tcp_checksum_ipx(int family, const void *ip, const struct tcphdr *, const struct iovec *, int count);

// 1: right, 0: wrong.
extern int ef_udp_checksum_is_correct(const struct iphdr *, const struct udphdr *, const struct iovec *, int count);
extern int
ef_udp_checksum_ip6_is_correct(const struct ipv6hdr *, const struct udphdr *, const struct iovec *, int count);
extern int ef_tcp_checksum_is_correct(const struct iphdr *, const struct tcphdr *, const struct iovec *, int count);
extern int
ef_tcp_checksum_ip6_is_correct(const struct ipv6hdr *, const struct tcphdr *, const struct iovec *, int count);

// The same for a payload in one piece.
ef_vi_inline uint32_t ef_udp_checksum_ipx_buf(
  int family, const void *ip, const struct udphdr *udp, const void *payload, size_t bytes) {
  struct iovec piece = {(void *)payload, bytes};
  return ef_udp_checksum_ipx(family, ip, udp, &piece, 1);
}
ef_vi_inline uint32_t ef_tcp_checksum_ipx_buf(
  int family, const void *ip, const struct tcphdr *tcp, const void *payload, size_t bytes) {
  struct iovec piece = {(void *)payload, bytes};
  return ef_tcp_checksum_ipx(family, ip, tcp, &piece, 1);
}
ef_vi_inline int ef_udp_checksum_ipx_is_correct(
  int family, const void *ip, const struct udphdr *udp, const void *payload, size_t bytes) {
  struct iovec piece = {(void *)payload, bytes};
  if (family == AF_INET6) return ef_udp_checksum_ip6_is_correct((const struct ipv6hdr *)ip, udp, &piece, 1);
  return ef_udp_checksum_is_correct((const struct iphdr *)ip, udp, &piece, 1);
}
ef_vi_inline int ef_tcp_checksum_ipx_is_correct(
  int family, const void *ip, const struct tcphdr *tcp, const void *payload, size_t bytes) {
  struct iovec piece = {(void *)payload, bytes};
  if (family == AF_INET6) return ef_tcp_checksum_ip6_is_correct((const struct ipv6hdr *)ip, tcp, &piece, 1);
  return ef_tcp_checksum_is_correct((const struct iphdr *)ip, tcp, &piece, 1);
}

#ifdef __cplusplus
}
#endif

#endif
