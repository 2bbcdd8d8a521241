// Receiving by reference on a cable: X3, and X4's express datapath.

#include "receive.h"

int main(void) {
  static struct end sender, receiver;
  uint32_t held[64];
  ef_event events[16];
  ef_request_id ids[EF_VI_TRANSMIT_BATCH];
  ef_filter_info info;
  uint8_t mac[6];
  int received = 0, completed = 0;
  end_start(&sender, "0", EF_VI_FLAGS_DEFAULT);
  end_start(&receiver, "1", EF_VI_RX_FILTER_ID);
  CHECK(!is_ef10(&receiver));
  // Nothing is posted, and nothing can be.
  CHECK(ef_vi_receive_fill_level(&receiver.vi) == 0 && ef_vi_receive_capacity(&receiver.vi) > 0);
  CHECK(ef_vi_receive_space(&receiver.vi) == ef_vi_receive_capacity(&receiver.vi));
  CHECK(ef_vi_receive_init(&receiver.vi, end_address(&receiver, 0), 0) == -ENOSYS);
  CHECK(ef_vi_receive_post(&receiver.vi, end_address(&receiver, 0), 0) == -ENOSYS);
  CHECK(ef_vi_prime(&receiver.vi, receiver.handle, ef_eventq_current(&receiver.vi)) == -ENOENT);
  CHECK(
    ef_vi_set_shrub_client_buffer_count(&receiver.vi, 0)
    == (receiver.vi.nic_type.arch == EF_VI_ARCH_EFCT ? -EOPNOTSUPP : -EINVAL));
  ef_filter_cookie cookie = end_filter(&receiver, "192.168.1.2", 5000);
  TRY(ef_vi_filter_query(&receiver.vi, receiver.handle, &cookie, &info, sizeof info));
  CHECK(info.valid_fields & EF_FILTER_FIELD_ID);
  CHECK(efct_vi_rx_future_peek(&receiver.vi) == NULL);
  TRY(ef_vi_get_mac(&receiver.vi, receiver.handle, mac));

  for (int number = 0; number < 2000; number++) {
    const int length = udp_frame(end_buffer(&sender, 0), mac, "192.168.1.1", "192.168.1.2", 5000, number, 200);
    const ef_iovec pieces[2] = {
      {end_address(&sender, 0), 42}, {end_address(&sender, 0) + 42, (unsigned)length - 42}};
    if (number % 2)
      TRY(ef_vi_transmitv(&sender.vi, pieces, 2, number));
    else
      TRY(ef_vi_transmit(&sender.vi, end_address(&sender, 0), length, number));
    while (completed <= number) {
      const int found = TRY(ef_eventq_poll(&sender.vi, events, 16));
      for (int i = 0; i < found; i++) {
        CHECK(EF_EVENT_TYPE(events[i]) == EF_EVENT_TYPE_TX);
        const int done = ef_vi_transmit_unbundle(&sender.vi, &events[i], ids);
        for (int k = 0; k < done; k++) CHECK(ids[k] == completed + k);
        completed += done;
      }
    }
    while (received <= number) {
      int found = 0;
      const void *future = number % 3 == 1 ? efct_vi_rx_future_peek(&receiver.vi) : NULL;
      if (future) {
        CHECK(frame_number(future) == number);
        while (!found) found = TRY(efct_vi_rx_future_poll(&receiver.vi, events, 16));
      } else {
        found = number % 2 ? TRY(ef_receive_poll(&receiver.vi, events, 16)) : TRY(ef_eventq_poll(&receiver.vi, events, 16));
      }
      for (int i = 0; i < found; i++) {
        CHECK(EF_EVENT_TYPE(events[i]) == EF_EVENT_TYPE_RX_REF);
        const uint32_t packet = events[i].rx_ref.pkt_id;
        const char *frame = (const char *)efct_vi_rxpkt_get(&receiver.vi, packet);
        CHECK(events[i].rx_ref.len == length && frame_number(frame) == received);
        CHECK(ef_vi_receive_get_filter_id(&receiver.vi, &events[i], frame) == (int)info.filter_id);
        // Packets come back in any order, later than others.
        if (received >= 64) efct_vi_rxpkt_release(&receiver.vi, held[received % 64]);
        held[received % 64] = packet;
        received += 1;
      }
    }
  }
  for (int i = 63; i >= 0; i--) efct_vi_rxpkt_release(&receiver.vi, held[i]);
  efct_vi_rxpkt_release(&receiver.vi, held[0]);
  CHECK(efct_vi_rxpkt_get(&receiver.vi, held[0]) == NULL);
  TRY(ef_vi_prime(&receiver.vi, receiver.handle, ef_eventq_current(&receiver.vi)));
  TRY(ef_vi_filter_del(&receiver.vi, receiver.handle, &cookie));
  printf("%d packets\n", received);
  end_stop(&sender);
  end_stop(&receiver);
  return 0;
}
