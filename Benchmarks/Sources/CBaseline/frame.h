#ifndef FRAME_H
#define FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// The adapter's parser and its checksum units.

enum l3_class { L3_UNKNOWN = 0, L3_IP4 = 1, L3_IP6 = 2, L3_IP4_FRAGMENT = 4, L3_ARP = 5 };
enum l4_class { L4_NONE, L4_TCP, L4_UDP };

struct layout {
  uint32_t length, l3_end;
  uint16_t l3_offset, l3_header, l4_offset, ether_type, outer_vlan, source_port, destination_port;
  uint8_t protocol, vlans, l3, l4;
  bool multicast, length_valid;
};

void frame_parse(struct layout *layout, const uint8_t *frame, size_t length);
void frame_fill(const struct layout *layout, uint8_t *frame, bool ip, bool l4);
// Error bits of a receive event.
uint64_t frame_verify(const struct layout *layout, const uint8_t *frame);

#endif
