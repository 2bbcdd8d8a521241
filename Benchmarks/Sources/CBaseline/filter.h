#ifndef FILTER_H
#define FILTER_H

#include <stdbool.h>
#include <stdint.h>

#include "frame.h"

// The adapter's filter table: one hash probe for each kind of filter that is in use.

enum filter_kind { KIND_FULL = 1, KIND_LOCAL = 3, KIND_MAC = 9, KIND_COUNT = 19 };

struct filter_key {
  uint64_t local_high, local_low, remote_high, remote_low, link, transport;
};

struct filter_slot {
  struct filter_key key;
  uint64_t hash;
  int32_t entry;
};

struct filter_entry {
  uint64_t matches;
  uint32_t interface, flags;
  int32_t next;
};

struct filter_table {
  struct filter_slot *slots;
  uint64_t slot_mask;
  struct filter_entry *entries;
  struct filter_key masks[KIND_COUNT];
  uint32_t kinds;
};

void filter_table_init(struct filter_table *table);
void filter_table_free(struct filter_table *table);
// One filter on a local address and port of UDP over IPv4.
void filter_add_udp(struct filter_table *table, uint32_t address, uint16_t port, uint32_t interface);
// Stores the interfaces that a frame goes to; returns how many.
int filter_match(
  struct filter_table *table, const uint8_t *frame, const struct layout *layout, uint32_t *interfaces, int capacity);

#endif
