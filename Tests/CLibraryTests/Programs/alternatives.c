// Transmit alternatives and PIO on a cable. EF10.

#include "receive.h"

static int arrived[8], arrivals;

static void take(void *context, const char *frame, int length) {
  (void)context, (void)length;
  CHECK(arrivals < 8);
  arrived[arrivals++] = frame_number(frame);
}

// Polls both ends for a while; counts packets that have left alternatives.
static int settle(struct end *sender, struct end *receiver, int *left) {
  int completed = 0;
  for (int round = 0; round < 2000; round++) {
    ef_event events[16];
    const int found = TRY(ef_eventq_poll(&sender->vi, events, 16));
    for (int i = 0; i < found; i++) {
      ef_request_id ids[EF_VI_TRANSMIT_BATCH];
      if (EF_EVENT_TYPE(events[i]) == EF_EVENT_TYPE_TX) completed += ef_vi_transmit_unbundle(&sender->vi, &events[i], ids);
      if (EF_EVENT_TYPE(events[i]) == EF_EVENT_TYPE_TX_ALT) left[EF_EVENT_TX_ALT_ALT_ID(events[i])] += 1;
    }
    receive(receiver, take, NULL);
  }
  return completed;
}

int main(void) {
  static struct end sender, receiver;
  static int left[2];
  struct ef_vi_transmit_alt_overhead overhead;
  uint8_t mac[6];
  end_start(&sender, "0", EF_VI_TX_ALT);
  end_start(&receiver, "1", EF_VI_FLAGS_DEFAULT);
  receive_start(&receiver);
  end_filter(&receiver, "192.168.1.2", 5000);
  TRY(ef_vi_get_mac(&receiver.vi, receiver.handle, mac));
  CHECK(ef_vi_transmit_alt_num_ids(&sender.vi) == 0);
  CHECK(ef_vi_transmit_alt_free(&sender.vi, sender.handle) == -EINVAL);
  CHECK(ef_vi_transmit_alt_alloc(&sender.vi, sender.handle, 0, 4096) == -EINVAL);
  TRY(ef_vi_transmit_alt_alloc(&sender.vi, sender.handle, 2, 4096));
  CHECK(ef_vi_transmit_alt_alloc(&sender.vi, sender.handle, 2, 4096) == -EALREADY);
  CHECK(ef_vi_transmit_alt_num_ids(&sender.vi) == 2);
  TRY(ef_vi_transmit_alt_query_overhead(&sender.vi, &overhead));
  CHECK(ef_vi_transmit_alt_usage(&overhead, 100) >= 100);
  CHECK(TRY(ef_vi_transmit_alt_query_buffering(&sender.vi, 1, sender.handle, 2)) > 0);
  CHECK(ef_vi_transmit_alt_select(&sender.vi, 2) == -EINVAL);

  for (int number = 0; number < 4; number++) {
    const int length = udp_frame(end_buffer(&sender, number), mac, "192.168.1.1", "192.168.1.2", 5000, number, 64);
    TRY(ef_vi_transmit_alt_select(&sender.vi, (unsigned)number % 2));
    TRY(ef_vi_transmit(&sender.vi, end_address(&sender, number), length, number));
  }
  TRY(ef_vi_transmit_alt_select_normal(&sender.vi));
  ef_vi_transmit_push(&sender.vi);
  settle(&sender, &receiver, left);
  CHECK(arrivals == 0 && left[0] == 0 && left[1] == 0);
  TRY(ef_vi_transmit_alt_go(&sender.vi, 1));
  TRY(ef_vi_transmit_alt_discard(&sender.vi, 0));
  settle(&sender, &receiver, left);
  CHECK(arrivals == 2 && arrived[0] == 1 && arrived[1] == 3 && left[0] == 2 && left[1] == 2);
  TRY(ef_vi_transmit_alt_stop(&sender.vi, 0));
  TRY(ef_vi_transmit_alt_stop(&sender.vi, 1));
  TRY(ef_vi_transmit_alt_free(&sender.vi, sender.handle));

  ef_pio pio;
  static char frame[256];
  memset(&pio, 0, sizeof pio);
  CHECK(ef_vi_get_pio_size(&sender.vi) == -EINVAL);
  TRY(ef_pio_alloc(&pio, sender.handle, &sender.pd, ~0u, sender.handle));
  TRY(ef_pio_link_vi(&pio, sender.handle, &sender.vi, sender.handle));
  CHECK(ef_vi_get_pio_size(&sender.vi) == (int)pio.pio_len && pio.pio_len >= 2048);
  int length = udp_frame(frame, mac, "192.168.1.1", "192.168.1.2", 5000, 10, 64);
  TRY(ef_pio_memcpy(&sender.vi, frame, 64, length));
  CHECK(memcmp(pio.pio_buffer + 64, frame, (size_t)length) == 0);
  CHECK(ef_pio_memcpy(&sender.vi, frame, (int)pio.pio_len, 1) == -EINVAL);
  TRY(ef_vi_transmit_pio(&sender.vi, 64, length, 1));
  udp_frame(frame, mac, "192.168.1.1", "192.168.1.2", 5000, 11, 64);
  ef_vi_transmit_pio_warm(&sender.vi);
  ef_vi_transmit_copy_pio_warm(&sender.vi, 512, frame, length);
  TRY(ef_vi_transmit_copy_pio(&sender.vi, 512, frame, length, 2));
  CHECK(ef_vi_transmit_pio(&sender.vi, 1, length, 3) == -EINVAL);
  CHECK(settle(&sender, &receiver, left) == 2);
  CHECK(arrivals == 4 && arrived[2] == 10 && arrived[3] == 11);
  TRY(ef_pio_unlink_vi(&pio, sender.handle, &sender.vi, sender.handle));
  CHECK(ef_pio_unlink_vi(&pio, sender.handle, &sender.vi, sender.handle) == -EINVAL);
  TRY(ef_pio_free(&pio, sender.handle));
  CHECK(ef_pio_free(&pio, sender.handle) == -EINVAL);
  printf("%d frames\n", arrivals);
  end_stop(&sender);
  end_stop(&receiver);
  return 0;
}
