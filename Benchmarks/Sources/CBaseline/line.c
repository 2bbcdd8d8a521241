#define _GNU_SOURCE
#include "CBaseline.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>

// A multiple of two lines: processors fetch them in pairs.
struct shared {
  _Alignas(128) _Atomic uint64_t word;
  _Alignas(128) uint64_t last;
};

static void *answer(void *argument) {
  struct shared *shared = argument;
  for (uint64_t turn = 1; turn < shared->last; turn += 2) {
    while (atomic_load_explicit(&shared->word, memory_order_acquire) != turn) {}
    atomic_store_explicit(&shared->word, turn + 1, memory_order_release);
  }
  return NULL;
}

bool baseline_line_measure(int core, uint32_t trips, uint32_t batches, double *transfers) {
  struct shared *shared = aligned_alloc(128, sizeof *shared);
  if (!shared) return false;
  atomic_init(&shared->word, 0);
  shared->last = 2 * (uint64_t)trips * batches;
  pthread_attr_t attributes;
  cpu_set_t cores;
  CPU_ZERO(&cores);
  CPU_SET((size_t)core, &cores);
  pthread_attr_init(&attributes);
  pthread_attr_setaffinity_np(&attributes, sizeof cores, &cores);
  pthread_t thread;
  bool runs = pthread_create(&thread, &attributes, answer, shared) == 0;
  pthread_attr_destroy(&attributes);
  uint64_t turn = 0;
  for (uint32_t batch = 0; runs && batch < batches; batch++) {
    uint64_t start = baseline_now();
    for (uint32_t trip = 0; trip < trips; trip++, turn += 2) {
      atomic_store_explicit(&shared->word, turn + 1, memory_order_release);
      while (atomic_load_explicit(&shared->word, memory_order_acquire) != turn + 2) {}
    }
    transfers[batch] = (double)(baseline_now() - start) / (2.0 * trips);
  }
  if (runs) pthread_join(thread, NULL);
  free(shared);
  return runs;
}
