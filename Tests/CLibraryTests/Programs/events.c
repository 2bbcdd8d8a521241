// Events of EF10 on a cable besides packets: software events, sleeping, timers, merged events, shared event queues,
// discards, and counters of errors.

#include "receive.h"

#include <poll.h>
#include <pthread.h>
#include <unistd.h>

static struct end sender, receiver;
static uint8_t mac[6];

static void send_one(int number) {
  ef_event events[16];
  ef_request_id ids[EF_VI_TRANSMIT_BATCH];
  const int length = udp_frame(end_buffer(&sender, 0), mac, "192.168.1.1", "192.168.1.2", 5000, number, 64);
  TRY(ef_vi_transmit(&sender.vi, end_address(&sender, 0), length, number));
  for (int sent = 0; !sent;)
    if (ef_eventq_poll(&sender.vi, events, 16) > 0) sent = ef_vi_transmit_unbundle(&sender.vi, &events[0], ids);
}

static void software_events(void) {
  ef_event events[16];
  TRY(ef_eventq_put(ef_vi_resource_id(&receiver.vi), receiver.handle, 0xbeef));
  CHECK(ef_eventq_has_event(&receiver.vi));
  CHECK(!ef_eventq_has_many_events(&receiver.vi, 1));
  CHECK(ef_eventq_poll(&receiver.vi, events, 16) == 1);
  CHECK(EF_EVENT_TYPE(events[0]) == EF_EVENT_TYPE_SW && EF_EVENT_SW_DATA(events[0]) == 0xbeef);
  CHECK(ef_eventq_poll(&receiver.vi, events, 16) == 0);
}

static void *wake(void *argument) {
  (void)argument;
  usleep(50000);
  send_one(1);
  return NULL;
}

static void sleeping(void) {
  ef_event events[16];
  pthread_t thread;
  struct timeval time = {0, 20000};
  unsigned current = ef_eventq_current(&receiver.vi);
  CHECK(ef_eventq_wait(&receiver.vi, receiver.handle, current, &time) == -ETIMEDOUT);
  time.tv_usec = 1000000;
  CHECK(ef_eventq_wait(&receiver.vi, receiver.handle, current, &time) == -EINVAL);
  time.tv_sec = -1, time.tv_usec = 0;
  CHECK(ef_eventq_wait(&receiver.vi, receiver.handle, current, &time) == -EINVAL);
  time.tv_sec = 10;
  CHECK(pthread_create(&thread, NULL, wake, NULL) == 0);
  CHECK(ef_eventq_wait(&receiver.vi, receiver.handle, current, &time) == 0);
  pthread_join(thread, NULL);
  // Events after the place that is named are there already.
  CHECK(ef_eventq_poll(&receiver.vi, events, 16) == 1);
  end_post(&receiver, (int)EF_EVENT_RX_RQ_ID(events[0]), 1);
  CHECK(ef_eventq_wait(&receiver.vi, receiver.handle, current, &time) == 0);

  struct pollfd descriptor = {receiver.handle, POLLIN, 0};
  TRY(ef_vi_prime(&receiver.vi, receiver.handle, ef_eventq_current(&receiver.vi)));
  CHECK(poll(&descriptor, 1, 20) == 0);
  CHECK(pthread_create(&thread, NULL, wake, NULL) == 0);
  CHECK(poll(&descriptor, 1, 10000) == 1);
  pthread_join(thread, NULL);
  CHECK(ef_eventq_poll(&receiver.vi, events, 16) == 1);
  end_post(&receiver, (int)EF_EVENT_RX_RQ_ID(events[0]), 1);
  TRY(ef_vi_prime(&receiver.vi, receiver.handle, ef_eventq_current(&receiver.vi)));
  CHECK(poll(&descriptor, 1, 20) == 0);
}

static void timers(void) {
  struct end timed;
  end_start(&timed, "1", EF_VI_ENABLE_EV_TIMER);
  struct timeval time = {10, 0};
  ef_event events[4];
  ef_eventq_timer_run(&timed.vi, 1000);
  // It wakes, and is no event.
  CHECK(ef_eventq_wait(&timed.vi, timed.handle, ef_eventq_current(&timed.vi), &time) == 0);
  CHECK(ef_eventq_poll(&timed.vi, events, 4) == 0);
  ef_eventq_timer_run(&timed.vi, 1000000);
  ef_eventq_timer_clear(&timed.vi);
  ef_eventq_timer_prime(&timed.vi, 10);
  ef_eventq_timer_zero(&timed.vi);
  ef_eventq_timer_clear(&timed.vi);
  end_stop(&timed);
}

static void merged(void) {
  struct end many;
  end_start(&many, "1", EF_VI_RX_EVENT_MERGE);
  CHECK(ef_vi_receive_prefix_len(&many.vi) == 14);
  end_post(&many, 0, 128);
  ef_filter_spec filter;
  ef_filter_spec_init(&filter, EF_FILTER_FLAG_NONE);
  TRY(ef_filter_spec_set_ip4_local(&filter, IPPROTO_UDP, inet_addr("192.168.1.3"), htons(5000)));
  TRY(ef_vi_filter_add(&many.vi, many.handle, &filter, NULL));
  for (int i = 0; i < 40; i++) {
    const int length = udp_frame(end_buffer(&sender, i), mac, "192.168.1.1", "192.168.1.3", 5000, i, 64);
    TRY(ef_vi_transmit_init(&sender.vi, end_address(&sender, i), length, i));
  }
  ef_vi_transmit_push(&sender.vi);
  int next = 0, completed = 0;
  while (next < 40 || completed < 40) {
    ef_event events[16];
    int found = TRY(ef_eventq_poll(&sender.vi, events, 16));
    ef_request_id ids[EF_VI_TRANSMIT_BATCH];
    for (int i = 0; i < found; i++) completed += ef_vi_transmit_unbundle(&sender.vi, &events[i], ids);
    found = TRY(ef_eventq_poll(&many.vi, events, 16));
    for (int i = 0; i < found; i++) {
      CHECK(EF_EVENT_TYPE(events[i]) == EF_EVENT_TYPE_RX_MULTI && EF_EVENT_RX_MULTI_SOP(events[i]));
      const int count = ef_vi_receive_unbundle(&many.vi, &events[i], ids);
      for (int k = 0; k < count; k++) {
        uint16_t bytes = 0;
        TRY(ef_vi_receive_get_bytes(&many.vi, end_buffer(&many, ids[k]), &bytes));
        CHECK(bytes == 106 && frame_number(end_buffer(&many, ids[k]) + 14) == next);
        next += 1;
      }
    }
  }
  end_stop(&many);
}

static void shared_queue(void) {
  ef_vi second;
  const int label = TRY(ef_vi_alloc_from_pd(
    &second, receiver.handle, &receiver.pd, receiver.handle, 0, 512, 512, &receiver.vi, receiver.handle,
    EF_VI_FLAGS_DEFAULT));
  CHECK(label > 0 && ef_vi_get_vi_from_q_id(&receiver.vi, label) == &second);
  CHECK(ef_vi_get_vi_from_q_id(&receiver.vi, 0) == &receiver.vi);
  CHECK(ef_vi_get_vi_from_q_id(&receiver.vi, label + 1) == NULL);
  ef_event events[4];
  ef_request_id ids[EF_VI_TRANSMIT_BATCH];
  TRY(ef_vi_transmit(&second, end_address(&receiver, 400), 64, 77));
  while (ef_eventq_poll(&receiver.vi, events, 4) == 0) continue;
  CHECK(EF_EVENT_TYPE(events[0]) == EF_EVENT_TYPE_TX && (int)EF_EVENT_TX_Q_ID(events[0]) == label);
  CHECK(ef_vi_transmit_unbundle(&second, &events[0], ids) == 1 && ids[0] == 77);
  TRY(ef_vi_free(&second, receiver.handle));
}

static void discards(void) {
  ef_event events[4];
  CHECK(ef_vi_receive_get_discards(&receiver.vi) == 0x6f);
  TRY(ef_vi_receive_set_discards(&receiver.vi, 0));
  CHECK(ef_vi_receive_get_discards(&receiver.vi) == 0);
  TRY(ef_vi_receive_set_discards(&receiver.vi, EF_VI_DISCARD_RX_L4_CSUM_ERR));
  // The adapter writes checksums itself unless it is told not to.
  struct end liar;
  end_start(&liar, "0", (enum ef_vi_flags)(EF_VI_TX_IP_CSUM_DIS | EF_VI_TX_TCPUDP_CSUM_DIS));
  const int length = udp_frame(end_buffer(&liar, 0), mac, "192.168.1.1", "192.168.1.2", 5000, 5, 64);
  end_buffer(&liar, 0)[80] ^= 1;
  TRY(ef_vi_transmit(&liar.vi, end_address(&liar, 0), length, 0));
  while (ef_eventq_poll(&receiver.vi, events, 4) == 0) continue;
  CHECK(EF_EVENT_TYPE(events[0]) == EF_EVENT_TYPE_RX_DISCARD);
  CHECK(EF_EVENT_RX_DISCARD_TYPE(events[0]) == EF_EVENT_RX_DISCARD_CSUM_BAD);
  CHECK((int)EF_EVENT_RX_DISCARD_BYTES(events[0]) == length && EF_EVENT_RX_DISCARD_SOP(events[0]));
  end_post(&receiver, (int)EF_EVENT_RX_DISCARD_RQ_ID(events[0]), 1);
  end_stop(&liar);
}

// A send from memory that nobody registered stops the ring, and its id and those behind it are found again.
static void errors(void) {
  struct end broken;
  ef_event events[4];
  int id, lost = 0, seen = 0;
  end_start(&broken, "0", EF_VI_FLAGS_DEFAULT);
  for (int i = 0; i < 3; i++) TRY(ef_vi_transmit_init(&broken.vi, (ef_addr)0x123456789000 & 0xfffffffffff, 64, 40 + i));
  ef_vi_transmit_push(&broken.vi);
  for (int round = 0; round < 1000 && !seen; round++) {
    const int found = TRY(ef_eventq_poll(&broken.vi, events, 4));
    for (int i = 0; i < found; i++)
      if (EF_EVENT_TYPE(events[i]) == EF_EVENT_TYPE_TX_ERROR) seen += 1;
  }
  CHECK(seen == 1);
  ef_vi_for_each_tx_error_failed_transmit(&broken.vi, id) {
    CHECK(id == 40 + lost);
    lost += 1;
  }
  CHECK(lost == 3 && ef_vi_transmit_fill_level(&broken.vi) == 0);
  TRY(ef_vi_reinit_txq_post_error(&broken.vi));
  TRY(ef_vi_transmit(&broken.vi, end_address(&broken, 0), 64, 50));
  while (ef_eventq_poll(&broken.vi, events, 4) == 0) continue;
  CHECK(EF_EVENT_TYPE(events[0]) == EF_EVENT_TYPE_TX);
  end_stop(&broken);
}

static void counters(void) {
  const ef_vi_stats_layout *layout;
  uint32_t values[16];
  TRY(ef_vi_stats_query_layout(&receiver.vi, &layout));
  CHECK(layout->evsl_fields_num == 4 && layout->evsl_data_size == 16);
  for (int i = 0; i < layout->evsl_fields_num; i++)
    CHECK(layout->evsl_fields[i].evsfl_name[0] && layout->evsl_fields[i].evsfl_size == 4);
  TRY(ef_vi_stats_query(&receiver.vi, receiver.handle, values, 1));
}

int main(void) {
  end_start(&sender, "0", EF_VI_FLAGS_DEFAULT);
  end_start(&receiver, "1", EF_VI_FLAGS_DEFAULT);
  receive_start(&receiver);
  end_filter(&receiver, "192.168.1.2", 5000);
  TRY(ef_vi_get_mac(&receiver.vi, receiver.handle, mac));
  CHECK(ef_vi_mtu(&receiver.vi, receiver.handle) >= 1500);
  CHECK(ef_eventq_capacity(&receiver.vi) > 500);
  software_events();
  sleeping();
  timers();
  merged();
  shared_queue();
  discards();
  errors();
  counters();
  TRY(ef_vi_flush(&receiver.vi, receiver.handle));
  printf("as they should be\n");
  end_stop(&sender);
  end_stop(&receiver);
  return 0;
}
