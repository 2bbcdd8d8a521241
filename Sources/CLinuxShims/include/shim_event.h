#pragma once

// Descriptors that a sleeper polls: a timer on the monotonic clock, and a flag. All return a descriptor or 0, or
// minus the errno.

#include <errno.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

static inline int shim_timer_create(void) {
  int fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
  return fd < 0 ? -errno : fd;
}

// Readable once after `nanoseconds` from now; 0 disarms, and the descriptor is not readable any more.
static inline int shim_timer_arm(int fd, uint64_t nanoseconds) {
  struct itimerspec when = {
    .it_value = { .tv_sec = (time_t)(nanoseconds / 1000000000u), .tv_nsec = (long)(nanoseconds % 1000000000u) },
  };
  return timerfd_settime(fd, 0, &when, 0) < 0 ? -errno : 0;
}

// Readable from the start when `raised` is not 0.
static inline int shim_flag_create(int raised) {
  int fd = eventfd(raised ? 1 : 0, EFD_NONBLOCK | EFD_CLOEXEC);
  return fd < 0 ? -errno : fd;
}

// Not readable any more.
static inline void shim_flag_clear(int fd) {
  uint64_t value;
  ssize_t ignored = read(fd, &value, sizeof value);
  (void)ignored;
}
