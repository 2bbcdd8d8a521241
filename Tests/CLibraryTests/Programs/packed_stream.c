// Packed stream on a cable: packets one behind another in buffers of 1 MiB, with their times. Buffers are pushed in
// eights.

#include "end.h"

enum { packets = 30000, buffer_bytes = 1 << 20, buffers = 16 };

int main(void) {
  static struct end sender, receiver;
  ef_packed_stream_params parameters;
  ef_packed_stream_packet *packet = NULL;
  uint8_t mac[6];
  end_start(&sender, "0", EF_VI_FLAGS_DEFAULT);
  CHECK(ef_vi_packed_stream_get_params(&sender.vi, &parameters) == -EINVAL);
  end_open(&receiver, "1", EF_PD_RX_PACKED_STREAM);
  TRY(ef_vi_alloc_from_pd(
    &receiver.vi, receiver.handle, &receiver.pd, receiver.handle, -1, 512, 0, NULL, -1,
    (enum ef_vi_flags)(EF_VI_RX_PACKED_STREAM | EF_VI_RX_TIMESTAMPS)));
  TRY(ef_vi_packed_stream_get_params(&receiver.vi, &parameters));
  CHECK(parameters.psp_buffer_size == buffer_bytes && parameters.psp_buffer_align == buffer_bytes);
  end_memory(&receiver, (size_t)buffers * buffer_bytes, buffer_bytes);
  for (int i = 0; i < buffers; i++)
    TRY(ef_vi_receive_post(&receiver.vi, ef_memreg_dma_addr(&receiver.memory, (size_t)i * buffer_bytes), 0));
  CHECK(ef_vi_receive_post(&receiver.vi, ef_memreg_dma_addr(&receiver.memory, 4096), 0) == -EINVAL);
  end_filter(&receiver, "192.168.1.2", 5000);
  TRY(ef_vi_get_mac(&receiver.vi, receiver.handle, mac));

  int received = 0, begun = 0;
  uint64_t last = 0;
  for (int number = 0; received < packets; number++) {
    ef_event events[16];
    ef_request_id ids[EF_VI_TRANSMIT_BATCH];
    if (number < packets) {
      const int length = udp_frame(end_buffer(&sender, 0), mac, "192.168.1.1", "192.168.1.2", 5000, number, 1000);
      TRY(ef_vi_transmit(&sender.vi, end_address(&sender, 0), length, 0));
      for (int sent = 0; !sent;)
        if (ef_eventq_poll(&sender.vi, events, 16) > 0) sent = ef_vi_transmit_unbundle(&sender.vi, &events[0], ids);
    }
    CHECK(number < packets + 1000);
    const int found = TRY(ef_eventq_poll(&receiver.vi, events, 16));
    for (int i = 0; i < found; i++) {
      int count, bytes;
      CHECK(EF_EVENT_TYPE(events[i]) == EF_EVENT_TYPE_RX_PACKED_STREAM);
      if (EF_EVENT_RX_PS_NEXT_BUFFER(events[i])) {
        char *buffer = receiver.buffers + (size_t)(begun % buffers) * buffer_bytes;
        // The one before is empty, and goes back.
        if (begun > 0)
          TRY(ef_vi_receive_post(
            &receiver.vi, ef_memreg_dma_addr(&receiver.memory, (size_t)((begun - 1) % buffers) * buffer_bytes), 0));
        packet = ef_packed_stream_packet_first(buffer, parameters.psp_start_offset);
        begun += 1;
      }
      CHECK(packet != NULL);
      ef_packed_stream_packet *each = packet;
      TRY(ef_vi_packed_stream_unbundle(&receiver.vi, &events[i], &packet, &count, &bytes));
      CHECK(bytes == count * 1042);
      for (int k = 0; k < count; k++) {
        CHECK(each->ps_cap_len == 1042 && each->ps_orig_len == 1042);
        CHECK(each->ps_flags == (EF_VI_PS_FLAG_CLOCK_SET | EF_VI_PS_FLAG_CLOCK_IN_SYNC));
        CHECK(frame_number(ef_packed_stream_packet_payload(each)) == received);
        const uint64_t time = each->ps_ts_sec * (uint64_t)1000000000 + each->ps_ts_nsec;
        CHECK(time >= last);
        last = time;
        received += 1;
        each = ef_packed_stream_packet_next(each);
      }
      CHECK(each == packet);
    }
  }
  CHECK(received == packets && begun > 2);
  // A place that is no memory of the adapter's is refused.
  static char foreign[64] __attribute__((aligned(64)));
  ef_packed_stream_packet *elsewhere = (ef_packed_stream_packet *)foreign;
  ef_event event;
  int count, bytes;
  memset(&event, 0, sizeof event);
  event.rx_packed_stream.type = EF_EVENT_TYPE_RX_PACKED_STREAM;
  event.rx_packed_stream.n_pkts = 1;
  CHECK(ef_vi_packed_stream_unbundle(&receiver.vi, &event, &elsewhere, &count, &bytes) == -EINVAL);
  printf("%d packets in %d buffers\n", received, begun);
  end_stop(&sender);
  end_stop(&receiver);
  return 0;
}
