// Cut-through sends on a cable, with their fallbacks, and warm-ups that send nothing. X2, X3, X4.

#include "receive.h"

static int next;

static void take(void *context, const char *frame, int length) {
  (void)context;
  CHECK(length == 106 && frame_number(frame) == next);
  next += 1;
}

int main(void) {
  static struct end sender, receiver, plain;
  uint8_t mac[6];
  int completed = 0, cut = 0;
  end_start(&sender, "0", EF_VI_TX_CTPIO);
  end_start(&receiver, "1", EF_VI_FLAGS_DEFAULT);
  receive_start(&receiver);
  end_filter(&receiver, "192.168.1.2", 5000);
  TRY(ef_vi_get_mac(&receiver.vi, receiver.handle, mac));
  if (!is_ef10(&sender)) {
    CHECK(ef_vi_transmit_fill_level_bytes(&sender.vi) == 0);
    CHECK(ef_vi_transmit_space_bytes(&sender.vi) > 1500);
  }
  for (int number = 0; number < 300; number++) {
    static char source[128];
    char *fallback = end_buffer(&sender, number % 8);
    const ef_addr address = end_address(&sender, number % 8);
    const int length = udp_frame(source, mac, "192.168.1.1", "192.168.1.2", 5000, number, 64);
    const struct iovec pieces[2] = {{source, 42}, {source + 42, (size_t)length - 42}};
    ef_vi_tx_warm_state warm;
    memset(&warm, 0, sizeof warm);
    if (number % 50 == 0 && is_ef10(&sender)) {
      ef_vi_start_transmit_warm(&sender.vi, &warm, NULL);
      ef_vi_transmit_ctpio(&sender.vi, source, (size_t)length, 64);
      // The ring looks full meanwhile.
      CHECK(ef_vi_transmit_ctpio_fallback(&sender.vi, address, (size_t)length, 99999) == -EAGAIN);
      ef_vi_stop_transmit_warm(&sender.vi, &warm);
    }
    switch (number % 3) {
    case 0:
      memcpy(fallback, source, (size_t)length);
      ef_vi_transmit_ctpio(&sender.vi, fallback, (size_t)length, 64);
      break;
    case 1:
      memcpy(fallback, source, (size_t)length);
      ef_vi_transmitv_ctpio(&sender.vi, (size_t)length, pieces, 2, EF_VI_CTPIO_CT_THRESHOLD_SNF);
      break;
    case 2:
      ef_vi_transmitv_ctpio_copy(&sender.vi, (size_t)length, pieces, 2, 64, fallback);
      CHECK(memcmp(fallback, source, (size_t)length) == 0);
      break;
    }
    if (!is_ef10(&sender)) CHECK(ef_vi_transmit_fill_level_bytes(&sender.vi) > 0);
    if (number % 2) {
      const ef_iovec whole = {address, (unsigned)length};
      TRY(ef_vi_transmitv_ctpio_fallback(&sender.vi, &whole, 1, number));
    } else {
      TRY(ef_vi_transmit_ctpio_fallback(&sender.vi, address, (size_t)length, number));
    }
    while (completed <= number) {
      ef_event events[16];
      const int found = TRY(ef_eventq_poll(&sender.vi, events, 16));
      for (int i = 0; i < found; i++) {
        ef_request_id ids[EF_VI_TRANSMIT_BATCH];
        CHECK(EF_EVENT_TYPE(events[i]) == EF_EVENT_TYPE_TX);
        if (EF_EVENT_TX_CTPIO(events[i])) cut += 1;
        const int done = ef_vi_transmit_unbundle(&sender.vi, &events[i], ids);
        for (int k = 0; k < done; k++) CHECK(ids[k] == completed + k);
        completed += done;
      }
    }
    while (next <= number) receive(&receiver, take, NULL);
  }
  if (is_ef10(&sender)) {
    CHECK(cut == 300);
    end_start(&plain, "0", EF_VI_FLAGS_DEFAULT);
    CHECK(ef_vi_transmit_ctpio_fallback(&plain.vi, end_address(&plain, 0), 64, 0) == -EOPNOTSUPP);
    end_stop(&plain);
  }
  printf("%d frames cut through\n", completed);
  end_stop(&sender);
  end_stop(&receiver);
  return 0;
}
