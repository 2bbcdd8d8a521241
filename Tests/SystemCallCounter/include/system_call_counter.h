#pragma once

#include <stdint.h>

// Counts the system calls of the calling thread as the kernel sees them: from begin to end it stops each on its way in
// (syscall user dispatch, Linux 5.11, x86-64) and a signal handler counts it and makes it. One thread at a time.

/// 0, or a negative errno where this kernel cannot.
int system_call_count_begin(void);
/// The calls since begin.
uint64_t system_call_count_end(void);
/// The number of the `index`th of them, -1 where there were not so many or it was not kept.
int system_call_number(unsigned index);
