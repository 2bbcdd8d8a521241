#include "frame.h"

#include <string.h>

#include "rings.h"

static uint16_t field(const uint8_t *bytes) { return (uint16_t)(bytes[0] << 8 | bytes[1]); }

static uint64_t sum(const uint8_t *bytes, size_t count) {
  uint64_t total = 0;
  for (; count >= 8; bytes += 8, count -= 8) {
    uint64_t word;
    memcpy(&word, bytes, 8);
    total += (word & UINT32_MAX) + (word >> 32);
  }
  if (count & 4) {
    uint32_t word;
    memcpy(&word, bytes, 4);
    total += word;
    bytes += 4;
  }
  if (count & 2) {
    uint16_t word;
    memcpy(&word, bytes, 2);
    total += word;
    bytes += 2;
  }
  if (count & 1) total += *bytes;
  return total;
}

static uint16_t fold(uint64_t total) {
  uint32_t word = (uint32_t)total + (uint32_t)(total >> 32);
  word += word < (uint32_t)total;
  return (uint16_t)((word + (word << 16 | word >> 16)) >> 16);
}

static void parse_transport(struct layout *layout, const uint8_t *frame, size_t offset, size_t limit) {
  if (layout->protocol == 6 && offset + 20 <= limit) layout->l4 = L4_TCP;
  else if (layout->protocol == 17 && offset + 8 <= limit) layout->l4 = L4_UDP;
  else return;
  layout->source_port = field(frame + offset);
  layout->destination_port = field(frame + offset + 2);
}

static void parse_ip4(struct layout *layout, const uint8_t *frame, size_t offset, size_t length) {
  if (offset + 20 > length) return;
  size_t header = (frame[offset] & 0xf) * 4u;
  if (frame[offset] >> 4 != 4 || header < 20 || offset + header > length) return;
  size_t end = offset + field(frame + offset + 2);
  layout->l3_header = (uint16_t)header;
  layout->l4_offset = (uint16_t)(offset + header);
  layout->protocol = frame[offset + 9];
  layout->l3_end = (uint32_t)end;
  layout->length_valid = end >= offset + header && end <= length;
  layout->l3 = L3_IP4_FRAGMENT;
  if (field(frame + offset + 6) & 0x3fff) return;
  layout->l3 = L3_IP4;
  parse_transport(layout, frame, offset + header, layout->length_valid ? end : length);
}

static void parse_ip6(struct layout *layout, const uint8_t *frame, size_t offset, size_t length) {
  if (offset + 40 > length || frame[offset] >> 4 != 6) return;
  size_t end = offset + 40 + field(frame + offset + 4);
  layout->l3 = L3_IP6;
  layout->l3_header = 40;
  layout->l4_offset = (uint16_t)(offset + 40);
  layout->protocol = frame[offset + 6];
  layout->l3_end = (uint32_t)end;
  layout->length_valid = end <= length;
  parse_transport(layout, frame, offset + 40, layout->length_valid ? end : length);
}

void frame_parse(struct layout *layout, const uint8_t *frame, size_t length) {
  *layout = (struct layout){.length = (uint32_t)length};
  if (length < 14) return;
  layout->multicast = frame[0] & 1;
  uint16_t type = field(frame + 12);
  size_t offset = 14;
  while (layout->vlans < 2 && (type == 0x8100 || type == 0x88a8) && offset + 4 <= length) {
    if (layout->vlans++ == 0) layout->outer_vlan = field(frame + offset) & 0xfff;
    type = field(frame + offset + 2);
    offset += 4;
  }
  layout->ether_type = type;
  layout->l3_offset = layout->l4_offset = (uint16_t)offset;
  if (type == 0x0800) parse_ip4(layout, frame, offset, length);
  else if (type == 0x86dd) parse_ip6(layout, frame, offset, length);
  else if (type == 0x0806) layout->l3 = L3_ARP;
}

// Bytes under the transport checksum.
static size_t covered(const struct layout *layout, const uint8_t *frame) {
  if (layout->l4 == L4_NONE || !layout->length_valid) return 0;
  size_t available = layout->l3_end - layout->l4_offset;
  if (layout->l4 == L4_TCP) return available;
  size_t length = field(frame + layout->l4_offset + 4);
  return length >= 8 && length <= available ? length : 0;
}

static uint64_t pseudo(const struct layout *layout, const uint8_t *frame, size_t length) {
  const uint8_t *header = frame + layout->l3_offset;
  uint64_t total = layout->l3 == L3_IP6 ? sum(header + 8, 32) : sum(header + 12, 8);
  return total + __builtin_bswap16(layout->protocol) + __builtin_bswap16((uint16_t)length);
}

void frame_fill(const struct layout *layout, uint8_t *frame, bool ip, bool l4) {
  if (ip && (layout->l3 == L3_IP4 || layout->l3 == L3_IP4_FRAGMENT)) {
    uint8_t *header = frame + layout->l3_offset;
    uint16_t value = ~fold(sum(header, 10) + sum(header + 12, layout->l3_header - 12u));
    memcpy(header + 10, &value, 2);
  }
  size_t count = l4 ? covered(layout, frame) : 0;
  if (count == 0) return;
  uint8_t *transport = frame + layout->l4_offset;
  size_t position = layout->l4 == L4_TCP ? 16 : 6;
  uint16_t value = ~fold(
    pseudo(layout, frame, count) + sum(transport, position) + sum(transport + position + 2, count - position - 2));
  if (layout->l4 == L4_UDP && value == 0) value = 0xffff;
  memcpy(transport + position, &value, 2);
}

uint64_t frame_verify(const struct layout *layout, const uint8_t *frame) {
  uint64_t bits = 0;
  if (layout->l3 == L3_IP4 || layout->l3 == L3_IP4_FRAGMENT)
    if (fold(sum(frame + layout->l3_offset, layout->l3_header)) != 0xffff) bits |= RX_IP_BAD;
  size_t count = covered(layout, frame);
  if (count == 0) return bits;
  const uint8_t *transport = frame + layout->l4_offset;
  if (layout->l4 == L4_UDP && field(transport + 6) == 0) return bits | (layout->l3 == L3_IP6 ? RX_L4_BAD : 0);
  if (fold(pseudo(layout, frame, count) + sum(transport, count)) != 0xffff) bits |= RX_L4_BAD;
  return bits;
}
