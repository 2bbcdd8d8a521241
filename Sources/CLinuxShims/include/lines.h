#pragma once

// What Swift has no words for: hints to the processor about the lines of its cache.

// Fetches the line of an address for reading. Never faults.
static inline void efvi_prefetch(const void *address) { __builtin_prefetch(address, 0, 3); }

// Waits a moment, as is done between two looks at a line that another processor writes.
static inline void efvi_pause(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}
