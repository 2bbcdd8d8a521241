#ifndef CIUL_SUPPORT_H
#define CIUL_SUPPORT_H

// What the library needs and Swift cannot say: memory at a place that the linker knows, the calling thread, and barriers.

#include <stdint.h>

enum { ciul_slot_count = 8192, ciul_slot_bytes = 128 };

// Zeros at first; pages that no interface has used take no memory.
extern char ciul_slots[];

static inline void *ciul_slot_base(void) { return ciul_slots; }

// Tells the threads of a process apart. Never 0.
static inline uintptr_t ciul_thread(void) { return (uintptr_t)__builtin_thread_pointer(); }

// Keeps the compiler, not the processor, from moving memory accesses over this place.
static inline void ciul_compiler_barrier(void) { __asm__ volatile("" ::: "memory"); }

// A full barrier in every running thread of the process (membarrier(2)). Not 0: the kernel has none.
int ciul_prepare_process_barrier(void);
int ciul_process_barrier(void);

#endif
