#pragma once

#include <stdint.h>

// Counts what the whole process allocates, and the calls by which compiled Swift counts references. To be linked
// into the program itself.

struct datapath_counts {
  uint64_t allocations;
  uint64_t retains;
  uint64_t releases;
};

struct datapath_counts datapath_counts_now(void);
