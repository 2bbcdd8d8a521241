#pragma once

// Shims: checksums.

#include "../Library.h"

static inline uint32_t ciul_ef_ip_checksum(const struct iphdr *ip) { return ciul.ef_ip_checksum(ip); }
static inline uint32_t ciul_ef_udp_checksum(
  const struct iphdr *ip, const struct udphdr *udp, const struct iovec *pieces, int count) {
  return ciul.ef_udp_checksum(ip, udp, pieces, count);
}
static inline uint32_t ciul_ef_udp_checksum_ip6(
  const struct ipv6hdr *ip, const struct udphdr *udp, const struct iovec *pieces, int count) {
  return ciul.ef_udp_checksum_ip6(ip, udp, pieces, count);
}
static inline uint32_t ciul_ef_udp_checksum_ipx(
  int family, const void *ip, const struct udphdr *udp, const struct iovec *pieces, int count) {
  return ciul.ef_udp_checksum_ipx(family, ip, udp, pieces, count);
}
static inline uint32_t ciul_ef_tcp_checksum(
  const struct iphdr *ip, const struct tcphdr *tcp, const struct iovec *pieces, int count) {
  return ciul.ef_tcp_checksum(ip, tcp, pieces, count);
}
static inline uint32_t ciul_ef_tcp_checksum_ip6(
  const struct ipv6hdr *ip, const struct tcphdr *tcp, const struct iovec *pieces, int count) {
  return ciul.ef_tcp_checksum_ip6(ip, tcp, pieces, count);
}
static inline uint32_t ciul_ef_tcp_checksum_ipx(
  int family, const void *ip, const struct tcphdr *tcp, const struct iovec *pieces, int count) {
  return ciul.ef_tcp_checksum_ipx(family, ip, tcp, pieces, count);
}
static inline int ciul_ef_udp_checksum_is_correct(
  const struct iphdr *ip, const struct udphdr *udp, const struct iovec *pieces, int count) {
  return ciul.ef_udp_checksum_is_correct(ip, udp, pieces, count);
}
static inline int ciul_ef_udp_checksum_ip6_is_correct(
  const struct ipv6hdr *ip, const struct udphdr *udp, const struct iovec *pieces, int count) {
  return ciul.ef_udp_checksum_ip6_is_correct(ip, udp, pieces, count);
}
static inline int ciul_ef_tcp_checksum_is_correct(
  const struct iphdr *ip, const struct tcphdr *tcp, const struct iovec *pieces, int count) {
  return ciul.ef_tcp_checksum_is_correct(ip, tcp, pieces, count);
}
static inline int ciul_ef_tcp_checksum_ip6_is_correct(
  const struct ipv6hdr *ip, const struct tcphdr *tcp, const struct iovec *pieces, int count) {
  return ciul.ef_tcp_checksum_ip6_is_correct(ip, tcp, pieces, count);
}
static inline uint32_t ciul_ef_icmpv6_checksum(
  const struct ipv6hdr *ip, const void *icmp, const struct iovec *pieces, int count) {
  return ciul.ef_icmpv6_checksum(ip, icmp, pieces, count);
}
static inline uint32_t ciul_ef_udp_checksum_ipx_buf(
  int family, const void *ip, const struct udphdr *udp, const void *payload, size_t bytes) {
  struct iovec piece = {(void *)payload, bytes};
  return ciul.ef_udp_checksum_ipx(family, ip, udp, &piece, 1);
}
static inline uint32_t ciul_ef_tcp_checksum_ipx_buf(
  int family, const void *ip, const struct tcphdr *tcp, const void *payload, size_t bytes) {
  struct iovec piece = {(void *)payload, bytes};
  return ciul.ef_tcp_checksum_ipx(family, ip, tcp, &piece, 1);
}
static inline int ciul_ef_udp_checksum_ipx_is_correct(
  int family, const void *ip, const struct udphdr *udp, const void *payload, size_t bytes) {
  struct iovec piece = {(void *)payload, bytes};
  return family == AF_INET6 ? ciul.ef_udp_checksum_ip6_is_correct((const struct ipv6hdr *)ip, udp, &piece, 1)
                            : ciul.ef_udp_checksum_is_correct((const struct iphdr *)ip, udp, &piece, 1);
}
static inline int ciul_ef_tcp_checksum_ipx_is_correct(
  int family, const void *ip, const struct tcphdr *tcp, const void *payload, size_t bytes) {
  struct iovec piece = {(void *)payload, bytes};
  return family == AF_INET6 ? ciul.ef_tcp_checksum_ip6_is_correct((const struct ipv6hdr *)ip, tcp, &piece, 1)
                            : ciul.ef_tcp_checksum_is_correct((const struct iphdr *)ip, tcp, &piece, 1);
}
