// Two ports of a cable in one process: sends 1000 frames from one to the other, and looks at each.

#include "end.h"

int main(void) {
  static struct end sender, receiver;
  uint8_t mac[6];
  end_start(&sender, "0", EF_VI_FLAGS_DEFAULT);
  end_start(&receiver, "1", EF_VI_FLAGS_DEFAULT);
  CHECK(ef_vi_receive_capacity(&receiver.vi) == 511 && ef_vi_receive_space(&receiver.vi) == 511);
  CHECK(ef_vi_transmit_capacity(&sender.vi) == 511 && ef_vi_transmit_space(&sender.vi) == 511);
  end_post(&receiver, 0, 64);
  CHECK(ef_vi_receive_fill_level(&receiver.vi) == 64);
  ef_filter_cookie cookie = end_filter(&receiver, "192.168.1.2", 5000);
  TRY(ef_vi_get_mac(&receiver.vi, receiver.handle, mac));
  const unsigned first_event = ef_eventq_current(&receiver.vi);

  int sent = 0, completed = 0, received = 0;
  while (received < 1000 || completed < 1000) {
    if (sent < 1000 && sent - received < 32) {
      int length = udp_frame(end_buffer(&sender, sent % 64), mac, "192.168.1.1", "192.168.1.2", 5000, sent, 100);
      TRY(ef_vi_transmit(&sender.vi, end_address(&sender, sent % 64), length, sent % 64));
      sent += 1;
      CHECK(ef_vi_transmit_fill_level(&sender.vi) == sent - completed);
      CHECK(ef_vi_transmit_space(&sender.vi) == 511 - (sent - completed));
    }
    ef_event events[8];
    int count = TRY(ef_eventq_poll(&sender.vi, events, 8));
    for (int i = 0; i < count; i++) {
      ef_request_id ids[EF_VI_TRANSMIT_BATCH];
      CHECK(EF_EVENT_TYPE(events[i]) == EF_EVENT_TYPE_TX);
      int done = ef_vi_transmit_unbundle(&sender.vi, &events[i], ids);
      for (int k = 0; k < done; k++) CHECK(ids[k] == (completed + k) % 64);
      completed += done;
    }
    count = TRY(ef_eventq_poll(&receiver.vi, events, 8));
    for (int i = 0; i < count; i++) {
      CHECK(EF_EVENT_TYPE(events[i]) == EF_EVENT_TYPE_RX);
      CHECK(EF_EVENT_RX_SOP(events[i]) && !EF_EVENT_RX_CONT(events[i]));
      CHECK(EF_EVENT_RX_BYTES(events[i]) == 142);
      int id = (int)EF_EVENT_RX_RQ_ID(events[i]);
      CHECK(frame_number(end_buffer(&receiver, id)) == received);
      received += 1;
      CHECK(ef_vi_receive_fill_level(&receiver.vi) == 64 - count + i);
      CHECK(ef_vi_receive_space(&receiver.vi) == 511 - 64 + count - i);
      end_post(&receiver, id, 1);
    }
  }
  CHECK(ef_vi_transmit_fill_level(&sender.vi) == 0);
  CHECK(ef_vi_receive_fill_level(&receiver.vi) == 64);
  CHECK(ef_eventq_current(&receiver.vi) != first_event);
  TRY(ef_vi_filter_del(&receiver.vi, receiver.handle, &cookie));
  end_stop(&sender);
  end_stop(&receiver);
  CHECK(ef_vi_transmit_space(&sender.vi) == 0);
  printf("%d frames\n", received);
  return 0;
}
