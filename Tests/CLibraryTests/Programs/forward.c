// forward FROM TO ADDRESS PORT COUNT: passes datagrams from one interface to another, out of the buffers that they came
// in. Both share memory and an event queue where the adapter allows it.

#include "end.h"

int main(int count, char **arguments) {
  static struct end from, to;
  CHECK(count == 6);
  const int wanted = atoi(arguments[5]);
  end_start(&from, arguments[1], EF_VI_FLAGS_DEFAULT);
  end_open(&to, arguments[2], EF_PD_DEFAULT);
  TRY(ef_vi_alloc_from_pd(&to.vi, to.handle, &to.pd, to.handle, -1, 0, -1, NULL, -1, EF_VI_FLAGS_DEFAULT));
  // The same memory, reachable from the other adapter.
  ef_memreg memory;
  TRY(ef_memreg_alloc(
    &memory, to.handle, &to.pd, to.handle, from.buffers, (size_t)end_buffers * end_buffer_bytes));
  end_post(&from, 0, 256);
  end_filter(&from, arguments[3], atoi(arguments[4]));
  printf("ready\n");
  fflush(stdout);
  int received = 0, completed = 0;
  while (completed < wanted) {
    ef_event events[16];
    int found = TRY(ef_eventq_poll(&from.vi, events, 16));
    for (int i = 0; i < found; i++) {
      CHECK(EF_EVENT_TYPE(events[i]) == EF_EVENT_TYPE_RX);
      const int id = (int)EF_EVENT_RX_RQ_ID(events[i]);
      const ef_addr address = ef_memreg_dma_addr(&memory, (size_t)id * end_buffer_bytes);
      TRY(ef_vi_transmit_init(&to.vi, address, (int)EF_EVENT_RX_BYTES(events[i]), id));
      received += 1;
    }
    if (found) ef_vi_transmit_push(&to.vi);
    found = TRY(ef_eventq_poll(&to.vi, events, 16));
    for (int i = 0; i < found; i++) {
      ef_request_id ids[EF_VI_TRANSMIT_BATCH];
      const int done = ef_vi_transmit_unbundle(&to.vi, &events[i], ids);
      for (int k = 0; k < done; k++) end_post(&from, ids[k], 1);
      completed += done;
    }
  }
  CHECK(received == wanted);
  printf("forwarded %d\n", completed);
  TRY(ef_memreg_free(&memory, to.handle));
  TRY(ef_vi_free(&to.vi, to.handle));
  TRY(ef_pd_free(&to.pd, to.handle));
  CHECK(ef_driver_close(to.handle) == 0);
  end_stop(&from);
  return 0;
}
