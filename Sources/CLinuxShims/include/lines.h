#pragma once

// What Swift has no words for: hints to the processor about the lines of its cache.

// Fetches the line of an address for reading. Never faults.
static inline void efvi_prefetch(const void *address) { __builtin_prefetch(address, 0, 3); }
