// sink INTERFACE ADDRESS PORT COUNT: sleeps on the handle until numbered datagrams come, and expects each once, in order.

#include "receive.h"

#include <poll.h>

struct state {
  int next, wrong;
};

static void take(void *context, const char *frame, int length) {
  struct state *state = (struct state *)context;
  if (length != 106 || frame_number(frame) != state->next) state->wrong += 1;
  state->next += 1;
}

int main(int count, char **arguments) {
  static struct end end;
  struct state state = {0, 0};
  CHECK(count == 5);
  const int wanted = atoi(arguments[4]);
  end_start(&end, arguments[1], EF_VI_FLAGS_DEFAULT);
  receive_start(&end);
  end_filter(&end, arguments[2], atoi(arguments[3]));
  printf("ready\n");
  fflush(stdout);
  while (state.next < wanted) {
    if (receive(&end, take, &state) > 0) continue;
    TRY(ef_vi_prime(&end.vi, end.handle, ef_eventq_current(&end.vi)));
    struct pollfd descriptor = {end.handle, POLLIN, 0};
    CHECK(poll(&descriptor, 1, 10000) == 1);
  }
  printf("received %d, %d wrong\n", state.next, state.wrong);
  end_stop(&end);
  return state.wrong != 0;
}
