#pragma once

// libciul, as it was found at run time: a pointer to each of its functions. No object refers to a function
// of libciul by name, so nothing has to be linked.

#include <etherfabric/base.h>
#include <etherfabric/capabilities.h>
#include <etherfabric/checksum.h>
#include <etherfabric/ef_vi.h>
#include <etherfabric/efct_vi.h>
#include <etherfabric/memreg.h>
#include <etherfabric/packedstream.h>
#include <etherfabric/pd.h>
#include <etherfabric/pio.h>
#include <etherfabric/timer.h>
#include <etherfabric/vi.h>

#include <netinet/in.h>
#include <sys/time.h>
#include <sys/uio.h>

#define CIUL_FUNCTIONS(each) \
  each(ef_eventq_wait) \
  each(ef_driver_open) \
  each(ef_driver_close) \
  each(ef_pd_alloc) \
  each(ef_pd_alloc_by_name) \
  each(ef_pd_alloc_with_vport) \
  each(ef_pd_interface_name) \
  each(ef_pd_free) \
  each(ef_memreg_alloc) \
  each(ef_memreg_free) \
  each(ef_vi_alloc_from_pd) \
  each(ef_vi_free) \
  each(ef_vi_transmit_alt_alloc) \
  each(ef_vi_transmit_alt_free) \
  each(ef_vi_transmit_alt_query_buffering) \
  each(ef_vi_flush) \
  each(ef_vi_pace) \
  each(ef_vi_mtu) \
  each(ef_vi_get_mac) \
  each(ef_eventq_put) \
  each(ef_vi_set_alloc_from_pd) \
  each(ef_vi_set_free) \
  each(ef_vi_alloc_from_set) \
  each(ef_vi_prime) \
  each(ef_filter_spec_init) \
  each(ef_filter_spec_set_ip4_local) \
  each(ef_filter_spec_set_ip4_full) \
  each(ef_filter_spec_set_ip6_local) \
  each(ef_filter_spec_set_ip6_full) \
  each(ef_filter_spec_set_vlan) \
  each(ef_filter_spec_set_eth_local) \
  each(ef_filter_spec_set_unicast_all) \
  each(ef_filter_spec_set_multicast_all) \
  each(ef_filter_spec_set_unicast_mismatch) \
  each(ef_filter_spec_set_multicast_mismatch) \
  each(ef_filter_spec_set_port_sniff) \
  each(ef_filter_spec_set_tx_port_sniff) \
  each(ef_filter_spec_set_block_kernel) \
  each(ef_filter_spec_set_block_kernel_multicast) \
  each(ef_filter_spec_set_eth_type) \
  each(ef_filter_spec_set_ip_proto) \
  each(ef_filter_spec_set_block_kernel_unicast) \
  each(ef_filter_spec_set_dest) \
  each(ef_vi_filter_add) \
  each(ef_vi_filter_del) \
  each(ef_vi_filter_query) \
  each(ef_vi_set_filter_add) \
  each(ef_vi_set_filter_del) \
  each(ef_vi_stats_query_layout) \
  each(ef_vi_stats_query) \
  each(ef_vi_version_str) \
  each(ef_vi_driver_interface_str) \
  each(ef_vi_receive_post) \
  each(ef_vi_receive_get_timestamp) \
  each(ef_vi_receive_get_timestamp_with_sync_flags) \
  each(ef_vi_receive_get_bytes) \
  each(ef_vi_receive_get_user_data) \
  each(ef_vi_receive_unbundle) \
  each(ef_vi_rxq_next_desc_id) \
  each(ef_vi_transmit_init) \
  each(ef_vi_transmitv_init_extra) \
  each(ef_vi_transmit_init_undo) \
  each(ef_vi_transmit_unbundle) \
  each(ef_vi_transmit_alt_num_ids) \
  each(ef_vi_transmit_alt_query_overhead) \
  each(ef_vi_set_tx_push_threshold) \
  each(ef_eventq_capacity) \
  each(ef_vi_receive_query_layout) \
  each(ef_vi_receive_get_discard_flags) \
  each(__ef_vi_reinit_txq_post_error) \
  each(efct_vi_rxpkt_get) \
  each(efct_vi_rxpkt_release) \
  each(efct_vi_rx_future_peek) \
  each(efct_vi_rx_future_poll) \
  each(efct_vi_start_transmit_warm) \
  each(efct_vi_stop_transmit_warm) \
  each(ef_pio_alloc) \
  each(ef_vi_get_pio_size) \
  each(ef_pio_free) \
  each(ef_pio_link_vi) \
  each(ef_pio_unlink_vi) \
  each(ef_pio_memcpy) \
  each(ef_vi_packed_stream_get_params) \
  each(ef_vi_packed_stream_unbundle) \
  each(ef_vi_capabilities_get) \
  each(ef_pd_capabilities_get) \
  each(ef_vi_capabilities_get_from_pd_flags) \
  each(ef_vi_capabilities_max) \
  each(ef_vi_capabilities_name) \
  each(ef_ip_checksum) \
  each(ef_udp_checksum) \
  each(ef_udp_checksum_ip6) \
  each(ef_udp_checksum_ipx) \
  each(ef_tcp_checksum) \
  each(ef_tcp_checksum_ip6) \
  each(ef_tcp_checksum_ipx) \
  each(ef_udp_checksum_is_correct) \
  each(ef_udp_checksum_ip6_is_correct) \
  each(ef_tcp_checksum_is_correct) \
  each(ef_tcp_checksum_ip6_is_correct) \
  each(ef_icmpv6_checksum)

#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wdeprecated-declarations"
#define CIUL_MEMBER(name) __typeof__(name) *name;
struct ciul_library {
  CIUL_FUNCTIONS(CIUL_MEMBER)
};
#undef CIUL_MEMBER
#pragma clang diagnostic pop

// Filled by ciul_load (CLibciul.h). Null before, and no shim may be called then.
extern struct ciul_library ciul;
