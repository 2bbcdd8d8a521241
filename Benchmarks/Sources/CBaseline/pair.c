#define _GNU_SOURCE
#include "CBaseline.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

#include "adapter.h"

enum { BUFFER_BYTES = 2048, BUFFERS = RING_SIZE, MEMORY_BYTES = BUFFER_BYTES * BUFFERS };

struct side {
  struct port port;
  struct interface interface;
  struct event_queue events;
  struct host_queue host;
  struct host_queue *labels[32];
  struct cable_end end;
  uint8_t *memory;
};

struct baseline_pair {
  struct side sides[2];
  struct frame_ring *rings[2];
  _Atomic bool attached;
};

static void *pages(size_t bytes) {
  void *memory = aligned_alloc(4096, bytes);
  memset(memory, 0, bytes);
  return memory;
}

static void side_init(struct side *side, struct frame_ring *out, struct frame_ring *in, _Atomic bool *attached) {
  side->end = (struct cable_end){.out = out, .in = in, .peer_attached = attached};
  side->memory = pages(MEMORY_BYTES);
  side->events.slots = pages(EVENT_SIZE * 8);
  memset((void *)side->events.slots, 0xff, EVENT_SIZE * 8);
  side->events.mask = EVENT_MASK;
  struct port *port = &side->port;
  port->wire = cable_wire(&side->end);
  port->pages = mmap(
    NULL, TRANSLATION_PAGES * sizeof(struct page), PROT_READ | PROT_WRITE,
    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  for (size_t page = 0; page < MEMORY_BYTES / 4096; page++)
    port->pages[FIRST_PAGE + page] = (struct page){(uintptr_t)side->memory + page * 4096, 1};
  port->maximum_frame = 9018;
  port->completion_batch = 32;
  port->interfaces[0] = &side->interface;
  filter_table_init(&port->filters);
  filter_add_udp(&port->filters, 0x0a090001, 9000, 0);
  uint8_t *doorbells = pages(4096);
  uint64_t *rings = pages(2 * RING_SIZE * 8);
  side->interface = (struct interface){
    .port = port, .events = &side->events, .doorbells = doorbells, .rx_ring = rings, .tx_ring = rings + RING_SIZE,
    .rx_mask = RING_MASK, .tx_mask = RING_MASK, .domain = 1, .fills_ip = true, .fills_l4 = true};
  side->host = (struct host_queue){
    .events = side->events.slots, .event_mask = EVENT_MASK, .labels = side->labels, .rx_ring = rings,
    .rx_ids = pages(4096), .rx_mask = RING_MASK, .rx_buffer_length = 1792,
    .discard_bits = RX_ANY_ERROR, .tx_ring = rings + RING_SIZE, .tx_ids = pages(4096), .tx_mask = RING_MASK,
    .push_threshold = 16, .doorbells = doorbells, .service = adapter_service, .context = &side->interface};
  side->labels[0] = &side->host;
}

static uint64_t buffer(uint32_t index) { return (uint64_t)FIRST_PAGE * 4096 + (uint64_t)index * BUFFER_BYTES; }

baseline_pair *baseline_pair_create(void) {
  baseline_pair *pair = pages((sizeof *pair + 4095) & ~(size_t)4095);
  atomic_store(&pair->attached, true);
  for (int ring = 0; ring < 2; ring++) pair->rings[ring] = pages((sizeof *pair->rings[ring] + 4095) & ~(size_t)4095);
  side_init(&pair->sides[0], pair->rings[0], pair->rings[1], &pair->attached);
  side_init(&pair->sides[1], pair->rings[1], pair->rings[0], &pair->attached);
  struct host_queue *receiver = &pair->sides[1].host;
  for (uint32_t index = 0; index < BUFFERS - 8; index++) rx_init(receiver, buffer(index), index);
  rx_push(receiver);
  return pair;
}

void baseline_pair_destroy(baseline_pair *pair) {
  for (int index = 0; index < 2; index++) {
    struct side *side = &pair->sides[index];
    munmap(side->port.pages, TRANSLATION_PAGES * sizeof(struct page));
    filter_table_free(&side->port.filters);
    free(side->memory);
    free((void *)side->events.slots);
    free(side->interface.doorbells);
    free(side->interface.rx_ring);
    free(side->host.rx_ids);
    free(side->host.tx_ids);
    free(pair->rings[index]);
  }
  free(pair);
}

uint8_t *baseline_pair_frame(baseline_pair *pair) { return pair->sides[0].memory; }

uint64_t baseline_pair_run(baseline_pair *pair, uint32_t burst, uint64_t bursts, uint32_t length) {
  struct host_queue *sender = &pair->sides[0].host, *receiver = &pair->sides[1].host;
  struct event events[64];
  uint32_t ids[64];
  uint64_t total = 0;
  for (uint64_t round = 0; round < bursts; round++) {
    for (uint32_t index = 0; index < burst; index++)
      if (tx_init(sender, buffer(0), length, index) != 0) return total;
    tx_push(sender);
    for (uint32_t sent = 0; sent < burst;) {
      int count = host_poll(sender, events, 64);
      for (int index = 0; index < count; index++)
        if (events[index].kind == EVENT_TX) sent += (uint32_t)tx_unbundle(sender, events[index].value, ids, 64);
    }
    for (uint32_t got = 0; got < burst;) {
      int count = host_poll(receiver, events, 64);
      for (int index = 0; index < count; index++) {
        if (events[index].kind != EVENT_RX) return total;
        if (rx_init(receiver, buffer(events[index].value), events[index].value) != 0) return total;
        got++;
      }
      rx_push(receiver);
    }
    total += burst;
  }
  return total;
}

uint64_t baseline_now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}
