// Throws at every function what no program should pass, and expects the errno that libciul documents, or -EINVAL where
// it would crash. Runs on a cable whose ends are 0 and 1.

#include "end.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

static int failures;

#define EXPECT(call, expected) \
  do { \
    long long got = (long long)(call); \
    if (got != (long long)(expected)) { \
      fprintf(stderr, "%s:%d: %s: %lld, not %lld\n", __FILE__, __LINE__, #call, got, (long long)(expected)); \
      failures += 1; \
    } \
  } while (0)

static struct end good;
static ef_driver_handle other, closed, foreign;
static int is_ef10;
static char page[8192] __attribute__((aligned(4096)));

// Every call on an interface, with one that is none.
static void no_interface(ef_vi *vi, const char *what) {
  const struct ops *ops = (const struct ops *)&good.vi.ops;
  ef_event event, events[4];
  ef_request_id ids[EF_VI_TRANSMIT_BATCH];
  ef_iovec piece = {end_address(&good, 0), 64};
  struct iovec bytes = {page, 64};
  ef_precisetime time;
  ef_timespec simple;
  ef_vi_tx_warm_state warm;
  unsigned flags;
  uint16_t length;
  memset(&event, 0, sizeof event);
  fprintf(stderr, "%s\n", what);

  EXPECT(ops->transmit(vi, end_address(&good, 0), 64, 1), -EINVAL);
  EXPECT(ops->transmitv(vi, &piece, 1, 1), -EINVAL);
  EXPECT(ops->transmitv_init(vi, &piece, 1, 1), -EINVAL);
  ops->transmit_push(vi);
  EXPECT(ops->transmit_pio(vi, 0, 64, 1), -EINVAL);
  EXPECT(ops->transmit_copy_pio(vi, 0, page, 64, 1), -EINVAL);
  ops->start_transmit_warm(vi, &warm, NULL);
  ops->stop_transmit_warm(vi, &warm);
  ops->transmit_pio_warm(vi);
  ops->transmit_copy_pio_warm(vi, 0, page, 64);
  ops->transmitv_ctpio(vi, 64, &bytes, 1, 64);
  ops->transmitv_ctpio_copy(vi, 64, &bytes, 1, 64, page);
  EXPECT(ops->transmit_alt_select(vi, 0), -EINVAL);
  EXPECT(ops->transmit_alt_select_default(vi), -EINVAL);
  EXPECT(ops->transmit_alt_stop(vi, 0), -EINVAL);
  EXPECT(ops->transmit_alt_go(vi, 0), -EINVAL);
  EXPECT(ops->transmit_alt_discard(vi, 0), -EINVAL);
  EXPECT(ops->receive_set_discards(vi, 1), -EINVAL);
  EXPECT(ops->receive_get_discards(vi), 0);
  EXPECT(ops->receive_init(vi, end_address(&good, 0), 1), -EINVAL);
  ops->receive_push(vi);
  EXPECT(ops->receive_get_timestamp(vi, page, &time), -EINVAL);
  EXPECT(ops->eventq_poll(vi, events, 4), -EINVAL);
  ops->eventq_prime(vi);
  ops->eventq_timer_prime(vi, 1);
  ops->eventq_timer_run(vi, 1);
  ops->eventq_timer_clear(vi);
  ops->eventq_timer_zero(vi);
  EXPECT(ops->eventq_has_event(vi), 0);
  EXPECT(ops->eventq_has_many_events(vi, 1), 0);
  EXPECT(ops->transmit_ctpio_fallback(vi, end_address(&good, 0), 64, 1), -EINVAL);
  EXPECT(ops->transmitv_ctpio_fallback(vi, &piece, 1, 1), -EINVAL);
  EXPECT(ops->receive_poll(vi, events, 4), -EINVAL);
  EXPECT(ops->receive_get_filter_id(vi, &event, page), -EINVAL);
  EXPECT(ops->future_eventq_poll(vi, events, 4), -EINVAL);

  const struct timeval short_time = {0, 1000};
  ef_vi made;
  ef_filter_spec filter;
  ef_filter_cookie cookie = {0, 0};
  ef_filter_info info;
  const ef_vi_layout_entry *table;
  const ef_vi_stats_layout *layout;
  struct ef_vi_transmit_alt_overhead overhead;
  ef_packed_stream_params parameters;
  ef_packed_stream_packet *packet = (ef_packed_stream_packet *)page;
  ef_pio pio;
  int count, total;
  uint8_t mac[6];
  uint32_t mark;
  uint8_t flag;
  memset(&pio, 0, sizeof pio);
  memset(&filter, 0, sizeof filter);
  EXPECT(ef_eventq_wait(vi, good.handle, 0, &short_time), -EINVAL);
  EXPECT(ef_vi_free(vi, good.handle), -EINVAL);
  if (vi)
    EXPECT(
      ef_vi_alloc_from_pd(
        &made, good.handle, &good.pd, good.handle, 0, 512, 512, vi, good.handle, EF_VI_FLAGS_DEFAULT),
      -EINVAL);
  EXPECT(ef_vi_transmit_alt_alloc(vi, good.handle, 1, 4096), -EINVAL);
  EXPECT(ef_vi_transmit_alt_free(vi, good.handle), -EINVAL);
  EXPECT(ef_vi_transmit_alt_query_buffering(vi, 1, good.handle, 1), -EINVAL);
  EXPECT(ef_vi_flush(vi, good.handle), -EINVAL);
  EXPECT(ef_vi_pace(vi, good.handle, 1), -EOPNOTSUPP);
  EXPECT(ef_vi_mtu(vi, good.handle), 0);
  EXPECT(ef_vi_get_mac(vi, good.handle, mac), -EINVAL);
  EXPECT(ef_vi_prime(vi, good.handle, 0), -EINVAL);
  EXPECT(ef_vi_filter_add(vi, good.handle, &filter, &cookie), -EINVAL);
  EXPECT(ef_vi_filter_del(vi, good.handle, &cookie), -EINVAL);
  EXPECT(ef_vi_filter_query(vi, good.handle, &cookie, &info, sizeof info), -EINVAL);
  EXPECT(ef_vi_stats_query_layout(vi, &layout), -EINVAL);
  EXPECT(ef_vi_stats_query(vi, good.handle, page, 0), -EINVAL);
  EXPECT(ef_vi_receive_post(vi, end_address(&good, 0), 1), -EINVAL);
  EXPECT(ef_vi_receive_get_timestamp(vi, page, &simple), -1);
  EXPECT(ef_vi_receive_get_timestamp_with_sync_flags(vi, page, &simple, &flags), -EINVAL);
  EXPECT(ef_vi_receive_get_bytes(vi, page, &length), -EINVAL);
  EXPECT(ef_vi_receive_get_user_data(vi, page, &mark, &flag), -EINVAL);
  EXPECT(ef_vi_receive_get_discard_flags(vi, page, &flags), -EINVAL);
  EXPECT(ef_vi_receive_unbundle(vi, &event, ids), -EINVAL);
  EXPECT(ef_vi_rxq_next_desc_id(vi), (int)EF_REQUEST_ID_MASK);
  EXPECT(ef_vi_receive_query_layout(vi, &table, &count), -EINVAL);
  EXPECT(ef_vi_transmit_init(vi, end_address(&good, 0), 64, 1), -EINVAL);
  EXPECT(ef_vi_transmitv_init_extra(vi, NULL, NULL, 0, 1), -EINVAL);
  ef_vi_transmit_init_undo(vi);
  EXPECT(ef_vi_transmit_unbundle(vi, &event, ids), -EINVAL);
  EXPECT(ef_vi_transmit_alt_num_ids(vi), 0);
  EXPECT(ef_vi_transmit_alt_query_overhead(vi, &overhead), -EINVAL);
  ef_vi_set_tx_push_threshold(vi, 1);
  EXPECT(ef_eventq_capacity(vi), -EINVAL);
  EXPECT(__ef_vi_reinit_txq_post_error(vi), -EINVAL);
  EXPECT((uintptr_t)efct_vi_rxpkt_get(vi, 0), 0);
  efct_vi_rxpkt_release(vi, 0);
  EXPECT((uintptr_t)efct_vi_rx_future_peek(vi), 0);
  EXPECT(efct_vi_rx_future_poll(vi, events, 4), -EINVAL);
  efct_vi_start_transmit_warm(vi);
  efct_vi_stop_transmit_warm(vi);
  EXPECT(ef_vi_get_pio_size(vi), -EINVAL);
  EXPECT(ef_pio_link_vi(&pio, good.handle, vi, good.handle), -EINVAL);
  EXPECT(ef_pio_unlink_vi(&pio, good.handle, vi, good.handle), -EINVAL);
  EXPECT(ef_pio_memcpy(vi, page, 0, 8), -EINVAL);
  EXPECT(ef_vi_packed_stream_get_params(vi, &parameters), -EINVAL);
  EXPECT(ef_vi_packed_stream_unbundle(vi, &event, &packet, &count, &total), -EINVAL);
}

// Every call on an interface that lives, with a handle that is not its own.
static void no_handle(ef_driver_handle handle, int expected, const char *what) {
  const struct timeval short_time = {0, 1000};
  ef_filter_spec filter;
  ef_filter_cookie cookie = {0, 0};
  ef_filter_info info;
  ef_pd pd;
  ef_vi vi;
  ef_vi_set set = {0, NULL};
  ef_memreg memory;
  ef_pio pio;
  unsigned long value;
  uint8_t mac[6];
  memset(&pio, 0, sizeof pio);
  ef_filter_spec_init(&filter, EF_FILTER_FLAG_NONE);
  fprintf(stderr, "%s\n", what);
  if (expected != -EINVAL) {
    EXPECT(ef_pd_alloc(&pd, handle, 1, EF_PD_DEFAULT), expected);
    EXPECT(ef_pd_alloc_by_name(&pd, handle, "0", EF_PD_DEFAULT), expected);
    EXPECT(ef_pd_alloc_with_vport(&pd, handle, "0", EF_PD_DEFAULT, 1), expected);
    EXPECT(ef_memreg_alloc(&memory, handle, &good.pd, good.handle, page, 4096), expected);
    EXPECT(ef_vi_capabilities_get(handle, 1, EF_VI_CAP_PIO, &value), expected);
    EXPECT(ef_vi_capabilities_get_from_pd_flags(handle, 1, EF_PD_DEFAULT, EF_VI_CAP_PIO, &value), expected);
    EXPECT(ef_pd_capabilities_get(handle, &good.pd, good.handle, EF_VI_CAP_PIO, &value), expected);
    EXPECT(ef_vi_set_alloc_from_pd(&set, handle, &good.pd, good.handle, 2), expected);
    EXPECT(ef_pio_alloc(&pio, handle, &good.pd, 2048, good.handle), expected);
    EXPECT(
      ef_vi_alloc_from_pd(
        &vi, handle, &good.pd, good.handle, -1, -1, -1, NULL, -1, EF_VI_FLAGS_DEFAULT), expected);
    EXPECT(ef_vi_alloc_from_set(&vi, handle, &set, good.handle, 0, -1, -1, -1, NULL, -1, EF_VI_FLAGS_DEFAULT), expected);
    EXPECT(ef_vi_transmit_alt_query_buffering(&good.vi, 1, handle, 1), -EINVAL);
  }
  EXPECT(ef_memreg_alloc(&memory, good.handle, &good.pd, handle, page, 4096), expected);
  EXPECT(
    ef_vi_alloc_from_pd(&vi, good.handle, &good.pd, handle, -1, -1, -1, NULL, -1, EF_VI_FLAGS_DEFAULT), expected);
  EXPECT(ef_vi_set_alloc_from_pd(&set, good.handle, &good.pd, handle, 2), expected);
  EXPECT(ef_pd_capabilities_get(good.handle, &good.pd, handle, EF_VI_CAP_PIO, &value), expected);
  EXPECT(ef_pio_alloc(&pio, good.handle, &good.pd, 2048, handle), expected);
  EXPECT(ef_pio_link_vi(&pio, good.handle, &good.vi, handle), expected);
  EXPECT(ef_pio_unlink_vi(&pio, good.handle, &good.vi, handle), expected);
  EXPECT(ef_vi_set_filter_add(&set, handle, &filter, &cookie), expected);
  EXPECT(ef_vi_set_filter_del(&set, handle, &cookie), expected);
  EXPECT(ef_eventq_wait(&good.vi, handle, 0, &short_time), expected);
  EXPECT(ef_vi_transmit_alt_alloc(&good.vi, handle, 1, 4096), expected);
  EXPECT(ef_vi_transmit_alt_free(&good.vi, handle), expected);
  EXPECT(ef_vi_flush(&good.vi, handle), expected);
  EXPECT(ef_vi_mtu(&good.vi, handle), 0);
  EXPECT(ef_vi_get_mac(&good.vi, handle, mac), expected);
  EXPECT(ef_eventq_put(ef_vi_resource_id(&good.vi), handle, 1), expected);
  EXPECT(ef_vi_prime(&good.vi, handle, 0), expected);
  EXPECT(ef_vi_filter_add(&good.vi, handle, &filter, &cookie), expected);
  EXPECT(ef_vi_filter_del(&good.vi, handle, &cookie), expected);
  EXPECT(ef_vi_filter_query(&good.vi, handle, &cookie, &info, sizeof info), expected);
  EXPECT(ef_vi_stats_query(&good.vi, handle, page, 0), expected);
}

// Structures of domains, registrations, sets and buffers that are none.
static void no_resources(void) {
  ef_pd zero, garbage, freed;
  ef_memreg memory, unknown = {(ef_addr *)page, (ef_addr *)page};
  ef_vi vi;
  ef_vi_set set, no_set = {0x7777, NULL};
  ef_pio pio;
  ef_pd *domains[4];
  unsigned long value;
  memset(&zero, 0, sizeof zero);
  memset(&garbage, 0xa5, sizeof garbage);
  TRY(ef_pd_alloc_by_name(&freed, good.handle, "0", EF_PD_DEFAULT));
  TRY(ef_pd_free(&freed, good.handle));
  domains[0] = NULL, domains[1] = &zero, domains[2] = &garbage, domains[3] = &freed;
  for (int i = 0; i < 4; i++) {
    ef_pd *pd = domains[i];
    EXPECT((uintptr_t)ef_pd_interface_name(pd), 0);
    EXPECT(ef_pd_free(pd, good.handle), -EINVAL);
    EXPECT(ef_memreg_alloc(&memory, good.handle, pd, good.handle, page, 4096), -EINVAL);
    EXPECT(
      ef_vi_alloc_from_pd(&vi, good.handle, pd, good.handle, -1, -1, -1, NULL, -1, EF_VI_FLAGS_DEFAULT), -EINVAL);
    EXPECT(ef_vi_set_alloc_from_pd(&set, good.handle, pd, good.handle, 2), -EINVAL);
    EXPECT(ef_pd_capabilities_get(good.handle, pd, good.handle, EF_VI_CAP_PIO, &value), -EINVAL);
    EXPECT(ef_pio_alloc(&pio, good.handle, pd, 2048, good.handle), -EINVAL);
  }
  EXPECT(ef_memreg_alloc(&memory, good.handle, &good.pd, good.handle, page + 1, 4096), -EINVAL);
  EXPECT(ef_memreg_alloc(&memory, good.handle, &good.pd, good.handle, NULL, 4096), -EINVAL);
  EXPECT(ef_memreg_alloc(&memory, good.handle, &good.pd, good.handle, page, 0), -EINVAL);
  EXPECT(ef_memreg_alloc(NULL, good.handle, &good.pd, good.handle, page, 4096), -EINVAL);
  EXPECT(ef_memreg_alloc(&memory, good.handle, &good.pd, good.handle, (void *)0x1000, 4096), -EFAULT);
  EXPECT(ef_memreg_alloc(&memory, good.handle, &good.pd, good.handle, page, (size_t)1 << 62), -EFAULT);
  EXPECT(ef_memreg_alloc(&memory, good.handle, &good.pd, good.handle, page, SIZE_MAX), -EFAULT);
  EXPECT(ef_memreg_free(NULL, good.handle), -EINVAL);
  EXPECT(ef_memreg_free(&unknown, good.handle), -EINVAL);
  TRY(ef_memreg_alloc(&memory, good.handle, &good.pd, good.handle, page, 4096));
  EXPECT(ef_memreg_free(&memory, good.handle), 0);
  EXPECT(ef_memreg_free(&memory, good.handle), -EINVAL);

  EXPECT(ef_vi_set_alloc_from_pd(NULL, good.handle, &good.pd, good.handle, 2), -EINVAL);
  EXPECT(ef_vi_set_free(NULL, good.handle), 0);
  EXPECT(ef_vi_set_free(&no_set, closed), 0);
  EXPECT(ef_vi_alloc_from_set(&vi, good.handle, NULL, good.handle, 0, -1, -1, -1, NULL, -1, EF_VI_FLAGS_DEFAULT), -EINVAL);
  EXPECT(
    ef_vi_alloc_from_set(&vi, good.handle, &no_set, good.handle, 0, -1, -1, -1, NULL, -1, EF_VI_FLAGS_DEFAULT),
    -EINVAL);
  if (is_ef10) {
    EXPECT(ef_vi_set_alloc_from_pd(&set, good.handle, &good.pd, good.handle, 0), -EINVAL);
    EXPECT(ef_vi_set_alloc_from_pd(&set, good.handle, &good.pd, good.handle, -7), -EINVAL);
    EXPECT(ef_vi_set_alloc_from_pd(&set, good.handle, &good.pd, good.handle, 65), -EINVAL);
    TRY(ef_vi_set_alloc_from_pd(&set, good.handle, &good.pd, good.handle, 2));
    EXPECT(
      ef_vi_alloc_from_set(&vi, good.handle, &set, good.handle, 2, -1, -1, -1, NULL, -1, EF_VI_FLAGS_DEFAULT), -EDOM);
    EXPECT(ef_vi_set_filter_add(&set, good.handle, NULL, NULL), -EINVAL);
    EXPECT(ef_vi_set_filter_del(&set, good.handle, NULL), -EINVAL);
    EXPECT(ef_vi_set_free(&set, good.handle), 0);
  } else {
    EXPECT(ef_vi_set_alloc_from_pd(&set, good.handle, &good.pd, good.handle, 2), -EOPNOTSUPP);
    EXPECT(ef_pio_alloc(&pio, good.handle, &good.pd, 2048, good.handle), -EOPNOTSUPP);
  }
  EXPECT(ef_pio_alloc(NULL, good.handle, &good.pd, 2048, good.handle), -EINVAL);
  EXPECT(ef_pio_free(NULL, good.handle), -EINVAL);
  EXPECT(ef_pio_link_vi(NULL, good.handle, &good.vi, good.handle), -EINVAL);
  EXPECT(ef_pio_unlink_vi(NULL, good.handle, &good.vi, good.handle), -EINVAL);
}

// Arguments out of range, on an interface that lives.
static void bad_arguments(void) {
  ef_pd pd;
  ef_vi vi;
  ef_event event, events[4];
  ef_request_id ids[EF_VI_TRANSMIT_BATCH];
  ef_iovec piece = {end_address(&good, 0), 64};
  ef_filter_spec filter;
  ef_filter_cookie cookie = {0x12345, 2};
  ef_filter_info info;
  unsigned long value;
  struct iovec none = {NULL, 64}, huge = {page, (size_t)1 << 60};
  ef_vi *const good_vi = &good.vi;
  const int transmits[] = {511, 513, -1 - 4096, 1 << 30, 3};
  memset(&event, 0, sizeof event);
  EXPECT(ef_driver_open(NULL), -EINVAL);
  errno = 0;
  EXPECT(ef_driver_close(-1), -1);
  EXPECT(errno, EBADF);
  EXPECT(ef_driver_close(foreign), -1);
  EXPECT(fcntl(foreign, F_GETFD) != -1, 1);
  EXPECT(ef_driver_close(closed), -1);
  EXPECT(ef_pd_alloc(NULL, good.handle, 1, EF_PD_DEFAULT), -EINVAL);
  EXPECT(ef_pd_alloc(&pd, good.handle, -5, EF_PD_DEFAULT), -ENODEV);
  EXPECT(ef_pd_alloc(&pd, good.handle, 2, EF_PD_DEFAULT), -ENODEV);
  EXPECT(ef_pd_alloc(&pd, good.handle, 987654, EF_PD_DEFAULT), -ENODEV);
  EXPECT(ef_pd_alloc_by_name(&pd, good.handle, NULL, EF_PD_DEFAULT), -EINVAL);
  EXPECT(ef_pd_alloc_by_name(&pd, good.handle, "no such", EF_PD_DEFAULT), -ENODEV);
  EXPECT(ef_pd_alloc_by_name(&pd, good.handle, "", EF_PD_DEFAULT), -ENODEV);
  EXPECT(ef_pd_alloc_by_name(&pd, good.handle, "0", EF_PD_VF), -ENODEV);
  EXPECT(ef_pd_alloc_with_vport(&pd, good.handle, "0", EF_PD_DEFAULT, 4096), -EINVAL);
  EXPECT(ef_vi_alloc_from_pd(NULL, good.handle, &good.pd, good.handle, -1, -1, -1, NULL, -1, EF_VI_FLAGS_DEFAULT), -EINVAL);
  EXPECT(
    ef_vi_alloc_from_pd(&vi, good.handle, &good.pd, good.handle, 0, -1, -1, NULL, -1, EF_VI_FLAGS_DEFAULT), -EINVAL);
  for (int i = 0; i < 5; i++)
    // Smaller ones are rounded up.
    if (transmits[i] > 4096)
      EXPECT(
        ef_vi_alloc_from_pd(
          &vi, good.handle, &good.pd, good.handle, -1, -1, transmits[i], NULL, -1, EF_VI_FLAGS_DEFAULT), -EINVAL);
  EXPECT(
    ef_vi_alloc_from_pd(
      good_vi, good.handle, &good.pd, good.handle, 0, -1, -1, good_vi, good.handle, EF_VI_FLAGS_DEFAULT), -EINVAL);
  EXPECT(
    ef_vi_alloc_from_pd(
      &vi, good.handle, &good.pd, good.handle, -1, -1, -1, NULL, -1,
      (enum ef_vi_flags)(EF_VI_TX_ALT | EF_VI_TX_TIMESTAMPS)), -EOPNOTSUPP);

  EXPECT(ef_vi_transmit(good_vi, end_address(&good, 0), -1, 1), -EINVAL);
  EXPECT(ef_vi_transmit(good_vi, end_address(&good, 0), 1 << 20, 1), -EINVAL);
  EXPECT(ef_vi_transmit(good_vi, EF_INVALID_ADDR, 64, 1), -EINVAL);
  EXPECT(ef_vi_transmitv(good_vi, NULL, 1, 1), -EINVAL);
  EXPECT(ef_vi_transmitv(good_vi, &piece, 0, 1), -EINVAL);
  EXPECT(ef_vi_transmitv(good_vi, &piece, -3, 1), -EINVAL);
  EXPECT(ef_vi_transmitv_init(good_vi, &piece, 1 << 30, 1), -EINVAL);
  EXPECT(ef_vi_transmit_init(good_vi, EF_INVALID_ADDR, 64, 1), -EINVAL);
  ef_vi_transmit_ctpio(good_vi, NULL, 64, 64);
  ef_vi_transmitv_ctpio(good_vi, 64, NULL, 1, 64);
  ef_vi_transmitv_ctpio(good_vi, 64, &none, 1, 64);
  ef_vi_transmitv_ctpio(good_vi, huge.iov_len, &huge, 1, 64);
  ef_vi_transmitv_ctpio(good_vi, 64, &huge, -1, 64);
  ef_vi_transmitv_ctpio_copy(good_vi, 64, &none, 1, 64, page);
  ef_vi_transmitv_ctpio_copy(good_vi, 64, &none, 1, 64, NULL);
  EXPECT(ef_vi_transmit_ctpio_fallback(good_vi, end_address(&good, 0), (size_t)-1, 1), -EINVAL);
  EXPECT(ef_vi_transmitv_ctpio_fallback(good_vi, NULL, 1, 1), -EINVAL);
  if (is_ef10) {
    EXPECT(ef_vi_transmit_pio(good_vi, 0, 64, 1), -EINVAL);
    EXPECT(ef_vi_transmit_pio(good_vi, 1, 64, 1), -EINVAL);
    EXPECT(ef_vi_transmit_copy_pio(good_vi, 0, page, -1, 1), -EINVAL);
    EXPECT(ef_vi_receive_init(good_vi, EF_INVALID_ADDR, 1), -EINVAL);
    EXPECT(ef_receive_poll(good_vi, events, 4), -EOPNOTSUPP);
    EXPECT(ef_vi_transmit_alt_select(good_vi, 0), -EOPNOTSUPP);
    EXPECT(ef_eventq_put(ef_vi_resource_id(good_vi), good.handle, 0x10000), -EINVAL);
    good_vi->rx_buffer_len = 0;
    EXPECT(ef_vi_receive_init(good_vi, end_address(&good, 0), 1), -EINVAL);
    ef_vi_receive_set_buffer_len(good_vi, 1 << 20);
    EXPECT(ef_vi_receive_init(good_vi, end_address(&good, 0), 1), -EINVAL);
    ef_vi_receive_set_buffer_len(good_vi, 1792);
  } else {
    EXPECT(ef_vi_transmit_pio(good_vi, 0, 64, 1), -EOPNOTSUPP);
    EXPECT(ef_vi_receive_init(good_vi, end_address(&good, 0), 1), -ENOSYS);
    EXPECT(ef_vi_transmit_alt_select(good_vi, 0), -EOPNOTSUPP);
    EXPECT(ef_eventq_put(ef_vi_resource_id(good_vi), good.handle, 1), -EOPNOTSUPP);
    EXPECT((uintptr_t)efct_vi_rxpkt_get(good_vi, 0xffffffff), 0);
    EXPECT((uintptr_t)efct_vi_rxpkt_get(good_vi, 0), 0);
    efct_vi_rxpkt_release(good_vi, 0xffffffff);
    efct_vi_rxpkt_release(good_vi, 7);
    EXPECT(ef_vi_prime(good_vi, good.handle, 0), -ENOENT);
  }
  EXPECT(ef_eventq_put(0xffffffff, good.handle, 1), -EINVAL);
  EXPECT(ef_eventq_put(8191, good.handle, 1), -EINVAL);
  EXPECT(ef_eventq_poll(good_vi, NULL, 4), -EINVAL);
  EXPECT(ef_eventq_poll(good_vi, events, 0), -EINVAL);
  EXPECT(ef_eventq_poll(good_vi, events, -1), -EINVAL);
  EXPECT(ef_eventq_has_many_events(good_vi, -1), 0);
  EXPECT(ef_eventq_has_many_events(good_vi, 1 << 30), 0);
  EXPECT(ef_vi_transmit_unbundle(good_vi, NULL, ids), -EINVAL);
  EXPECT(ef_vi_transmit_unbundle(good_vi, &event, NULL), -EINVAL);
  event.tx.type = EF_EVENT_TYPE_TX;
  for (unsigned place = 0; place < 0x10000; place += 17) {
    event.tx.desc_id = place & 0xffff;
    CHECK(ef_vi_transmit_unbundle(good_vi, &event, ids) <= EF_VI_TRANSMIT_BATCH);
  }
  event.rx_multi.type = EF_EVENT_TYPE_RX_MULTI;
  event.rx_multi.n_descs = 0xffff;
  EXPECT(ef_vi_receive_unbundle(good_vi, &event, ids), 0);
  EXPECT(ef_vi_receive_unbundle(good_vi, NULL, ids), -EINVAL);
  EXPECT(ef_vi_receive_get_precise_timestamp(good_vi, NULL, NULL), -EINVAL);
  EXPECT(ef_vi_receive_get_timestamp(good_vi, NULL, NULL), -1);
  EXPECT(ef_vi_receive_get_filter_id(good_vi, NULL, NULL), -EINVAL);
  event.generic.type = 99;
  EXPECT(ef_vi_receive_get_filter_id(good_vi, &event, page), -EINVAL);
  EXPECT(ef_vi_receive_query_layout(good_vi, NULL, NULL), -EINVAL);
  EXPECT(ef_vi_get_mac(good_vi, good.handle, NULL), -EINVAL);
  EXPECT(ef_vi_transmit_alt_alloc(good_vi, good.handle, 1, 4096), -EINVAL);
  EXPECT(ef_vi_transmit_alt_query_overhead(good_vi, NULL), -EINVAL);
  EXPECT(ef_vi_stats_query(good_vi, good.handle, NULL, 0), -EINVAL);
  EXPECT(ef_vi_stats_query_layout(good_vi, NULL), -EINVAL);
  EXPECT(ef_pio_memcpy(good_vi, NULL, 0, 8), -EINVAL);
  EXPECT(ef_vi_packed_stream_unbundle(good_vi, NULL, NULL, NULL, NULL), -EINVAL);

  ef_filter_spec_init(NULL, EF_FILTER_FLAG_NONE);
  ef_filter_spec_init(&filter, EF_FILTER_FLAG_NONE);
  EXPECT(ef_vi_filter_add(good_vi, good.handle, &filter, &cookie), -EINVAL);
  EXPECT(ef_vi_filter_add(good_vi, good.handle, NULL, &cookie), -EINVAL);
  EXPECT(ef_filter_spec_set_ip4_local(NULL, 17, 1, 1), -EINVAL);
  EXPECT(ef_filter_spec_set_ip4_full(NULL, 17, 1, 1, 2, 2), -EINVAL);
  EXPECT(ef_filter_spec_set_ip6_local(&filter, 17, NULL, 1), -EINVAL);
  EXPECT(ef_filter_spec_set_ip6_full(&filter, 17, NULL, 1, NULL, 1), -EINVAL);
  EXPECT(ef_filter_spec_set_eth_local(&filter, EF_FILTER_VLAN_ID_ANY, NULL), -EINVAL);
  EXPECT(ef_filter_spec_set_vlan(NULL, 1), -EINVAL);
  EXPECT(ef_filter_spec_set_eth_type(NULL, 1), -EINVAL);
  EXPECT(ef_filter_spec_set_ip_proto(NULL, 1), -EINVAL);
  EXPECT(ef_filter_spec_set_unicast_all(NULL), -EINVAL);
  EXPECT(ef_filter_spec_set_multicast_all(NULL), -EINVAL);
  EXPECT(ef_filter_spec_set_unicast_mismatch(NULL), -EINVAL);
  EXPECT(ef_filter_spec_set_multicast_mismatch(NULL), -EINVAL);
  EXPECT(ef_filter_spec_set_port_sniff(NULL, 1), -EINVAL);
  EXPECT(ef_filter_spec_set_tx_port_sniff(NULL), -EINVAL);
  EXPECT(ef_filter_spec_set_block_kernel(NULL), -EINVAL);
  EXPECT(ef_filter_spec_set_block_kernel_unicast(NULL), -EINVAL);
  EXPECT(ef_filter_spec_set_block_kernel_multicast(NULL), -EINVAL);
  EXPECT(ef_filter_spec_set_dest(NULL, 1, 0), -EINVAL);
  EXPECT(ef_filter_spec_set_dest(&filter, 70000, 0), -EINVAL);
  EXPECT(ef_filter_spec_set_dest(&filter, -1, 0), -EINVAL);
  TRY(ef_filter_spec_set_ip4_local(&filter, 17, 1, 1));
  EXPECT(ef_filter_spec_set_unicast_all(&filter), -EPROTONOSUPPORT);
  EXPECT(ef_filter_spec_set_ip6_local(&filter, 17, (const struct in6_addr *)page, 1), -EPROTONOSUPPORT);
  memset(&filter, 0xff, sizeof filter);
  EXPECT(ef_vi_filter_add(good_vi, good.handle, &filter, &cookie), -EINVAL);
  EXPECT(ef_vi_filter_query(good_vi, good.handle, &cookie, &info, 3), -EINVAL);
  EXPECT(ef_vi_filter_query(good_vi, good.handle, NULL, &info, sizeof info), -EINVAL);
  CHECK(ef_vi_filter_query(good_vi, good.handle, &cookie, &info, sizeof info) < 0);
  CHECK(ef_vi_filter_del(good_vi, good.handle, &cookie) < 0);
  EXPECT(ef_vi_filter_del(good_vi, good.handle, NULL), -EINVAL);

  EXPECT(ef_vi_capabilities_get(good.handle, 987654, EF_VI_CAP_PIO, &value), -ENODEV);
  EXPECT(ef_vi_capabilities_get(good.handle, 1, EF_VI_CAP_PIO, NULL), -EINVAL);
  EXPECT(ef_vi_capabilities_get(good.handle, 1, (enum ef_vi_capability)58, &value), -ENOSYS);
  EXPECT(ef_vi_capabilities_get(good.handle, 1, (enum ef_vi_capability)-1, &value), -ENOSYS);
  EXPECT(strcmp(ef_vi_capabilities_name((enum ef_vi_capability)58), "Unknown"), 0);
  EXPECT(strcmp(ef_vi_capabilities_name((enum ef_vi_capability)-1), "Unknown"), 0);
  EXPECT(ef_ip_checksum(NULL), 0);
  EXPECT(ef_ip_checksum((const struct iphdr *)page), 0);
  EXPECT(ef_udp_checksum(NULL, NULL, NULL, 0), 0);
  EXPECT(ef_udp_checksum((const struct iphdr *)page, (const struct udphdr *)page, NULL, 3), 0);
  EXPECT(ef_udp_checksum((const struct iphdr *)page, (const struct udphdr *)page, &none, -3), 0);
  EXPECT(ef_udp_checksum_ip6(NULL, NULL, NULL, 0), 0);
  EXPECT(ef_udp_checksum_ipx(AF_INET, NULL, NULL, NULL, 0), 0);
  EXPECT(ef_tcp_checksum(NULL, NULL, NULL, 0), 0);
  EXPECT(ef_tcp_checksum_ip6(NULL, NULL, NULL, 0), 0);
  EXPECT(ef_tcp_checksum_ipx(AF_INET6, NULL, NULL, NULL, 0), 0);
  EXPECT(ef_icmpv6_checksum(NULL, NULL, NULL, 0), 0);
  EXPECT(ef_udp_checksum_is_correct(NULL, NULL, NULL, 0), 0);
  EXPECT(ef_udp_checksum_ip6_is_correct(NULL, NULL, NULL, 0), 0);
  EXPECT(ef_tcp_checksum_is_correct(NULL, NULL, NULL, 0), 0);
  EXPECT(ef_tcp_checksum_ip6_is_correct(NULL, NULL, NULL, 0), 0);
}

// What frees does not take others along, and names of old do not come back to life.
static void freed_twice(void) {
  ef_vi first, second, copy;
  TRY(ef_vi_alloc_from_pd(&first, good.handle, &good.pd, good.handle, -1, -1, -1, NULL, -1, EF_VI_FLAGS_DEFAULT));
  memcpy(&copy, &first, sizeof copy);
  EXPECT(ef_eventq_has_event(&copy), 0);
  EXPECT(ef_vi_free(&first, good.handle), 0);
  EXPECT(ef_vi_free(&first, good.handle), -EINVAL);
  // The next interface may get the place of the last one.
  TRY(ef_vi_alloc_from_pd(&second, good.handle, &good.pd, good.handle, -1, -1, -1, NULL, -1, EF_VI_FLAGS_DEFAULT));
  EXPECT(ef_vi_transmit(&copy, end_address(&good, 0), 64, 1), -EINVAL);
  EXPECT(ef_vi_free(&copy, good.handle), -EINVAL);
  EXPECT(ef_vi_transmit(&second, end_address(&good, 0), 64, 1), 0);
  EXPECT(ef_vi_free(&second, good.handle), 0);
}

// What went with its handle can still be freed, once.
static void freed_after_close(void) {
  static char memory[4096] __attribute__((aligned(4096)));
  ef_driver_handle handle;
  ef_pd pd;
  ef_memreg registration;
  ef_vi vi;
  TRY(ef_driver_open(&handle));
  TRY(ef_pd_alloc_by_name(&pd, handle, "0", EF_PD_DEFAULT));
  TRY(ef_memreg_alloc(&registration, handle, &pd, handle, memory, sizeof memory));
  TRY(ef_vi_alloc_from_pd(&vi, handle, &pd, handle, -1, -1, -1, NULL, -1, EF_VI_FLAGS_DEFAULT));
  CHECK(ef_driver_close(handle) == 0);
  // The interface goes on, as mapped memory keeps a device open.
  EXPECT(ef_vi_transmit(&vi, ef_memreg_dma_addr(&registration, 0), 64, 1), 0);
  EXPECT(ef_vi_flush(&vi, handle), -EBADF);
  EXPECT(ef_vi_free(&vi, handle), 0);
  EXPECT(ef_memreg_free(&registration, handle), 0);
  EXPECT(ef_memreg_free(&registration, handle), -EINVAL);
  EXPECT(ef_pd_free(&pd, handle), 0);
  EXPECT(ef_pd_free(&pd, handle), -EINVAL);
}

int main(int count, char **arguments) {
  static ef_vi zero, garbage, freed, copy;
  is_ef10 = count < 2 || strcmp(arguments[1], "express") != 0;
  end_start(&good, "0", EF_VI_FLAGS_DEFAULT);
  TRY(ef_driver_open(&other));
  foreign = open("/dev/null", O_RDWR);
  memset(&garbage, 0xa5, sizeof garbage);
  TRY(ef_vi_alloc_from_pd(&freed, good.handle, &good.pd, good.handle, -1, -1, -1, NULL, -1, EF_VI_FLAGS_DEFAULT));
  memcpy(&copy, &freed, sizeof copy);
  TRY(ef_vi_free(&freed, good.handle));
  no_interface(NULL, "null");
  no_interface(&zero, "never initialised");
  no_interface(&garbage, "garbage");
  no_interface(&freed, "freed");
  no_interface(&copy, "copy of a freed one");
  // Last, so that nobody gets its number.
  TRY(ef_driver_open(&closed));
  CHECK(ef_driver_close(closed) == 0);
  no_handle(closed, -EBADF, "closed handle");
  no_handle(-1, -EBADF, "no handle");
  no_handle(foreign, -ENOTTY, "descriptor of something else");
  no_handle(other, -EINVAL, "another handle");
  no_resources();
  bad_arguments();
  freed_twice();
  freed_after_close();
  // All that has changed nothing for the interface that lives.
  CHECK(ef_vi_transmit_fill_level(&good.vi) == 0);
  end_stop(&good);
  printf("%d failures\n", failures);
  return failures != 0;
}
