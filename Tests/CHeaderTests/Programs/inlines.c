// Calls every inline function, and the macros that are no dispatch. Compiles as C and as C++.
#include <etherfabric/base.h>
#include <etherfabric/checksum.h>
#include <etherfabric/efct_vi.h>
#include <etherfabric/memreg.h>
#include <etherfabric/packedstream.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#pragma GCC diagnostic ignored "-Wdeprecated-declarations"

#define SHOW(call) printf("%s = %lld\n", #call, (long long)(call))

// What inline functions call in the library.
static void piece(const char *name, const void *ip, const void *header, const struct iovec *pieces, int count) {
  printf("  %s %s %s %s %zu %d\n", name, (const char *)ip, (const char *)header, (const char *)pieces->iov_base,
         pieces->iov_len, count);
}
#define CHECKSUM(name, header, result) \
  uint32_t name(int family, const void *ip, const struct header *h, const struct iovec *pieces, int count) { \
    return printf("  family %d", family), piece(#name, ip, h, pieces, count), (uint32_t)result; \
  }
CHECKSUM(ef_udp_checksum_ipx, udphdr, 101)
CHECKSUM(ef_tcp_checksum_ipx, tcphdr, 102)
#define CORRECT(name, ip_header, header, result) \
  int name(const struct ip_header *ip, const struct header *h, const struct iovec *pieces, int count) { \
    return piece(#name, ip, h, pieces, count), result; \
  }
CORRECT(ef_udp_checksum_is_correct, iphdr, udphdr, 103)
CORRECT(ef_udp_checksum_ip6_is_correct, ipv6hdr, udphdr, 104)
CORRECT(ef_tcp_checksum_is_correct, iphdr, tcphdr, 105)
CORRECT(ef_tcp_checksum_ip6_is_correct, ipv6hdr, tcphdr, 106)

static char packet[] = "packet";
const void *efct_vi_rxpkt_get(ef_vi *vi, uint32_t number) {
  return printf("  efct_vi_rxpkt_get %u %u\n", vi->vi_i, number), packet;
}
static int receive_get_timestamp(ef_vi *vi, const void *bytes, ef_precisetime *time) {
  printf("  receive_get_timestamp %u %s\n", vi->vi_i, (const char *)bytes);
  time->tv_sec = 1700000000;
  time->tv_nsec = 123456789;
  time->tv_nsec_frac = 0x8000;
  time->tv_flags = EF_VI_SYNC_FLAG_CLOCK_SET | EF_VI_SYNC_FLAG_CLOCK_IN_SYNC;
  return -61;
}
static void transmitv_ctpio(ef_vi *vi, size_t length, const struct iovec *pieces, int count, unsigned threshold) {
  printf("  transmitv_ctpio %u %zu %s %zu %d %u\n", vi->vi_i, length, (const char *)pieces->iov_base,
         pieces->iov_len, count, threshold);
}

static void interfaces(void) {
  static ef_vi storage, other;
  static ef_vi_state state, shared;
  static uint32_t ids[8] = {70, 71, EF_REQUEST_ID_MASK, 73, 74, 75, EF_REQUEST_ID_MASK, 77};
  struct ef_vi_transmit_alt_overhead overhead = {31, ~(uint32_t)31, 32};
  struct timespec time = {0, 0};
  unsigned flags = 0;
  int id = 0;
  ef_vi *vi = &storage;

  vi->vi_resource_id = 11;
  vi->vi_i = 12;
  vi->vi_flags = EF_VI_RX_FILTER_ID;
  vi->rx_prefix_len = 14;
  vi->rx_buffer_len = 1792;
  vi->vi_rxq.mask = 511;
  vi->vi_txq.mask = 7;
  vi->vi_txq.ids = ids;
  vi->vi_txq.ct_fifo_bytes = 4000;
  vi->ep_state = &state;
  vi->evq_vi = &other;
  other.ep_state = &shared;
  // Counts that have run over.
  state.rxq.removed = 0xfffffff0;
  state.rxq.added = 0x10;
  state.txq.removed = 0xfffffffd;
  state.txq.added = 3;
  state.txq.ct_removed = 0xffffff00;
  state.txq.ct_added = 0x100;
  state.evq.evq_ptr = 0x12345678;
  vi->ops.receive_get_timestamp = receive_get_timestamp;
  vi->ops.transmitv_ctpio = transmitv_ctpio;

  SHOW(ef_vi_resource_id(vi));
  SHOW(ef_vi_instance(vi));
  SHOW(ef_vi_flags(vi));
  SHOW(ef_vi_receive_prefix_len(vi));
  SHOW(ef_vi_receive_buffer_len(vi));
  ef_vi_receive_set_buffer_len(vi, 2048);
  SHOW(ef_vi_receive_buffer_len(vi));
  SHOW(ef_vi_receive_capacity(vi));
  SHOW(ef_vi_receive_fill_level(vi));
  SHOW(ef_vi_receive_space(vi));
  SHOW(ef_vi_transmit_capacity(vi));
  SHOW(ef_vi_transmit_fill_level(vi));
  SHOW(ef_vi_transmit_space(vi));
  SHOW(ef_vi_transmit_fill_level_bytes(vi));
  shared.evq.min_unused_evq_slots = 1;
  SHOW(ef_vi_transmit_space_bytes(vi));
  shared.evq.min_unused_evq_slots = 0;
  SHOW(ef_vi_transmit_space_bytes(vi));
  SHOW(ef_vi_transmit_alt_usage(&overhead, 60));
  SHOW(ef_vi_transmit_alt_usage(&overhead, 64));
  SHOW(ef_eventq_current(vi));
  ef_vi_transmit_ctpio(vi, packet, 7, 64);

  vi->vi_qs[0] = vi;
  vi->vi_qs[2] = &other;
  vi->vi_qs_n = 3;
  SHOW(ef_vi_get_vi_from_q_id(vi, 0) == vi);
  SHOW(ef_vi_get_vi_from_q_id(vi, 1) == NULL);
  SHOW(__ef_vi_get_vi_from_q_id(vi, 2) == &other);
  SHOW(ef_vi_get_vi_from_q_id(vi, 3) == NULL);
  SHOW(ef_vi_get_vi_from_q_id(vi, -1) == NULL);

  state.txq.removed = 1;
  state.txq.added = 8;
  printf("ef_vi_for_each_tx_error_failed_transmit:");
  ef_vi_for_each_tx_error_failed_transmit(vi, id) printf(" %d", id);
  printf(", removed %u\n", state.txq.removed);

  SHOW(efct_vi_rxpkt_get_timestamp(vi, 5, &time, &flags));
  printf("  %lld.%09ld %u\n", (long long)time.tv_sec, time.tv_nsec, flags);
}

static void discards(void) {
  SHOW(ef_vi_get_rx_discard_subtype_from_flags(0));
  for (unsigned bit = 1; bit <= EF_VI_DISCARD_RX_L4_CLASS_OTHER; bit <<= 1)
    printf("  %x: %u\n", bit, ef_vi_get_rx_discard_subtype_from_flags(bit));
  // The first of several counts.
  SHOW(ef_vi_get_rx_discard_subtype_from_flags(0x3ff));
  SHOW(ef_vi_get_rx_discard_subtype_from_flags(0x3fb));
  SHOW(ef_vi_get_rx_discard_subtype_from_flags(0x3f3));
  SHOW(ef_vi_get_rx_discard_subtype_from_flags(0x3f0));
  SHOW(ef_vi_get_rx_discard_subtype_from_flags(0x390));
}

static void memory(void) {
  ef_addr pages[3] = {0x10000, 0x50000, 0x30000};
  ef_memreg registration = {pages, pages};
  struct padded {
    char first;
    char second EF_VI_ALIGN(64);
  };
  SHOW(ef_memreg_dma_addr(&registration, 0));
  SHOW(ef_memreg_dma_addr(&registration, 4095));
  SHOW(ef_memreg_dma_addr(&registration, 4096));
  SHOW(ef_memreg_dma_addr(&registration, 8192 + 17));
  SHOW(offsetof(struct padded, second));
}

static void streams(void) {
  static char buffer[1024] EF_VI_ALIGN(64);
  ef_packed_stream_packet *first = ef_packed_stream_packet_first(buffer, 240);
  first->ps_next_offset = 192;
  first->ps_pkt_start_offset = 24;
  SHOW((char *)ef_packed_stream_packet_first(buffer, 240) - buffer);
  SHOW((char *)ef_packed_stream_packet_next(first) - buffer);
  SHOW((char *)ef_packed_stream_packet_payload(first) - buffer);
}

static void checksums(void) {
  static const char ip[] = "ip", udp_bytes[] = "udp", tcp_bytes[] = "tcp", payload[] = "payload";
  const struct udphdr *udp = (const struct udphdr *)(const void *)udp_bytes;
  const struct tcphdr *tcp = (const struct tcphdr *)(const void *)tcp_bytes;
  SHOW(ef_udp_checksum_ipx_buf(AF_INET, ip, udp, payload, 7));
  SHOW(ef_tcp_checksum_ipx_buf(AF_INET6, ip, tcp, payload, 6));
  SHOW(ef_udp_checksum_ipx_is_correct(AF_INET, ip, udp, payload, 5));
  SHOW(ef_udp_checksum_ipx_is_correct(AF_INET6, ip, udp, payload, 4));
  SHOW(ef_tcp_checksum_ipx_is_correct(AF_INET, ip, tcp, payload, 3));
  SHOW(ef_tcp_checksum_ipx_is_correct(AF_INET6, ip, tcp, payload, 2));
}

int main(void) {
  interfaces();
  discards();
  memory();
  streams();
  checksums();
  printf("EF_ADDR_FMT " EF_ADDR_FMT "\n", EF_INVALID_ADDR);
  return 0;
}
