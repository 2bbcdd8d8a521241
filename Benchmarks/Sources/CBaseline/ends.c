#include "loops.h"

void baseline_end_close(baseline_end *end) { end->operations->close(end); }

void baseline_end_echo(baseline_end *end, const volatile bool *stop) { end->operations->echo(end, stop); }

bool baseline_end_measure(
  baseline_end *end, uint8_t *frame, uint32_t length, uint32_t first, uint64_t *trips, uint32_t count) {
  return end->operations->measure(end, frame, length, first, trips, count);
}

uint64_t baseline_end_send(
  baseline_end *end, const uint8_t *frame, uint32_t length, uint32_t burst, uint64_t rate, const volatile bool *stop) {
  return end->operations->send(end, frame, length, burst, rate, stop);
}

uint64_t baseline_end_receive(baseline_end *end, const volatile bool *stop) {
  return end->operations->receive(end, stop);
}
