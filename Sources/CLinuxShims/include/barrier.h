#pragma once

#include <linux/membarrier.h>
#include <sys/syscall.h>
#include <unistd.h>

// A full memory barrier on every thread of the process that runs now: the sleeper pays, not each sender.
// Returns 0, or -1 where the kernel refuses.
static inline int efvi_process_wide_barrier(void) {
  static int registered;
  if (!registered) {
    if (syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0, 0) != 0) return -1;
    registered = 1;
  }
  return (int)syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0);
}
