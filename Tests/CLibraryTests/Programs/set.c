// RSS on a cable: a filter spreads flows over the four interfaces of a set, each flow to one of them, in order.

#include "end.h"

enum { members = 4, flows = 64, each = 10 };

int main(void) {
  static struct end sender, receiver;
  static ef_vi vis[members];
  static int place[flows], next[flows], got[members];
  ef_vi_set set;
  ef_filter_spec filter;
  ef_filter_cookie cookie;
  uint8_t mac[6];
  end_start(&sender, "0", EF_VI_FLAGS_DEFAULT);
  end_open(&receiver, "1", EF_PD_DEFAULT);
  end_memory(&receiver, (size_t)end_buffers * end_buffer_bytes, 4096);
  TRY(ef_vi_set_alloc_from_pd(&set, receiver.handle, &receiver.pd, receiver.handle, members));
  for (int i = 0; i < members; i++) {
    TRY(ef_vi_alloc_from_set(
      &vis[i], receiver.handle, &set, receiver.handle, i, -1, 512, 0, NULL, -1, EF_VI_FLAGS_DEFAULT));
    for (int id = i * 128; id < (i + 1) * 128; id++) TRY(ef_vi_receive_init(&vis[i], end_address(&receiver, id), id));
    ef_vi_receive_push(&vis[i]);
  }
  ef_filter_spec_init(&filter, EF_FILTER_FLAG_NONE);
  TRY(ef_filter_spec_set_ip4_local(&filter, IPPROTO_UDP, inet_addr("192.168.1.2"), htons(5000)));
  TRY(ef_vi_set_filter_add(&set, receiver.handle, &filter, &cookie));
  TRY(ef_vi_get_mac(&vis[0], receiver.handle, mac));
  for (int flow = 0; flow < flows; flow++) place[flow] = -1;

  int received = 0;
  for (int number = 0; number < flows * each; number++) {
    char from[32];
    ef_event events[16];
    ef_request_id ids[EF_VI_TRANSMIT_BATCH];
    snprintf(from, sizeof from, "10.1.%d.1", number % flows);
    const int length = udp_frame(end_buffer(&sender, 0), mac, from, "192.168.1.2", 5000, number, 64);
    TRY(ef_vi_transmit(&sender.vi, end_address(&sender, 0), length, 0));
    for (int sent = 0; !sent;)
      if (ef_eventq_poll(&sender.vi, events, 16) > 0) sent = ef_vi_transmit_unbundle(&sender.vi, &events[0], ids);
    for (int i = 0; i < members; i++) {
      const int found = TRY(ef_eventq_poll(&vis[i], events, 16));
      for (int k = 0; k < found; k++) {
        const int id = (int)EF_EVENT_RX_RQ_ID(events[k]), arrived = frame_number(end_buffer(&receiver, id));
        const int flow = arrived % flows;
        CHECK(place[flow] == -1 || place[flow] == i);
        CHECK(arrived / flows == next[flow]);
        place[flow] = i, next[flow] += 1, got[i] += 1, received += 1;
        TRY(ef_vi_receive_post(&vis[i], end_address(&receiver, id), id));
      }
    }
  }
  CHECK(received == flows * each);
  for (int i = 0; i < members; i++) CHECK(got[i] > 0);
  TRY(ef_vi_set_filter_del(&set, receiver.handle, &cookie));
  TRY(ef_vi_set_free(&set, receiver.handle));
  for (int i = 0; i < members; i++) TRY(ef_vi_free(&vis[i], receiver.handle));
  printf("%d frames of %d flows\n", received, flows);
  end_stop(&sender);
  return 0;
}
