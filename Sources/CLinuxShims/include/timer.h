#pragma once

// A timer on the monotonic clock that a sleeper polls. All return a descriptor or 0, or minus the errno.

#include <errno.h>
#include <stdint.h>
#include <sys/timerfd.h>
#include <unistd.h>

static inline int efvi_timer_create(void) {
  int fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
  return fd < 0 ? -errno : fd;
}

// Readable once after `nanoseconds` from now; 0 disarms, and the descriptor is not readable any more.
static inline int efvi_timer_arm(int fd, uint64_t nanoseconds) {
  struct itimerspec when = {
    .it_value = { .tv_sec = (time_t)(nanoseconds / 1000000000u), .tv_nsec = (long)(nanoseconds % 1000000000u) },
  };
  return timerfd_settime(fd, 0, &when, 0) < 0 ? -errno : 0;
}
