#ifndef ADAPTER_H
#define ADAPTER_H

#include "filter.h"
#include "rings.h"
#include "wire.h"

// The adapter's side: a port on a wire, its translation table, and its interfaces.

enum { TRANSLATION_PAGES = 1 << 22, FIRST_PAGE = 1 << 8, INTERFACES = 64 };

struct page {
  uintptr_t host;
  uint32_t domain;
};

struct event_queue {
  _Atomic uint64_t *slots;
  uint32_t mask, write;
  bool primed;
  uint64_t overflows, written, signals;
};

struct interface {
  struct port *port;
  struct event_queue *events;
  uint8_t *doorbells;
  uint64_t *rx_ring, *tx_ring;
  uint32_t rx_mask, rx_read, rx_accepted, tx_mask, tx_read, unreported, label, domain;
  bool rx_stopped, tx_stopped, fills_ip, fills_l4;
  uint64_t received, received_bytes, no_descriptor, transmitted, transmitted_bytes, dropped, faults, errors;
};

struct port {
  _Atomic bool claim;
  struct wire wire;
  struct page *pages;
  struct interface *interfaces[INTERFACES];
  struct filter_table filters;
  uint32_t recipients[INTERFACES];
  uint8_t scratch[16640];
  size_t maximum_frame;
  uint32_t completion_batch;
  bool link_down;
  uint64_t received, received_bytes, delivered, filtered, no_descriptor, oversize, runts, transmitted,
    transmitted_bytes, congested, lost, doorbells, services;
};

// `service_fn` over a `struct interface`.
void adapter_service(void *context, uint32_t reason);

#endif
