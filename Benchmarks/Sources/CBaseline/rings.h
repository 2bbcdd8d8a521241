#ifndef RINGS_H
#define RINGS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

// What the host's and the adapter's side share: descriptors, event words, doorbells.

enum { RING_SIZE = 512, RING_MASK = RING_SIZE - 1, EVENT_SIZE = 1024, EVENT_MASK = EVENT_SIZE - 1 };
enum { RX_DOORBELL = 0x830, TX_PUSH = 0xa10, TX_DOORBELL = 0xa18 };
enum { REASON_POLL = 1, REASON_RX_DOORBELL = 2, REASON_TX_DOORBELL = 4 };
enum { CODE_RX = 0, CODE_TX = 2 };

#define ADDRESS_MASK ((UINT64_C(1) << 44) - 1)
#define RX_CONTINUES (UINT64_C(1) << 14)
#define RX_IP_BAD (UINT64_C(1) << 25)
#define RX_L4_BAD (UINT64_C(1) << 26)
#define RX_MULTICAST (UINT64_C(1) << 35)
#define RX_ANY_ERROR (RX_IP_BAD | RX_L4_BAD | UINT64_C(0x0300000021000000))

static inline bool event_present(uint64_t word) { return (uint32_t)word != UINT32_MAX && word >> 32 != UINT32_MAX; }

typedef void (*service_fn)(void *context, uint32_t reason);

enum event_kind { EVENT_RX, EVENT_RX_DISCARD, EVENT_TX };

struct event {
  uint32_t value;  // request id, or the descriptor after the last one completed
  uint16_t bytes;
  uint8_t flags;
  uint8_t queue;
  uint8_t kind;
};

// The host's side of an interface.
struct host_queue {
  _Atomic uint64_t *events;
  uint32_t event_mask, event_pointer;
  struct host_queue **labels;
  uint64_t *rx_ring;
  uint32_t *rx_ids;
  uint32_t rx_mask, rx_added, rx_posted, rx_removed, rx_buffer_length, jumbo_bytes;
  bool in_jumbo;
  uint64_t discard_bits;
  uint64_t *tx_ring;
  uint32_t *tx_ids;
  uint32_t tx_mask, tx_added, tx_previous, tx_removed, push_threshold;
  uint8_t *doorbells;
  service_fn service;
  void *context;
};

int host_poll(struct host_queue *queue, struct event *output, int capacity);

static inline void ring_doorbell(struct host_queue *queue, int offset, uint32_t value) {
  atomic_store_explicit((_Atomic uint32_t *)(queue->doorbells + offset), value, memory_order_release);
}

static inline int rx_init(struct host_queue *queue, uint64_t address, uint32_t id) {
  uint32_t added = queue->rx_added;
  if (added - queue->rx_removed >= queue->rx_mask) return -1;
  if (address > ADDRESS_MASK) return -2;
  uint32_t slot = added & queue->rx_mask;
  queue->rx_ring[slot] = address | (uint64_t)queue->rx_buffer_length << 48;
  queue->rx_ids[slot] = id;
  queue->rx_added = added + 1;
  return 0;
}

static inline void rx_push(struct host_queue *queue) {
  uint32_t target = queue->rx_added & ~7u;
  if (target == queue->rx_posted) return;
  queue->rx_posted = target;
  ring_doorbell(queue, RX_DOORBELL, target & queue->rx_mask);
  if (queue->service) queue->service(queue->context, REASON_RX_DOORBELL);
}

static inline int tx_init(struct host_queue *queue, uint64_t address, uint32_t length, uint32_t id) {
  if (length > 4096 - (address & 0xfff)) return -3;
  if (address > ADDRESS_MASK - length) return -2;
  uint32_t added = queue->tx_added;
  if (added - queue->tx_removed >= queue->tx_mask) return -1;
  uint32_t slot = added & queue->tx_mask;
  queue->tx_ring[slot] = address | (uint64_t)length << 48;
  queue->tx_ids[slot] = id;
  queue->tx_added = added + 1;
  return 0;
}

static inline void tx_push(struct host_queue *queue) {
  uint32_t previous = queue->tx_previous, added = queue->tx_added;
  if (previous == added) return;
  uint64_t first = queue->tx_ring[previous & queue->tx_mask];
  if (previous - queue->tx_removed < queue->push_threshold && first >> 62 == 0)
    *(volatile uint64_t *)(queue->doorbells + TX_PUSH) = first;
  queue->tx_previous = added;
  ring_doorbell(queue, TX_DOORBELL, added & queue->tx_mask);
  if (queue->service) queue->service(queue->context, REASON_TX_DOORBELL);
}

static inline int tx_unbundle(struct host_queue *queue, uint32_t descriptor, uint32_t *ids, int capacity) {
  uint32_t left = (descriptor - queue->tx_removed) & queue->tx_mask;
  if (left > queue->tx_added - queue->tx_removed) left = queue->tx_added - queue->tx_removed;
  int count = 0;
  for (; left > 0 && count < capacity; left--, queue->tx_removed++) {
    uint32_t slot = queue->tx_removed & queue->tx_mask;
    if (queue->tx_ids[slot] == UINT32_MAX) continue;
    ids[count++] = queue->tx_ids[slot];
    queue->tx_ids[slot] = UINT32_MAX;
  }
  return count;
}

#endif
