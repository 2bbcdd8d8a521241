// One end of a wire for the test programs: a driver handle, a domain, an interface, and buffers of 2 KiB in registered
// memory.

#ifndef END_H
#define END_H

#include <arpa/inet.h>
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
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { end_buffers = 512, end_buffer_bytes = 2048 };

struct end {
  ef_driver_handle handle;
  ef_pd pd;
  ef_vi vi;
  ef_memreg memory;
  char *buffers;
};

// Ends the program with what failed, where it failed.
#define TRY(call) \
  __extension__({ \
    int tried = (int)(call); \
    if (tried < 0) { \
      fprintf(stderr, "%s:%d: %s: %d (%s)\n", __FILE__, __LINE__, #call, tried, strerror(-tried)); \
      exit(1); \
    } \
    tried; \
  })

#define CHECK(condition) \
  do { \
    if (!(condition)) { \
      fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition); \
      exit(1); \
    } \
  } while (0)

static inline void end_open(struct end *end, const char *interface, enum ef_pd_flags domain_flags) {
  memset(end, 0, sizeof *end);
  TRY(ef_driver_open(&end->handle));
  TRY(ef_pd_alloc_by_name(&end->pd, end->handle, interface, domain_flags));
}

static inline void end_memory(struct end *end, size_t bytes, size_t alignment) {
  void *memory = NULL;
  CHECK(posix_memalign(&memory, alignment, bytes) == 0);
  memset(memory, 0, bytes);
  end->buffers = (char *)memory;
  TRY(ef_memreg_alloc(&end->memory, end->handle, &end->pd, end->handle, memory, bytes));
}

static inline void end_start(struct end *end, const char *interface, enum ef_vi_flags flags) {
  end_open(end, interface, EF_PD_DEFAULT);
  TRY(ef_vi_alloc_from_pd(&end->vi, end->handle, &end->pd, end->handle, -1, -1, -1, NULL, -1, flags));
  end_memory(end, (size_t)end_buffers * end_buffer_bytes, 4096);
}

static inline char *end_buffer(struct end *end, int id) { return end->buffers + (size_t)id * end_buffer_bytes; }

static inline ef_addr end_address(struct end *end, int id) {
  return ef_memreg_dma_addr(&end->memory, (size_t)id * end_buffer_bytes);
}

static inline void end_post(struct end *end, int first, int count) {
  for (int id = first; id < first + count; id++) TRY(ef_vi_receive_init(&end->vi, end_address(end, id), id));
  ef_vi_receive_push(&end->vi);
}

// A filter on UDP to an address and port of this end.
static inline ef_filter_cookie end_filter(struct end *end, const char *address, int port) {
  ef_filter_spec filter;
  ef_filter_cookie cookie;
  ef_filter_spec_init(&filter, EF_FILTER_FLAG_NONE);
  TRY(ef_filter_spec_set_ip4_local(&filter, IPPROTO_UDP, inet_addr(address), htons((uint16_t)port)));
  TRY(ef_vi_filter_add(&end->vi, end->handle, &filter, &cookie));
  return cookie;
}

static inline void end_stop(struct end *end) {
  TRY(ef_vi_free(&end->vi, end->handle));
  TRY(ef_memreg_free(&end->memory, end->handle));
  TRY(ef_pd_free(&end->pd, end->handle));
  CHECK(ef_driver_close(end->handle) == 0);
  free(end->buffers);
}

// Writes a UDP datagram in an Ethernet frame. Returns the bytes of the frame.
static inline int udp_frame(
  void *frame, const uint8_t *to, const char *from_address, const char *to_address, int port, int number, int payload) {
  uint8_t *bytes = (uint8_t *)frame;
  memcpy(bytes, to, 6);
  memcpy(bytes + 6, "\x02\0\0\0\0\x01", 6);
  bytes[12] = 8;
  bytes[13] = 0;
  struct iphdr ip;
  memset(&ip, 0, sizeof ip);
  ip.version = 4;
  ip.ihl = 5;
  ip.ttl = 64;
  ip.protocol = IPPROTO_UDP;
  ip.saddr = inet_addr(from_address);
  ip.daddr = inet_addr(to_address);
  ip.tot_len = htons((uint16_t)(28 + payload));
  ip.check = (uint16_t)ef_ip_checksum(&ip);
  struct udphdr udp;
  memset(&udp, 0, sizeof udp);
  udp.source = htons(4000);
  udp.dest = htons((uint16_t)port);
  udp.len = htons((uint16_t)(8 + payload));
  memset(bytes + 42, 0, (size_t)payload);
  memcpy(bytes + 42, &number, sizeof number);
  udp.check = (uint16_t)ef_udp_checksum_ipx_buf(AF_INET, &ip, &udp, bytes + 42, (size_t)payload);
  memcpy(bytes + 14, &ip, 20);
  memcpy(bytes + 34, &udp, 8);
  return 42 + payload;
}

// The number that udp_frame put into a frame.
static inline int frame_number(const void *frame) {
  int number;
  memcpy(&number, (const char *)frame + 42, sizeof number);
  return number;
}

#endif
