// Calls every macro that goes through an interface's table of operations, and shows which operation was called with
// what. Compiles as C and as C++.
#include <etherfabric/ef_vi.h>
#include <etherfabric/timer.h>
#include <stdio.h>
#include <string.h>

#define SHOW(call) (printf("%s:", #call), (call), printf("\n"))
#define SHOW_RESULT(call) (printf("%s:", #call), printf(" -> %lld\n", (long long)(call)))

static ef_vi interface;

// Each operation says its name and its arguments; those that return something return a number of their own.
static void say(const ef_vi *vi, const char *name) { printf(" %s%s", name, vi == &interface ? "" : " OF ANOTHER"); }

static int transmit(ef_vi *vi, ef_addr address, int length, ef_request_id id) {
  return say(vi, "transmit"), printf(" %llx %d %d", (unsigned long long)address, length, id), 1;
}
static int transmitv(ef_vi *vi, const ef_iovec *pieces, int count, ef_request_id id) {
  return say(vi, "transmitv"), printf(" %u %d %d", pieces->iov_len, count, id), 2;
}
static int transmitv_init(ef_vi *vi, const ef_iovec *pieces, int count, ef_request_id id) {
  return say(vi, "transmitv_init"), printf(" %u %d %d", pieces->iov_len, count, id), 3;
}
static void transmit_push(ef_vi *vi) { say(vi, "transmit_push"); }
static int transmit_pio(ef_vi *vi, int offset, int length, ef_request_id id) {
  return say(vi, "transmit_pio"), printf(" %d %d %d", offset, length, id), 4;
}
static int transmit_copy_pio(ef_vi *vi, int offset, const void *bytes, int length, ef_request_id id) {
  return say(vi, "transmit_copy_pio"), printf(" %d %s %d %d", offset, (const char *)bytes, length, id), 5;
}
static void start_transmit_warm(ef_vi *vi, ef_vi_tx_warm_state *saved, char *aperture) {
  say(vi, "start_transmit_warm"), printf(" %u %s", saved->removed, aperture);
}
static void stop_transmit_warm(ef_vi *vi, ef_vi_tx_warm_state *saved) {
  say(vi, "stop_transmit_warm"), printf(" %u", saved->removed);
}
static void transmit_pio_warm(ef_vi *vi) { say(vi, "transmit_pio_warm"); }
static void transmit_copy_pio_warm(ef_vi *vi, int offset, const void *bytes, int length) {
  say(vi, "transmit_copy_pio_warm"), printf(" %d %s %d", offset, (const char *)bytes, length);
}
static void transmitv_ctpio(ef_vi *vi, size_t length, const struct iovec *pieces, int count, unsigned threshold) {
  say(vi, "transmitv_ctpio"), printf(" %zu %zu %d %u", length, pieces->iov_len, count, threshold);
}
static void transmitv_ctpio_copy(
  ef_vi *vi, size_t length, const struct iovec *pieces, int count, unsigned threshold, void *fallback) {
  say(vi, "transmitv_ctpio_copy");
  printf(" %zu %zu %d %u %s", length, pieces->iov_len, count, threshold, (const char *)fallback);
}
static int transmit_alt_select(ef_vi *vi, unsigned id) {
  return say(vi, "transmit_alt_select"), printf(" %u", id), 6;
}
static int transmit_alt_select_default(ef_vi *vi) { return say(vi, "transmit_alt_select_default"), 7; }
static int transmit_alt_stop(ef_vi *vi, unsigned id) { return say(vi, "transmit_alt_stop"), printf(" %u", id), 8; }
static int transmit_alt_go(ef_vi *vi, unsigned id) { return say(vi, "transmit_alt_go"), printf(" %u", id), 9; }
static int receive_set_discards(ef_vi *vi, unsigned mask) {
  return say(vi, "receive_set_discards"), printf(" %x", mask), 10;
}
static uint64_t receive_get_discards(ef_vi *vi) { return say(vi, "receive_get_discards"), (uint64_t)1 << 40; }
static int transmit_alt_discard(ef_vi *vi, unsigned id) {
  return say(vi, "transmit_alt_discard"), printf(" %u", id), 12;
}
static int receive_init(ef_vi *vi, ef_addr address, ef_request_id id) {
  return say(vi, "receive_init"), printf(" %llx %d", (unsigned long long)address, id), 13;
}
static void receive_push(ef_vi *vi) { say(vi, "receive_push"); }
static int receive_get_timestamp(ef_vi *vi, const void *packet, ef_precisetime *time) {
  return say(vi, "receive_get_timestamp"), printf(" %s %d", (const char *)packet, (int)time->tv_sec), 14;
}
static int eventq_poll(ef_vi *vi, ef_event *events, int room) {
  return say(vi, "eventq_poll"), printf(" %u %d", EF_EVENT_TYPE(*events), room), 15;
}
static void eventq_prime(ef_vi *vi) { say(vi, "eventq_prime"); }
static void eventq_timer_prime(ef_vi *vi, unsigned time) { say(vi, "eventq_timer_prime"), printf(" %u", time); }
static void eventq_timer_run(ef_vi *vi, unsigned time) { say(vi, "eventq_timer_run"), printf(" %u", time); }
static void eventq_timer_clear(ef_vi *vi) { say(vi, "eventq_timer_clear"); }
static void eventq_timer_zero(ef_vi *vi) { say(vi, "eventq_timer_zero"); }
static int eventq_has_event(const ef_vi *vi) { return say(vi, "eventq_has_event"), 16; }
static int eventq_has_many_events(const ef_vi *vi, int count) {
  return say(vi, "eventq_has_many_events"), printf(" %d", count), 17;
}
static int transmit_ctpio_fallback(ef_vi *vi, ef_addr address, size_t length, ef_request_id id) {
  return say(vi, "transmit_ctpio_fallback"), printf(" %llx %zu %d", (unsigned long long)address, length, id), 18;
}
static int transmitv_ctpio_fallback(ef_vi *vi, const ef_iovec *pieces, int count, ef_request_id id) {
  return say(vi, "transmitv_ctpio_fallback"), printf(" %u %d %d", pieces->iov_len, count, id), 19;
}
static int receive_poll(ef_vi *vi, ef_event *events, int room) {
  return say(vi, "receive_poll"), printf(" %u %d", EF_EVENT_TYPE(*events), room), 20;
}
static int32_t receive_get_filter_id(ef_vi *vi, const ef_event *event, const void *packet) {
  return say(vi, "receive_get_filter_id"), printf(" %u %s", EF_EVENT_TYPE(*event), (const char *)packet), 21;
}
static int set_client_buf_count(ef_vi *vi, size_t count) {
  return say(vi, "set_client_buf_count"), printf(" %zu", count), 22;
}
// No macro reaches it: the table has it for efct_vi_rx_future_poll.
static int future_eventq_poll(ef_vi *vi, ef_event *events, int room) {
  return say(vi, "future_eventq_poll"), printf(" %u %d", EF_EVENT_TYPE(*events), room), 23;
}

int __ef_vi_reinit_txq_post_error(ef_vi *vi) { return say(vi, "__ef_vi_reinit_txq_post_error"), 24; }

int main(void) {
  static ef_vi_efct_rxq_ops buffers;
  ef_vi *vi = &interface;
  ef_event event;
  ef_iovec pieces[2] = {{0x1000, 60}, {0x2000, 70}};
  struct iovec parts[2] = {{pieces, 16}, {pieces, 32}};
  char bytes[] = "bytes", aperture[] = "aperture";
  ef_precisetime time = {1700000000, 0, 0, 0};
  ef_vi_tx_warm_state saved = {77, NULL};

  memset(&event, 0, sizeof event);
  event.generic.type = EF_EVENT_TYPE_RX_REF;
#define FILL(operation) vi->ops.operation = operation
  FILL(transmit), FILL(transmitv), FILL(transmitv_init), FILL(transmit_push), FILL(transmit_pio);
  FILL(transmit_copy_pio), FILL(start_transmit_warm), FILL(stop_transmit_warm), FILL(transmit_pio_warm);
  FILL(transmit_copy_pio_warm), FILL(transmitv_ctpio), FILL(transmitv_ctpio_copy), FILL(transmit_alt_select);
  FILL(transmit_alt_select_default), FILL(transmit_alt_stop), FILL(transmit_alt_go), FILL(receive_set_discards);
  FILL(receive_get_discards), FILL(transmit_alt_discard), FILL(receive_init), FILL(receive_push);
  FILL(receive_get_timestamp), FILL(eventq_poll), FILL(eventq_prime), FILL(eventq_timer_prime);
  FILL(eventq_timer_run), FILL(eventq_timer_clear), FILL(eventq_timer_zero), FILL(eventq_has_event);
  FILL(eventq_has_many_events), FILL(transmit_ctpio_fallback), FILL(transmitv_ctpio_fallback), FILL(receive_poll);
  FILL(receive_get_filter_id), FILL(future_eventq_poll);
  buffers.set_client_buf_count = set_client_buf_count;
  vi->efct_rxqs.ops = &buffers;

  SHOW_RESULT(ef_vi_transmit(vi, 0x1000, 60, 7));
  SHOW_RESULT(ef_vi_transmitv(vi, pieces, 2, 8));
  SHOW_RESULT(ef_vi_transmitv_init(vi, pieces + 1, 1, 9));
  SHOW(ef_vi_transmit_push(vi));
  SHOW_RESULT(ef_vi_transmit_pio(vi, 64, 61, 10));
  SHOW_RESULT(ef_vi_transmit_copy_pio(vi, 128, bytes, 62, 11));
  SHOW(ef_vi_start_transmit_warm(vi, &saved, aperture));
  SHOW(ef_vi_stop_transmit_warm(vi, &saved));
  SHOW(ef_vi_transmit_pio_warm(vi));
  SHOW(ef_vi_transmit_copy_pio_warm(vi, 192, bytes, 63));
  SHOW(ef_vi_transmitv_ctpio(vi, 48, parts, 2, 64));
  SHOW(ef_vi_transmitv_ctpio_copy(vi, 48, parts + 1, 1, EF_VI_CTPIO_CT_THRESHOLD_SNF, aperture));
  SHOW(ef_vi_transmit_ctpio(vi, bytes, 24, 65));
  SHOW_RESULT(ef_vi_transmit_ctpio_fallback(vi, 0x3000, 48, 12));
  SHOW_RESULT(ef_vi_transmitv_ctpio_fallback(vi, pieces, 2, 13));
  SHOW_RESULT(ef_vi_transmit_alt_select(vi, 1));
  SHOW_RESULT(ef_vi_transmit_alt_select_normal(vi));
  SHOW_RESULT(ef_vi_transmit_alt_stop(vi, 2));
  SHOW_RESULT(ef_vi_transmit_alt_go(vi, 3));
  SHOW_RESULT(ef_vi_transmit_alt_discard(vi, 4));
  SHOW_RESULT(ef_vi_receive_init(vi, 0x4000, 14));
  SHOW(ef_vi_receive_push(vi));
  SHOW_RESULT(ef_vi_receive_set_discards(vi, EF_VI_DISCARD_RX_ETH_FCS_ERR));
  SHOW_RESULT(ef_vi_receive_get_discards(vi));
  SHOW_RESULT(ef_vi_receive_get_precise_timestamp(vi, bytes, &time));
  SHOW_RESULT(ef_vi_receive_get_filter_id(vi, &event, bytes));
  SHOW_RESULT(ef_eventq_poll(vi, &event, EF_VI_EVENT_POLL_MIN_EVS));
  SHOW_RESULT(ef_receive_poll(vi, &event, 3));
  SHOW(ef_eventq_prime(vi));
  SHOW_RESULT(ef_eventq_has_event(vi));
  SHOW_RESULT(efct_ef_eventq_check_event(vi));
  SHOW_RESULT(ef_eventq_has_many_events(vi, 4));
  SHOW_RESULT(ef_eventq_check_event(vi, 5));
  SHOW_RESULT(ef_eventq_check_event_phase_bit(vi, 6));
  SHOW_RESULT(efxdp_ef_eventq_check_event(vi, 7));
  SHOW(ef_eventq_timer_prime(vi, 100));
  SHOW(ef_eventq_timer_run(vi, 200));
  SHOW(ef_eventq_timer_clear(vi));
  SHOW(ef_eventq_timer_zero(vi));
  SHOW_RESULT(ef_vi_set_shrub_client_buffer_count(vi, 30));
  SHOW_RESULT(ef_vi_reinit_txq_post_error(vi));
  SHOW_RESULT(vi->ops.future_eventq_poll(vi, &event, 8));
  return 0;
}
