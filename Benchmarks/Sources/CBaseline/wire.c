#include "wire.h"

// A record is a header of 16 bytes and the frame, padded to 16; it never wraps.
enum { HEADER = 16, MASK = FRAME_RING_BYTES - 1, PUBLISH_BATCH = 32 };
#define WRAP UINT32_MAX

struct header {
  uint32_t length, pad;
  uint64_t order;
};

static size_t record_size(size_t length) { return HEADER + ((length + 15) & ~(size_t)15); }

static void publish(struct cable_end *end) {
  if (end->published == end->write_tail) return;
  end->published = end->write_tail;
  atomic_store_explicit(&end->out->tail, end->write_tail, memory_order_release);
  if (atomic_load_explicit(&end->out->armed, memory_order_relaxed)) end->wakes++;
}

static uint8_t *transmit_reserve(void *context, size_t length) {
  struct cable_end *end = context;
  size_t needed = record_size(length), position = end->write_tail & MASK, to_end = FRAME_RING_BYTES - position;
  bool wraps = to_end < needed;
  if (wraps) needed += to_end;
  if (end->write_tail - end->known_head + needed > FRAME_RING_BYTES) {
    end->known_head = atomic_load_explicit(&end->out->head, memory_order_acquire);
    if (end->write_tail - end->known_head + needed > FRAME_RING_BYTES) {
      publish(end);
      end->dropped++;
      return NULL;
    }
  }
  end->reserved = end->write_tail;
  if (!wraps) return end->out->records + position + HEADER;
  ((struct header *)(end->out->records + position))->length = WRAP;
  end->reserved += to_end;
  return end->out->records + HEADER;
}

static int transmit_commit(void *context, size_t length) {
  struct cable_end *end = context;
  if (!atomic_load_explicit(end->peer_attached, memory_order_relaxed)) return 2;
  *(struct header *)(end->out->records + (end->reserved & MASK)) = (struct header){.length = (uint32_t)length};
  end->write_tail = end->reserved + record_size(length);
  if (++end->unpublished >= PUBLISH_BATCH) {
    publish(end);
    end->unpublished = 0;
  }
  return 0;
}

static int transmit_flush(void *context) {
  struct cable_end *end = context;
  publish(end);
  end->unpublished = 0;
  return 0;
}

static bool receive_next(void *context, struct wire_frame *frame) {
  struct cable_end *end = context;
  for (;;) {
    if (end->read_head == end->known_tail) {
      end->known_tail = atomic_load_explicit(&end->in->tail, memory_order_acquire);
      if (end->read_head == end->known_tail) return false;
    }
    uint8_t *record = end->in->records + (end->read_head & MASK);
    uint32_t length = ((struct header *)record)->length;
    if (length != WRAP) {
      *frame = (struct wire_frame){.bytes = record + HEADER, .length = length};
      return true;
    }
    end->read_head += FRAME_RING_BYTES - (end->read_head & MASK);
  }
}

static void receive_release(void *context) {
  struct cable_end *end = context;
  uint32_t length = ((struct header *)(end->in->records + (end->read_head & MASK)))->length;
  end->read_head += record_size(length);
  atomic_store_explicit(&end->in->head, end->read_head, memory_order_release);
}

struct wire cable_wire(struct cable_end *end) {
  return (struct wire){end, transmit_reserve, transmit_commit, transmit_flush, receive_next, receive_release};
}
