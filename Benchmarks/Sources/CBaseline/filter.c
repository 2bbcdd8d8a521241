#include "filter.h"

#include <stdlib.h>
#include <string.h>

enum { SLOTS = 16384 };

static uint64_t mix(uint64_t a, uint64_t b) {
  unsigned __int128 product = (unsigned __int128)a * b;
  return (uint64_t)(product >> 64) ^ (uint64_t)product;
}

static uint64_t hash(const struct filter_key *key) {
  uint64_t addresses = mix(key->local_low ^ 0x9e3779b97f4a7c15, key->remote_low ^ 0xc2b2ae3d27d4eb4f);
  uint64_t halves = mix(key->local_high ^ 0x165667b19e3779f9, key->remote_high ^ 0x85ebca77c2b2ae63);
  uint64_t rest = mix(key->link ^ addresses, key->transport ^ 0x2127599bf4325c37);
  return mix(rest ^ halves, 0xd6e8feb86659fd93);
}

static struct filter_key masked(const struct filter_key *key, const struct filter_key *mask, int kind) {
  return (struct filter_key){
    key->local_high & mask->local_high,   key->local_low & mask->local_low, key->remote_high & mask->remote_high,
    key->remote_low & mask->remote_low,   key->link & mask->link,
    (key->transport & mask->transport) | (uint64_t)kind << 56};
}

static bool equal(const struct filter_key *a, const struct filter_key *b) {
  return ((a->local_high ^ b->local_high) | (a->local_low ^ b->local_low) | (a->remote_high ^ b->remote_high) |
          (a->remote_low ^ b->remote_low) | (a->link ^ b->link) | (a->transport ^ b->transport)) == 0;
}

static struct filter_slot *find(struct filter_table *table, const struct filter_key *key, uint64_t value) {
  for (uint64_t index = value & table->slot_mask;; index = (index + 1) & table->slot_mask) {
    struct filter_slot *slot = table->slots + index;
    if (slot->entry < 0) return NULL;
    if (slot->hash == value && equal(&slot->key, key)) return slot;
  }
}

void filter_table_init(struct filter_table *table) {
  memset(table, 0, sizeof *table);
  table->slots = calloc(SLOTS, sizeof *table->slots);
  table->entries = calloc(SLOTS / 2, sizeof *table->entries);
  for (int slot = 0; slot < SLOTS; slot++) table->slots[slot].entry = -1;
  table->slot_mask = SLOTS - 1;
  table->masks[KIND_LOCAL] =
    (struct filter_key){.local_high = UINT64_MAX, .local_low = UINT64_MAX, .transport = 0xffffff0000ffff};
}

void filter_table_free(struct filter_table *table) {
  free(table->slots);
  free(table->entries);
}

void filter_add_udp(struct filter_table *table, uint32_t address, uint16_t port, uint32_t interface) {
  struct filter_key key = {
    .local_low = address,
    .transport = UINT64_C(17) << 48 | UINT64_C(0x0800) << 32 | port | (uint64_t)KIND_LOCAL << 56};
  uint64_t value = hash(&key);
  struct filter_slot *slot = table->slots + (value & table->slot_mask);
  *slot = (struct filter_slot){.key = key, .hash = value, .entry = 0};
  table->entries[0] = (struct filter_entry){.interface = interface, .next = -1};
  table->kinds |= 1u << KIND_LOCAL;
}

static uint64_t load(const uint8_t *bytes, int count) {
  uint64_t value = 0;
  memcpy(&value, bytes, (size_t)count);
  return __builtin_bswap64(value) >> (64 - 8 * count);
}

int filter_match(
  struct filter_table *table, const uint8_t *frame, const struct layout *layout, uint32_t *interfaces, int capacity) {
  const uint8_t *header = frame + layout->l3_offset;
  struct filter_key key = {
    .link = load(frame, 6) | (uint64_t)layout->outer_vlan << 48, .transport = (uint64_t)layout->ether_type << 32};
  uint32_t kinds = 0x2aa0 | 0x100 | 0x200;
  if (layout->l3 == L3_IP4) {
    key.remote_low = load(header + 12, 4);
    key.local_low = load(header + 16, 4);
    key.transport |= (uint64_t)layout->protocol << 48;
    kinds |= 0x1450;
  } else if (layout->l3 == L3_IP6) {
    key.remote_high = load(header + 8, 8);
    key.remote_low = load(header + 16, 8);
    key.local_high = load(header + 24, 8);
    key.local_low = load(header + 32, 8);
    key.transport |= (uint64_t)layout->protocol << 48;
  }
  if (layout->l4 != L4_NONE) {
    key.transport |= (uint64_t)layout->source_port << 16 | layout->destination_port;
    kinds |= 0xf;
  }
  int count = 0;
  for (uint32_t rest = kinds & table->kinds; rest && count == 0; rest &= rest - 1) {
    int kind = __builtin_ctz(rest);
    struct filter_key probe = masked(&key, &table->masks[kind], kind);
    struct filter_slot *slot = find(table, &probe, hash(&probe));
    if (!slot) continue;
    uint64_t seen = 0;
    for (int32_t index = slot->entry; index >= 0; index = table->entries[index].next) {
      struct filter_entry *entry = table->entries + index;
      uint64_t bit = UINT64_C(1) << (entry->interface & 63);
      if (seen & bit || count >= capacity) continue;
      seen |= bit;
      interfaces[count++] = entry->interface;
      entry->matches++;
    }
  }
  return count;
}
