#define _GNU_SOURCE
#include "DatapathCounter.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>

static _Atomic uint64_t allocations, retains, releases;

static void count(_Atomic uint64_t *counter) { atomic_fetch_add_explicit(counter, 1, memory_order_relaxed); }

struct datapath_counts datapath_counts_now(void) { return (struct datapath_counts){allocations, retains, releases}; }

// The allocator: the program's own definitions come before the C library's, for its libraries too.

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t number, size_t size);
void *__libc_realloc(void *memory, size_t size);
void *__libc_memalign(size_t alignment, size_t size);

void *malloc(size_t size) {
  count(&allocations);
  return __libc_malloc(size);
}

void *calloc(size_t number, size_t size) {
  count(&allocations);
  return __libc_calloc(number, size);
}

void *realloc(void *memory, size_t size) {
  count(&allocations);
  return __libc_realloc(memory, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
  count(&allocations);
  return __libc_memalign(alignment, size);
}

int posix_memalign(void **memory, size_t alignment, size_t size) {
  count(&allocations);
  void *made = __libc_memalign(alignment, size);
  if (!made) return ENOMEM;
  *memory = made;
  return 0;
}

// Swift's runtime: the calls that compiled code makes. The program's definitions come first here too; the runtime's
// own variables for this (`_swift_retain` and others) crash on small strings in 6.3.

#define FORWARD(result, name, counter, parameters, arguments) \
  static result(*name##_before) parameters; \
  result name parameters { \
    count(&counter); \
    if (!name##_before) name##_before = (result(*) parameters)dlsym(RTLD_NEXT, #name); \
    return name##_before arguments; \
  }

FORWARD(void *, swift_retain, retains, (void *object), (object))
FORWARD(void *, swift_retain_n, retains, (void *object, uint32_t number), (object, number))
FORWARD(void *, swift_bridgeObjectRetain, retains, (void *object), (object))
FORWARD(void *, swift_bridgeObjectRetain_n, retains, (void *object, int number), (object, number))
FORWARD(void, swift_release, releases, (void *object), (object))
FORWARD(void, swift_release_n, releases, (void *object, uint32_t number), (object, number))
FORWARD(void, swift_bridgeObjectRelease, releases, (void *object), (object))
FORWARD(void, swift_bridgeObjectRelease_n, releases, (void *object, int number), (object, number))
