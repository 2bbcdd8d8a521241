#include "rings.h"

static uint64_t load(struct host_queue *queue, uint32_t slot) {
  return atomic_load_explicit(&queue->events[slot & queue->event_mask], memory_order_acquire);
}

static int on_receive(struct host_queue *owner, uint64_t word, struct event *output) {
  uint32_t label = word >> 16 & 0x1f;
  struct host_queue *queue = owner->labels[label];
  if (!queue || ((uint32_t)(word >> 48) - queue->rx_removed & 0xf) != 1) return 0;
  uint8_t flags = word & RX_MULTICAST ? 4 : 0;
  if (queue->in_jumbo) {
    queue->jumbo_bytes += word & 0x3fff;
  } else {
    queue->jumbo_bytes = word & 0x3fff;
    flags |= 1;
  }
  queue->in_jumbo = (word & RX_CONTINUES) != 0;
  if (queue->in_jumbo) flags |= 2;
  uint32_t slot = queue->rx_removed++ & queue->rx_mask;
  output->value = queue->rx_ids[slot];
  queue->rx_ids[slot] = UINT32_MAX;
  output->bytes = (uint16_t)queue->jumbo_bytes;
  output->flags = flags;
  output->queue = (uint8_t)label;
  output->kind = word & queue->discard_bits ? EVENT_RX_DISCARD : EVENT_RX;
  return 1;
}

static int on_transmit(struct host_queue *owner, uint64_t word, struct event *output) {
  uint32_t label = word >> 16 & 0x1f;
  if (!owner->labels[label]) return 0;
  output->value = (uint32_t)(word & 0xffff) + 1;
  output->queue = (uint8_t)label;
  output->kind = EVENT_TX;
  return 1;
}

int host_poll(struct host_queue *queue, struct event *output, int capacity) {
  uint32_t pointer = queue->event_pointer;
  if (queue->service && !event_present(load(queue, pointer))) queue->service(queue->context, REASON_POLL);
  if (event_present(load(queue, pointer - 1))) return -1;
  int produced = 0;
  while (produced < capacity) {
    uint64_t word = load(queue, pointer);
    if (!event_present(word)) {
      if (!event_present(load(queue, pointer + 1)) || produced > 0) break;
      pointer++;
      continue;
    }
    switch (word >> 60) {
      case CODE_RX: produced += on_receive(queue, word, output + produced); break;
      case CODE_TX: produced += on_transmit(queue, word, output + produced); break;
      default: break;
    }
    atomic_store_explicit(&queue->events[pointer & queue->event_mask], UINT64_MAX, memory_order_relaxed);
    pointer++;
  }
  queue->event_pointer = pointer;
  return produced;
}
