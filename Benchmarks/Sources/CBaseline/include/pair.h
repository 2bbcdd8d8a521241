#ifndef BASELINE_PAIR_H
#define BASELINE_PAIR_H

#include <stdbool.h>
#include <stdint.h>

// The yardstick: the work of two virtual interfaces on a cable, written plainly in C.

typedef struct baseline_pair baseline_pair;

baseline_pair *baseline_pair_create(void);
void baseline_pair_destroy(baseline_pair *pair);

// The first `length` bytes of the buffer that every packet is sent from.
uint8_t *baseline_pair_frame(baseline_pair *pair);

// Sends bursts through the pair; returns the packets received, for a check.
uint64_t baseline_pair_run(baseline_pair *pair, uint32_t burst, uint64_t bursts, uint32_t length);

#endif
