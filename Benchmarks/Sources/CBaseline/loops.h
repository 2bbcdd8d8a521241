#ifndef LOOPS_H
#define LOOPS_H

#include <string.h>

#include "CBaseline.h"

// The loops that every kind of end runs, written once. A kind has four functions, which end up inline in its loops:
//   uint32_t KIND_transmit(struct KIND *, const uint8_t *frame, uint32_t length, uint32_t burst)   taken
//   uint8_t *KIND_peek(struct KIND *, uint32_t *length)                                            NULL: nothing there
//   void KIND_release(struct KIND *)                                                               of what was peeked
//   void KIND_close(struct KIND *)

struct end_operations {
  void (*close)(baseline_end *);
  void (*echo)(baseline_end *, const volatile bool *);
  bool (*measure)(baseline_end *, uint8_t *, uint32_t, uint32_t, uint64_t *, uint32_t);
  uint64_t (*send)(baseline_end *, const uint8_t *, uint32_t, uint32_t, uint64_t, const volatile bool *);
  uint64_t (*receive)(baseline_end *, const volatile bool *);
};

// The first member of each kind.
struct baseline_end {
  const struct end_operations *operations;
};

// Of Ethernet, IPv4 and UDP.
enum { HEADER_BYTES = 42 };

static inline void exchange_addresses(uint8_t *frame) {
  uint8_t kept[6];
  memcpy(kept, frame, 6);
  memcpy(frame, frame + 6, 6);
  memcpy(frame + 6, kept, 6);
}

// Waits for the time of the next burst.
static inline void pace(uint64_t start, uint64_t sent, uint64_t rate, const volatile bool *stop) {
  if (rate == 0) return;
  uint64_t due = start + sent * 1000000000u / rate;
  while (!*stop && baseline_now() < due) {}
}

#define DEFINE_LOOPS(KIND, SKIPPED)                                                                                    \
  static void KIND##_end_close(baseline_end *end) { KIND##_close((struct KIND *)end); }                                \
  static void KIND##_end_echo(baseline_end *end, const volatile bool *stop) {                                          \
    struct KIND *self = (struct KIND *)end;                                                                            \
    uint32_t length;                                                                                                   \
    while (!*stop) {                                                                                                   \
      uint8_t *frame = KIND##_peek(self, &length);                                                                     \
      if (!frame) continue;                                                                                            \
      if ((SKIPPED) == 0) exchange_addresses(frame);                                                                   \
      KIND##_transmit(self, frame, length, 1);                                                                         \
      KIND##_release(self);                                                                                            \
    }                                                                                                                  \
  }                                                                                                                    \
  static bool KIND##_end_measure(                                                                                      \
    baseline_end *end, uint8_t *frame, uint32_t length, uint32_t first, uint64_t *trips, uint32_t count) {             \
    struct KIND *self = (struct KIND *)end;                                                                            \
    const int number_at = BASELINE_NUMBER - (SKIPPED);                                                                 \
    frame += (SKIPPED);                                                                                                \
    length -= (SKIPPED);                                                                                               \
    for (uint32_t index = 0; index < count; index++) {                                                                 \
      uint32_t number = first + index, echoed = ~number, got, empty = 0;                                               \
      uint64_t start = baseline_now();                                                                                 \
      memcpy(frame + number_at, &number, sizeof number);                                                               \
      KIND##_transmit(self, frame, length, 1);                                                                         \
      while (echoed != number) {                                                                                       \
        uint8_t *answer = KIND##_peek(self, &got);                                                                     \
        if (answer) {                                                                                                  \
          memcpy(&echoed, answer + number_at, sizeof echoed);                                                          \
          KIND##_release(self);                                                                                        \
        } else if ((++empty & 0xfff) == 0 && baseline_now() - start > 1000000000u) {                                   \
          return false;                                                                                                \
        }                                                                                                              \
      }                                                                                                                \
      trips[index] = baseline_now() - start;                                                                           \
    }                                                                                                                  \
    return true;                                                                                                       \
  }                                                                                                                    \
  static uint64_t KIND##_end_send(                                                                                     \
    baseline_end *end, const uint8_t *frame, uint32_t length, uint32_t burst, uint64_t rate,                           \
    const volatile bool *stop) {                                                                                       \
    struct KIND *self = (struct KIND *)end;                                                                            \
    uint64_t taken = 0, offered = 0, start = baseline_now();                                                           \
    while (!*stop) {                                                                                                   \
      for (uint32_t left = burst; left > 0 && !*stop;) {                                                               \
        uint32_t some = left < 32 ? left : 32;                                                                         \
        taken += KIND##_transmit(self, frame + (SKIPPED), length - (SKIPPED), some);                                   \
        offered += some;                                                                                               \
        left -= some;                                                                                                  \
      }                                                                                                                \
      pace(start, offered, rate, stop);                                                                                \
    }                                                                                                                  \
    return taken;                                                                                                      \
  }                                                                                                                    \
  static uint64_t KIND##_end_receive(baseline_end *end, const volatile bool *stop) {                                   \
    struct KIND *self = (struct KIND *)end;                                                                            \
    uint64_t received = 0;                                                                                             \
    uint32_t length;                                                                                                   \
    while (!*stop) {                                                                                                   \
      const volatile uint8_t *frame = KIND##_peek(self, &length);                                                      \
      if (!frame) continue;                                                                                            \
      (void)*frame;                                                                                                    \
      KIND##_release(self);                                                                                            \
      received++;                                                                                                      \
    }                                                                                                                  \
    return received;                                                                                                   \
  }                                                                                                                    \
  static const struct end_operations KIND##_operations = {                                                             \
    KIND##_end_close, KIND##_end_echo, KIND##_end_measure, KIND##_end_send, KIND##_end_receive}

#endif
