// Two threads in one interface, while a third frees and allocates it anew: nothing that comes of it may be a crash.
// threads MILLISECONDS

#include "end.h"

#include <pthread.h>
#include <time.h>

static struct end left, right;
static volatile int stopped;
static long calls[4];

static double seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

// What a program does with an interface, with no care for what others do.
static void *use(void *argument) {
  struct end *const end = argument;
  ef_event events[16];
  ef_request_id ids[EF_VI_TRANSMIT_BATCH];
  long done = 0;
  for (; !stopped; done++) {
    ef_iovec piece = {end_address(end, 0), 100};
    struct iovec bytes = {end->buffers, 100};
    ef_vi_transmit(&end->vi, end_address(end, 0), 100, 1);
    ef_vi_transmitv(&end->vi, &piece, 1, 2);
    ef_vi_transmitv_ctpio(&end->vi, 100, &bytes, 1, 64);
    ef_vi_transmit_ctpio_fallback(&end->vi, end_address(end, 0), 100, 3);
    ef_vi_receive_post(&end->vi, end_address(end, 1 + (int)(done % 500)), 1 + (int)(done % 500));
    int count = ef_eventq_poll(&end->vi, events, 16);
    for (int i = 0; i < count; i++) {
      switch (EF_EVENT_TYPE(events[i])) {
      case EF_EVENT_TYPE_TX: ef_vi_transmit_unbundle(&end->vi, &events[i], ids); break;
      case EF_EVENT_TYPE_RX_REF:
      case EF_EVENT_TYPE_RX_REF_DISCARD:
        efct_vi_rxpkt_get(&end->vi, events[i].rx_ref.pkt_id);
        efct_vi_rxpkt_release(&end->vi, events[i].rx_ref.pkt_id);
        efct_vi_rxpkt_release(&end->vi, events[i].rx_ref.pkt_id);
        break;
      }
    }
    if (done % 64 == 0) {
      const struct timeval short_time = {0, 100};
      ef_vi_prime(&end->vi, end->handle, 0);
      ef_eventq_wait(&end->vi, end->handle, 0, &short_time);
      ef_vi_reinit_txq_post_error(&end->vi);
    }
  }
  __sync_fetch_and_add(&calls[end == &right], done);
  return NULL;
}

static void steer(struct end *end) {
  ef_filter_spec filter;
  uint8_t mac[6] = {0};
  ef_filter_spec_init(&filter, EF_FILTER_FLAG_NONE);
  ef_vi_get_mac(&end->vi, end->handle, mac);
  ef_filter_spec_set_eth_local(&filter, EF_FILTER_VLAN_ID_ANY, mac);
  ef_vi_filter_add(&end->vi, end->handle, &filter, NULL);
}

int main(int count, char **arguments) {
  const double limit = count > 1 ? atof(arguments[1]) / 1000 : 1;
  pthread_t threads[4];
  uint8_t mac[6];
  end_start(&left, "0", EF_VI_FLAGS_DEFAULT);
  end_start(&right, "1", EF_VI_FLAGS_DEFAULT);
  TRY(ef_vi_get_mac(&right.vi, right.handle, mac));
  for (int i = 0; i < end_buffers; i++)
    udp_frame(end_buffer(&left, i), mac, "192.168.1.1", "192.168.1.2", 5000, i, 58);
  steer(&right);
  for (int i = 0; i < 4; i++) CHECK(pthread_create(&threads[i], NULL, use, i % 2 ? &right : &left) == 0);
  const double end = seconds() + limit;
  long rounds = 0;
  while (seconds() < end) {
    const struct timespec pause = {0, 2000000};
    nanosleep(&pause, NULL);
    struct end *one = rounds % 3 == 2 ? &left : &right;
    ef_vi_free(&one->vi, one->handle);
    TRY(ef_vi_alloc_from_pd(
      &one->vi, one->handle, &one->pd, one->handle, -1, -1, -1, NULL, -1, EF_VI_FLAGS_DEFAULT));
    steer(one);
    rounds += 1;
  }
  stopped = 1;
  for (int i = 0; i < 4; i++) pthread_join(threads[i], NULL);
  CHECK(calls[0] > 0 && calls[1] > 0 && rounds > 0);
  printf("%ld and %ld rounds, freed %ld times\n", calls[0], calls[1], rounds);
  end_stop(&left);
  end_stop(&right);
  return 0;
}
