// send INTERFACE ADDRESS PORT COUNT: sends numbered datagrams to the multicast group ADDRESS.

#include "end.h"

#include <unistd.h>

int main(int count, char **arguments) {
  static struct end end;
  CHECK(count == 5);
  const int port = atoi(arguments[3]), wanted = atoi(arguments[4]);
  const uint32_t address = ntohl(inet_addr(arguments[2]));
  const uint8_t group[6] = {1, 0, 0x5e, (uint8_t)(address >> 16 & 0x7f), (uint8_t)(address >> 8), (uint8_t)address};
  end_start(&end, arguments[1], EF_VI_FLAGS_DEFAULT);
  int sent = 0, completed = 0;
  while (completed < wanted) {
    if (sent < wanted && sent - completed < 256) {
      char *frame = end_buffer(&end, sent % 256);
      int length = udp_frame(frame, group, "10.9.0.1", arguments[2], port, sent, 64);
      if (ef_vi_transmit(&end.vi, end_address(&end, sent % 256), length, sent) == 0) sent += 1;
    }
    ef_event events[16];
    const int found = TRY(ef_eventq_poll(&end.vi, events, 16));
    for (int i = 0; i < found; i++) {
      ef_request_id ids[EF_VI_TRANSMIT_BATCH];
      CHECK(EF_EVENT_TYPE(events[i]) == EF_EVENT_TYPE_TX);
      completed += ef_vi_transmit_unbundle(&end.vi, &events[i], ids);
    }
    // The receiver has 512 buffers.
    if (sent % 128 == 0) usleep(2000);
  }
  printf("sent %d\n", completed);
  end_stop(&end);
  return 0;
}
