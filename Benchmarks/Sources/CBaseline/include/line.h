#ifndef BASELINE_LINE_H
#define BASELINE_LINE_H

#include <stdbool.h>
#include <stdint.h>

// Passes one cache line to a thread on `core` and back, `trips` times in each of `batches`; stores the one-way time of
// each batch in nanoseconds. The calling thread is to be pinned already. False where no thread could be had there.
bool baseline_line_measure(int core, bool separate, uint32_t trips, uint32_t batches, double *transfers);

#endif
