#define _GNU_SOURCE
#include "CBaseline.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>

// A multiple of two lines: processors fetch them in pairs.
struct word {
  _Alignas(128) _Atomic uint64_t value;
};

struct shared {
  // The second is used where each direction has its own.
  struct word words[2];
  _Alignas(128) uint64_t last;
  struct word *back;
};

static void *answer(void *argument) {
  struct shared *shared = argument;
  for (uint64_t turn = 1; turn < shared->last; turn += 2) {
    while (atomic_load_explicit(&shared->words->value, memory_order_acquire) != turn) {}
    atomic_store_explicit(&shared->back->value, turn + 1, memory_order_release);
  }
  return NULL;
}

bool baseline_line_measure(int core, bool separate, uint32_t trips, uint32_t batches, double *transfers) {
  struct shared *shared = aligned_alloc(128, sizeof *shared);
  if (!shared) return false;
  for (int index = 0; index < 2; index++) atomic_init(&shared->words[index].value, 0);
  shared->back = &shared->words[separate];
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
      atomic_store_explicit(&shared->words->value, turn + 1, memory_order_release);
      while (atomic_load_explicit(&shared->back->value, memory_order_acquire) != turn + 2) {}
    }
    transfers[batch] = (double)(baseline_now() - start) / (2.0 * trips);
  }
  if (runs) pthread_join(thread, NULL);
  free(shared);
  return runs;
}
