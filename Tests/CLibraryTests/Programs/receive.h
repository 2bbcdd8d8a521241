// Receiving on every adapter: buffers that are posted, or packets by reference.

#ifndef RECEIVE_H
#define RECEIVE_H

#include "end.h"

// Calls `take` with each packet of a poll, and gives its buffer back. Returns how many packets there were.
static inline int receive(struct end *end, void (*take)(void *context, const char *frame, int length), void *context) {
  ef_event events[16];
  int packets = 0;
  const int found = TRY(ef_eventq_poll(&end->vi, events, 16));
  for (int i = 0; i < found; i++) {
    switch (EF_EVENT_TYPE(events[i])) {
    case EF_EVENT_TYPE_RX: {
      const int id = (int)EF_EVENT_RX_RQ_ID(events[i]), prefix = ef_vi_receive_prefix_len(&end->vi);
      take(context, end_buffer(end, id) + prefix, (int)EF_EVENT_RX_BYTES(events[i]) - prefix);
      end_post(end, id, 1);
      packets += 1;
      break;
    }
    case EF_EVENT_TYPE_RX_REF: {
      const uint32_t packet = events[i].rx_ref.pkt_id;
      take(context, (const char *)efct_vi_rxpkt_get(&end->vi, packet), (int)events[i].rx_ref.len);
      efct_vi_rxpkt_release(&end->vi, packet);
      packets += 1;
      break;
    }
    case EF_EVENT_TYPE_TX: {
      ef_request_id ids[EF_VI_TRANSMIT_BATCH];
      ef_vi_transmit_unbundle(&end->vi, &events[i], ids);
      break;
    }
    default: break;
    }
  }
  return packets;
}

static inline int is_ef10(const struct end *end) { return end->vi.nic_type.arch == EF_VI_ARCH_EF10; }

// Whatever the adapter needs before it receives.
static inline void receive_start(struct end *end) {
  if (is_ef10(end)) end_post(end, 0, 504);
}

#endif
