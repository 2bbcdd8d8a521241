// Times of sent and received packets on a cable: they follow each other, and the clock is in step.

#include "receive.h"

#include <time.h>

static double when(int64_t seconds, uint32_t nanoseconds) { return (double)seconds + nanoseconds * 1e-9; }

int main(void) {
  static struct end sender, receiver;
  const enum ef_vi_flags flags = EF_VI_RX_TIMESTAMPS;
  uint8_t mac[6];
  struct timespec now;
  end_start(&sender, "0", EF_VI_TX_TIMESTAMPS);
  end_start(&receiver, "1", flags);
  CHECK(receiver.vi.vi_out_flags & EF_VI_OUT_CLOCK_SYNC_STATUS);
  CHECK(ef_vi_receive_prefix_len(&receiver.vi) == (is_ef10(&receiver) ? 14 : 0));
  receive_start(&receiver);
  end_filter(&receiver, "192.168.1.2", 5000);
  TRY(ef_vi_get_mac(&receiver.vi, receiver.handle, mac));
  if (is_ef10(&receiver)) {
    const ef_vi_layout_entry *layout;
    int entries, seen = 0;
    TRY(ef_vi_receive_query_layout(&receiver.vi, &layout, &entries));
    for (int i = 0; i < entries; i++) {
      CHECK(layout[i].evle_description[0] != 0);
      if (layout[i].evle_type == EF_VI_LAYOUT_FRAME) seen += layout[i].evle_offset == 14;
      if (layout[i].evle_type == EF_VI_LAYOUT_MINOR_TICKS) seen += 1;
    }
    CHECK(seen == 2);
  }

  for (int number = 0; number < 100; number++) {
    const int length = udp_frame(end_buffer(&sender, 0), mac, "192.168.1.1", "192.168.1.2", 5000, number, 64);
    double sent = 0, received = 0;
    TRY(ef_vi_transmit(&sender.vi, end_address(&sender, 0), length, 1000 + number));
    while (sent == 0 || received == 0) {
      ef_event events[16];
      int found = TRY(ef_eventq_poll(&sender.vi, events, 16));
      for (int i = 0; i < found; i++) {
        CHECK(EF_EVENT_TYPE(events[i]) == EF_EVENT_TYPE_TX_WITH_TIMESTAMP);
        CHECK((int)EF_EVENT_TX_WITH_TIMESTAMP_RQ_ID(events[i]) == 1000 + number);
        CHECK(EF_EVENT_TX_WITH_TIMESTAMP_SYNC_FLAGS(events[i]) == EF_EVENT_TX_WITH_TIMESTAMP_SYNC_MASK);
        sent = when(EF_EVENT_TX_WITH_TIMESTAMP_SEC(events[i]), EF_EVENT_TX_WITH_TIMESTAMP_NSEC(events[i]));
      }
      found = TRY(ef_eventq_poll(&receiver.vi, events, 16));
      for (int i = 0; i < found; i++) {
        ef_precisetime time;
        if (EF_EVENT_TYPE(events[i]) == EF_EVENT_TYPE_RX) {
          const int id = (int)EF_EVENT_RX_RQ_ID(events[i]);
          uint16_t bytes = 0;
          TRY(ef_vi_receive_get_precise_timestamp(&receiver.vi, end_buffer(&receiver, id), &time));
          TRY(ef_vi_receive_get_bytes(&receiver.vi, end_buffer(&receiver, id), &bytes));
          CHECK(bytes == length && (int)EF_EVENT_RX_BYTES(events[i]) == length + 14);
          end_post(&receiver, id, 1);
        } else {
          CHECK(EF_EVENT_TYPE(events[i]) == EF_EVENT_TYPE_RX_REF);
          const void *packet = efct_vi_rxpkt_get(&receiver.vi, events[i].rx_ref.pkt_id);
          TRY(ef_vi_receive_get_precise_timestamp(&receiver.vi, packet, &time));
          efct_vi_rxpkt_release(&receiver.vi, events[i].rx_ref.pkt_id);
        }
        CHECK(time.tv_flags == (EF_VI_SYNC_FLAG_CLOCK_SET | EF_VI_SYNC_FLAG_CLOCK_IN_SYNC));
        CHECK(time.tv_nsec < 1000000000);
        received = when(time.tv_sec, time.tv_nsec);
      }
    }
    CHECK(received > sent - 0.001 && received < sent + 1);
    clock_gettime(CLOCK_REALTIME, &now);
    const double late = when(now.tv_sec, (uint32_t)now.tv_nsec) - received;
    CHECK(late > -1 && late < 2);
  }
  // Without timestamps there are none.
  ef_precisetime time;
  CHECK(ef_vi_receive_get_precise_timestamp(&sender.vi, end_buffer(&sender, 0), &time) == -ENODATA);
  printf("100 times\n");
  end_stop(&sender);
  end_stop(&receiver);
  return 0;
}
