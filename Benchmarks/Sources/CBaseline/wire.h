#ifndef WIRE_H
#define WIRE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// A wire is a table of functions, so that an adapter runs over any; this one is a ring in memory.

struct wire_frame {
  uint8_t *bytes;
  size_t length;
  uint64_t timestamp;
};

struct wire {
  void *context;
  uint8_t *(*transmit_reserve)(void *context, size_t length);
  int (*transmit_commit)(void *context, size_t length);
  int (*transmit_flush)(void *context);
  bool (*receive_next)(void *context, struct wire_frame *frame);
  void (*receive_release)(void *context);
};

enum { FRAME_RING_BYTES = 256 << 10 };

struct frame_ring {
  _Alignas(64) _Atomic size_t tail;
  _Alignas(64) _Atomic size_t head;
  _Alignas(64) _Atomic bool armed;
  _Alignas(64) uint8_t records[FRAME_RING_BYTES];
};

struct cable_end {
  struct frame_ring *out, *in;
  size_t write_tail, known_head, published, reserved;
  size_t read_head, known_tail;
  uint32_t unpublished;
  uint64_t dropped, wakes;
  _Atomic bool *peer_attached;
};

struct wire cable_wire(struct cable_end *end);

#endif
