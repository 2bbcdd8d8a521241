#pragma once

// Shims: filters and statistics.

#include "../Library.h"

static inline void ciul_ef_filter_spec_init(ef_filter_spec *filter, enum ef_filter_flags flags) {
  ciul.ef_filter_spec_init(filter, flags);
}
static inline int ciul_ef_filter_spec_set_ip4_local(
  ef_filter_spec *filter, int protocol, unsigned int address, int port) {
  return ciul.ef_filter_spec_set_ip4_local(filter, protocol, address, port);
}
static inline int ciul_ef_filter_spec_set_ip4_full(
  ef_filter_spec *filter, int protocol, unsigned int address, int port, unsigned int remote, int remote_port) {
  return ciul.ef_filter_spec_set_ip4_full(filter, protocol, address, port, remote, remote_port);
}
static inline int ciul_ef_filter_spec_set_ip6_local(
  ef_filter_spec *filter, int protocol, const struct in6_addr *address, int port) {
  return ciul.ef_filter_spec_set_ip6_local(filter, protocol, address, port);
}
static inline int ciul_ef_filter_spec_set_ip6_full(
  ef_filter_spec *filter, int protocol, const struct in6_addr *address, int port, const struct in6_addr *remote,
  int remote_port) {
  return ciul.ef_filter_spec_set_ip6_full(filter, protocol, address, port, remote, remote_port);
}
static inline int ciul_ef_filter_spec_set_vlan(ef_filter_spec *filter, int vlan) {
  return ciul.ef_filter_spec_set_vlan(filter, vlan);
}
static inline int ciul_ef_filter_spec_set_eth_local(ef_filter_spec *filter, int vlan, const void *address) {
  return ciul.ef_filter_spec_set_eth_local(filter, vlan, address);
}
static inline int ciul_ef_filter_spec_set_unicast_all(ef_filter_spec *filter) {
  return ciul.ef_filter_spec_set_unicast_all(filter);
}
static inline int ciul_ef_filter_spec_set_multicast_all(ef_filter_spec *filter) {
  return ciul.ef_filter_spec_set_multicast_all(filter);
}
static inline int ciul_ef_filter_spec_set_unicast_mismatch(ef_filter_spec *filter) {
  return ciul.ef_filter_spec_set_unicast_mismatch(filter);
}
static inline int ciul_ef_filter_spec_set_multicast_mismatch(ef_filter_spec *filter) {
  return ciul.ef_filter_spec_set_multicast_mismatch(filter);
}
static inline int ciul_ef_filter_spec_set_port_sniff(ef_filter_spec *filter, int promiscuous) {
  return ciul.ef_filter_spec_set_port_sniff(filter, promiscuous);
}
static inline int ciul_ef_filter_spec_set_tx_port_sniff(ef_filter_spec *filter) {
  return ciul.ef_filter_spec_set_tx_port_sniff(filter);
}
static inline int ciul_ef_filter_spec_set_block_kernel(ef_filter_spec *filter) {
  return ciul.ef_filter_spec_set_block_kernel(filter);
}
static inline int ciul_ef_filter_spec_set_block_kernel_multicast(ef_filter_spec *filter) {
  return ciul.ef_filter_spec_set_block_kernel_multicast(filter);
}
static inline int ciul_ef_filter_spec_set_eth_type(ef_filter_spec *filter, uint16_t type) {
  return ciul.ef_filter_spec_set_eth_type(filter, type);
}
static inline int ciul_ef_filter_spec_set_ip_proto(ef_filter_spec *filter, uint8_t protocol) {
  return ciul.ef_filter_spec_set_ip_proto(filter, protocol);
}
static inline int ciul_ef_filter_spec_set_block_kernel_unicast(ef_filter_spec *filter) {
  return ciul.ef_filter_spec_set_block_kernel_unicast(filter);
}
static inline int ciul_ef_filter_spec_set_dest(ef_filter_spec *filter, int queue, unsigned int flags) {
  return ciul.ef_filter_spec_set_dest(filter, queue, flags);
}
static inline int ciul_ef_vi_filter_add(
  ef_vi *vi, ef_driver_handle handle, const ef_filter_spec *filter, ef_filter_cookie *cookie) {
  return ciul.ef_vi_filter_add(vi, handle, filter, cookie);
}
static inline int ciul_ef_vi_filter_del(ef_vi *vi, ef_driver_handle handle, ef_filter_cookie *cookie) {
  return ciul.ef_vi_filter_del(vi, handle, cookie);
}
static inline int ciul_ef_vi_filter_query(
  ef_vi *vi, ef_driver_handle handle, const ef_filter_cookie *cookie, ef_filter_info *info, size_t bytes) {
  return ciul.ef_vi_filter_query(vi, handle, cookie, info, bytes);
}
static inline int ciul_ef_vi_set_filter_add(
  ef_vi_set *set, ef_driver_handle handle, const ef_filter_spec *filter, ef_filter_cookie *cookie) {
  return ciul.ef_vi_set_filter_add(set, handle, filter, cookie);
}
static inline int ciul_ef_vi_set_filter_del(ef_vi_set *set, ef_driver_handle handle, ef_filter_cookie *cookie) {
  return ciul.ef_vi_set_filter_del(set, handle, cookie);
}
static inline int ciul_ef_vi_stats_query_layout(ef_vi *vi, const ef_vi_stats_layout **const layout) {
  return ciul.ef_vi_stats_query_layout(vi, layout);
}
static inline int ciul_ef_vi_stats_query(ef_vi *vi, ef_driver_handle handle, void *data, int reset) {
  return ciul.ef_vi_stats_query(vi, handle, data, reset);
}
