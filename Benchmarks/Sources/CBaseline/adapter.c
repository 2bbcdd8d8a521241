#include "adapter.h"

#include <string.h>

enum { RECEIVE_BUDGET = 256 };

static uint8_t *translate(const struct port *port, uint64_t address, size_t length, uint32_t domain) {
  uint64_t first = address >> 12, offset = address & 0xfff;
  if (first >= TRANSLATION_PAGES) return NULL;
  const struct page *page = port->pages + first;
  if (!page->host || page->domain != domain) return NULL;
  if (offset + length > 4096) {
    uint64_t last = first + ((offset + length - 1) >> 12);
    if (last >= TRANSLATION_PAGES || port->pages[last].domain != domain) return NULL;
    if (port->pages[last].host != page->host + ((last - first) << 12)) return NULL;
  }
  return (uint8_t *)page->host + offset;
}

static void post(struct event_queue *queue, uint64_t word) {
  _Atomic uint64_t *slot = queue->slots + (queue->write & queue->mask);
  if (atomic_load_explicit(slot, memory_order_relaxed) != UINT64_MAX) queue->overflows++;
  atomic_store_explicit(slot, word, memory_order_release);
  queue->write++;
  queue->written++;
  if (queue->primed) queue->signals++;
}

static uint32_t doorbell(struct interface *interface, int offset) {
  return atomic_load_explicit((_Atomic uint32_t *)(interface->doorbells + offset), memory_order_acquire);
}

static bool deliver(struct port *port, struct interface *interface, const struct wire_frame *frame, uint64_t flags) {
  if (interface->rx_mask == 0 || interface->rx_stopped) return false;
  if (interface->rx_read == interface->rx_accepted) {
    interface->no_descriptor++;
    return false;
  }
  size_t position = 0;
  do {
    uint32_t read = interface->rx_read;
    if (read == interface->rx_accepted) return true;
    uint64_t descriptor = interface->rx_ring[read];
    size_t part = descriptor >> 48 & 0x3fff;
    if (part > frame->length - position) part = frame->length - position;
    uint8_t *host = part ? translate(port, descriptor & ADDRESS_MASK, part, interface->domain) : NULL;
    if (!host) {
      interface->rx_stopped = true;
      interface->faults++;
      return false;
    }
    memcpy(host, frame->bytes + position, part);
    position += part;
    interface->rx_read = (read + 1) & interface->rx_mask;
    uint64_t bits = position < frame->length ? (flags & ~RX_ANY_ERROR) | RX_CONTINUES : flags;
    post(
      interface->events,
      part | (uint64_t)interface->label << 16 | (uint64_t)((read + 1) & 0xf) << 48 | bits);
  } while (position < frame->length);
  interface->received++;
  interface->received_bytes += frame->length;
  if (flags & RX_ANY_ERROR) interface->errors++;
  return true;
}

static void accept_frame(struct port *port, struct wire_frame frame) {
  port->received++;
  port->received_bytes += frame.length;
  if (port->link_down) return;
  if (frame.length > port->maximum_frame) {
    port->oversize++;
    return;
  }
  if (frame.length < 60) {
    if (frame.length < 14) {
      port->runts++;
      return;
    }
    memcpy(port->scratch, frame.bytes, frame.length);
    memset(port->scratch + frame.length, 0, 60 - frame.length);
    frame.bytes = port->scratch;
    frame.length = 60;
  }
  struct layout layout;
  frame_parse(&layout, frame.bytes, frame.length);
  uint64_t flags = (uint64_t)layout.vlans << 39 | (uint64_t)layout.l3 << 42 | (uint64_t)layout.l4 << 45;
  if (layout.multicast) flags |= RX_MULTICAST;
  flags |= frame_verify(&layout, frame.bytes);
  int count = filter_match(&port->filters, frame.bytes, &layout, port->recipients, INTERFACES);
  if (count == 0) {
    port->filtered++;
    return;
  }
  bool delivered = false;
  for (int index = 0; index < count; index++) {
    struct interface *interface = port->interfaces[port->recipients[index]];
    if (interface) delivered |= deliver(port, interface, &frame, flags);
  }
  if (delivered) port->delivered++;
  else port->no_descriptor++;
}

static void receive_all(struct port *port) {
  struct wire_frame frame;
  for (int budget = RECEIVE_BUDGET; budget > 0; budget--) {
    if (!port->wire.receive_next(port->wire.context, &frame)) break;
    accept_frame(port, frame);
    port->wire.receive_release(port->wire.context);
  }
}

static void complete(struct interface *interface) {
  interface->unreported = 0;
  uint32_t last = (interface->tx_read - 1) & interface->tx_mask;
  post(interface->events, (uint64_t)CODE_TX << 60 | last | (uint64_t)interface->label << 16);
}

static bool transmit_one(struct port *port, struct interface *interface) {
  uint64_t descriptor = interface->tx_ring[interface->tx_read];
  if (descriptor >> 62) return false;
  size_t length = descriptor >> 48 & 0x3fff, size = length < 60 ? 60 : length;
  uint8_t *host = translate(port, descriptor & ADDRESS_MASK, length, interface->domain);
  if (!host) {
    interface->tx_stopped = true;
    interface->faults++;
    return false;
  }
  interface->tx_read = (interface->tx_read + 1) & interface->tx_mask;
  if (length < 14 || length > port->maximum_frame || port->link_down) {
    interface->dropped++;
    return true;
  }
  uint8_t *room = port->wire.transmit_reserve(port->wire.context, size);
  if (!room) {
    port->congested++;
    interface->dropped++;
    return true;
  }
  memcpy(room, host, length);
  memset(room + length, 0, size - length);
  if (interface->fills_ip || interface->fills_l4) {
    struct layout layout;
    frame_parse(&layout, room, size);
    frame_fill(&layout, room, interface->fills_ip, interface->fills_l4);
  }
  if (port->wire.transmit_commit(port->wire.context, size) != 0) {
    port->lost++;
    return true;
  }
  port->transmitted++;
  port->transmitted_bytes += size;
  interface->transmitted++;
  interface->transmitted_bytes += size;
  return true;
}

static void transmit_all(struct port *port, struct interface *interface) {
  uint32_t register_value = doorbell(interface, TX_DOORBELL);
  if (interface->tx_mask == 0 || register_value & 0x800) return;
  uint32_t end = register_value & interface->tx_mask;
  if (interface->tx_read == end || interface->tx_stopped) return;
  port->doorbells++;
  while (interface->tx_read != end) {
    if (!transmit_one(port, interface)) break;
    if (++interface->unreported >= port->completion_batch) complete(interface);
  }
  port->lost += (uint64_t)port->wire.transmit_flush(port->wire.context);
  if (interface->unreported > 0) complete(interface);
}

void adapter_service(void *context, uint32_t reason) {
  (void)reason;
  struct interface *interface = context;
  struct port *port = interface->port;
  if (atomic_exchange_explicit(&port->claim, true, memory_order_acquire)) return;
  port->services++;
  receive_all(port);
  if (interface->rx_mask) interface->rx_accepted = doorbell(interface, RX_DOORBELL) & interface->rx_mask;
  transmit_all(port, interface);
  atomic_store_explicit(&port->claim, false, memory_order_release);
}
