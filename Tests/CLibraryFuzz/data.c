#include "objects.h"

#include <netinet/in.h>
#include <string.h>
#include <sys/time.h>

// Calls of the datapath. Those that go through the table of operations are made on interfaces that have one, live or
// freed; the others on anything.

static int number(reader *in) { return (int)take_number(in); }

static void receive_post(reader *in, objects *all) {
  ef_vi *interface = take_callable(in, all);
  if (interface == NULL) return;
  for (int count = take8(in) & 31; count >= 0; count--)
    (void)ef_vi_receive_init(interface, take_address(in, all), (ef_request_id)number(in));
  ef_vi_receive_push(interface);
}
static void receive_post_one(reader *in, objects *all) {
  (void)ef_vi_receive_post(take_interface(in, all), take_address(in, all), (ef_request_id)number(in));
}
static void receive_modes(reader *in, objects *all) {
  ef_vi *interface = take_callable(in, all);
  if (interface == NULL) return;
  (void)ef_vi_receive_set_discards(interface, take32(in));
  (void)ef_vi_receive_get_discards(interface);
  if (take8(in) & 1) ef_vi_receive_set_buffer_len(interface, (unsigned)take_number(in));
}

static int take_pieces(reader *in, objects *all, ef_iovec *pieces) {
  for (int index = 0; index < 8; index++) {
    pieces[index].iov_base = take_address(in, all);
    pieces[index].iov_len = (size_t)(take8(in) < 200 ? take16(in) & 0x7ff : take_number(in));
  }
  return take8(in) < 220 ? 1 + (take8(in) & 7) : (take8(in) & 1 ? 0 : -1);
}
static void transmit(reader *in, objects *all) {
  ef_vi *interface = take_callable(in, all);
  if (interface == NULL) return;
  ef_iovec pieces[8];
  const ef_request_id id = (ef_request_id)number(in);
  switch (take8(in) % 8) {
  case 0: (void)ef_vi_transmitv(interface, pieces, take_pieces(in, all, pieces), id); break;
  case 1: (void)ef_vi_transmitv_init(interface, pieces, take_pieces(in, all, pieces), id); break;
  case 2: (void)ef_vi_transmit_init(interface, take_address(in, all), number(in), id); break;
  case 3: ef_vi_transmit_init_undo(take_interface(in, all)); break;
  case 4: ef_vi_transmit_push(interface); break;
  case 5: ef_vi_set_tx_push_threshold(take_interface(in, all), (unsigned)take_number(in)); break;
  default: (void)ef_vi_transmit(interface, take_address(in, all), 60 + (take16(in) & 0x3ff), id);
  }
}
static void transmit_pio(reader *in, objects *all) {
  void *bytes = take_bytes(in, all);
  const int offset = number(in);
  const int length = take8(in) < 200 ? take16(in) & 0xfff : number(in);
  const ef_request_id id = (ef_request_id)number(in);
  (void)ef_pio_memcpy(take_interface(in, all), bytes, offset, length);
  ef_vi *interface = take_callable(in, all);
  if (interface == NULL) return;
  switch (take8(in) % 4) {
  case 0: (void)ef_vi_transmit_pio(interface, offset, length, id); break;
  case 1: ef_vi_transmit_pio_warm(interface); break;
  case 2: ef_vi_transmit_copy_pio_warm(interface, offset, bytes, length); break;
  default: (void)ef_vi_transmit_copy_pio(interface, offset, bytes, length, id);
  }
}
static void transmit_ctpio(reader *in, objects *all) {
  ef_vi *interface = take_callable(in, all);
  if (interface == NULL) return;
  struct iovec frame[3];
  size_t sum = 0;
  const int count = 1 + take8(in) % 3;
  for (int index = 0; index < 3; index++) {
    frame[index].iov_base = all->memory;
    frame[index].iov_len = take8(in) < 220 ? take16(in) & 0x3ff : take16(in);
    if (index < count) sum += frame[index].iov_len;
  }
  const size_t length = take8(in) < 200 ? sum : (size_t)take_number(in);
  const unsigned threshold = take8(in) < 200 ? EF_VI_CTPIO_CT_THRESHOLD_SNF : (unsigned)take_number(in);
  if (take8(in) & 1) {
    // Room for the longest frame that there is.
    ef_vi_transmitv_ctpio_copy(interface, length, frame, count, threshold, all->memory + 0x100000);
  } else {
    ef_vi_transmitv_ctpio(interface, length, frame, count, threshold);
  }
  ef_iovec pieces[8];
  const ef_request_id id = (ef_request_id)number(in);
  if (take8(in) & 1)
    (void)ef_vi_transmit_ctpio_fallback(interface, take_address(in, all), (size_t)take_number(in), id);
  else
    (void)ef_vi_transmitv_ctpio_fallback(interface, pieces, take_pieces(in, all, pieces), id);
}
static void transmit_alternative(reader *in, objects *all) {
  ef_vi *interface = take_callable(in, all);
  if (interface == NULL) return;
  const unsigned alternative = (unsigned)take_number(in);
  switch (take8(in) % 5) {
  case 0: (void)ef_vi_transmit_alt_stop(interface, alternative); break;
  case 1: (void)ef_vi_transmit_alt_go(interface, alternative); break;
  case 2: (void)ef_vi_transmit_alt_discard(interface, alternative); break;
  case 3: (void)ef_vi_transmit_alt_select_normal(interface); break;
  default: (void)ef_vi_transmit_alt_select(interface, alternative);
  }
}
static void warm(reader *in, objects *all) {
  ef_vi *interface = take_callable(in, all);
  static ef_vi_tx_warm_state saved;
  static char aperture[4096];
  if (interface == NULL) return;
  ef_vi_start_transmit_warm(interface, &saved, take8(in) & 1 ? aperture : NULL);
  if (take8(in) & 1) (void)ef_vi_transmit(interface, take_address(in, all), number(in), 0);
  ef_vi_stop_transmit_warm(interface, &saved);
}

static void remember(objects *all) {
  all->packet_count = 0;
  for (int index = 0; index < all->event_count && all->packet_count < 8; index++)
    if (EF_EVENT_TYPE(all->events[index]) == EF_EVENT_TYPE_RX_REF)
      all->packets[all->packet_count++] = all->events[index].rx_ref.pkt_id;
}
static void poll_events(reader *in, objects *all) {
  ef_vi *interface = take_callable(in, all);
  if (interface == NULL) return;
  const int room = take8(in) < 200 ? EVENTS : (take8(in) & 3);
  const int count = take8(in) & 1 ? ef_eventq_poll(interface, all->events, room)
                                  : ef_receive_poll(interface, all->events, room);
  if (count > room && room >= 0) __builtin_trap();
  all->event_count = count > 0 ? count : 0;
  remember(all);
  ef_request_id ids[EF_VI_TRANSMIT_BATCH];
  for (int index = 0; index < all->event_count; index++) {
    const int type = EF_EVENT_TYPE(all->events[index]);
    if (type == EF_EVENT_TYPE_TX && take8(in) < 250) (void)ef_vi_transmit_unbundle(interface, &all->events[index], ids);
    if (type == EF_EVENT_TYPE_RX_MULTI) (void)ef_vi_receive_unbundle(interface, &all->events[index], ids);
  }
}
static void unbundle(reader *in, objects *all) {
  ef_request_id ids[EF_VI_TRANSMIT_BATCH > EF_VI_RECEIVE_BATCH ? EF_VI_TRANSMIT_BATCH : EF_VI_RECEIVE_BATCH];
  ef_vi *interface = take_interface(in, all);
  const ef_event *event = take_event(in, all);
  ef_packed_stream_packet *next = all->packet_count ? NULL : (ef_packed_stream_packet *)all->memory;
  ef_packed_stream_params parameters;
  int packets, bytes;
  switch (take8(in) % 4) {
  case 0: (void)ef_vi_transmit_unbundle(interface, event, ids); break;
  case 1: (void)ef_vi_receive_unbundle(interface, event, ids); break;
  case 2: (void)ef_vi_packed_stream_unbundle(interface, event, &next, &packets, &bytes); break;
  default:
    (void)ef_vi_packed_stream_get_params(interface, take8(in) < 250 ? &parameters : NULL);
    (void)ef_vi_rxq_next_desc_id(interface);
  }
}
static void prefix(reader *in, objects *all) {
  ef_vi *interface = take_interface(in, all);
  const void *packet = take_bytes(in, all);
  uint16_t bytes;
  ef_precisetime time;
  (void)ef_vi_receive_get_bytes(interface, packet, take8(in) < 250 ? &bytes : NULL);
  interface = take_callable(in, all);
  if (interface == NULL) return;
  (void)ef_vi_receive_get_precise_timestamp(interface, packet, &time);
  (void)ef_vi_receive_get_filter_id(interface, take_event(in, all), packet);
}
static void references(reader *in, objects *all) {
  ef_vi *interface = take_interface(in, all);
  const uint32_t packet =
    all->packet_count && take8(in) < 220 ? all->packets[take8(in) % all->packet_count] : (uint32_t)take_number(in);
  const volatile char *bytes = efct_vi_rxpkt_get(interface, packet);
  if (bytes != NULL) (void)*bytes;
  if (take8(in) & 1) efct_vi_rxpkt_release(interface, packet);
  (void)efct_vi_rx_future_peek(interface);
  if (take8(in) < 40) (void)efct_vi_rx_future_poll(interface, all->events, 4);
  if (take8(in) < 20) {
    efct_vi_start_transmit_warm(interface);
    efct_vi_stop_transmit_warm(interface);
  }
}

static void timers(reader *in, objects *all) {
  ef_vi *interface = take_callable(in, all);
  if (interface == NULL) return;
  const unsigned time = (unsigned)take_number(in);
  switch (take8(in) % 4) {
  case 0: ef_eventq_timer_prime(interface, time); break;
  case 1: ef_eventq_timer_run(interface, time); break;
  case 2: ef_eventq_timer_clear(interface); break;
  default: ef_eventq_timer_zero(interface);
  }
}
static void waiting(reader *in, objects *all) {
  const struct timeval soon = {0, 100};
  (void)ef_eventq_put((unsigned)take_number(in), take_driver(in, all), take32(in));
  (void)ef_vi_prime(take_interface(in, all), take_driver(in, all), (unsigned)take_number(in));
  ef_vi *interface = take_callable(in, all);
  if (interface == NULL) return;
  (void)ef_eventq_has_event(interface);
  (void)ef_eventq_has_many_events(interface, number(in));
  if (take8(in) < 10) (void)ef_eventq_wait(interface, take_driver(in, all), ef_eventq_current(interface), &soon);
}

operation *const data_operations[] = {
  receive_post, receive_post, receive_post_one, receive_modes, transmit, transmit, transmit, transmit_pio,
  transmit_ctpio, transmit_alternative, warm, poll_events, poll_events, poll_events, unbundle, prefix, references,
  timers, waiting,
};
const unsigned data_operation_count = sizeof data_operations / sizeof data_operations[0];
