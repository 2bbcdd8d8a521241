#pragma once

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

// Descriptors that wake a sleeper. All return -errno on failure.

static inline int efvi_wake_create(void) {
  int fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  return fd >= 0 ? fd : -errno;
}

static inline void efvi_wake_signal(int fd) {
  uint64_t one = 1;
  ssize_t written = write(fd, &one, sizeof one);
  (void)written;
}

static inline void efvi_wake_clear(int fd) {
  uint64_t count;
  ssize_t got = read(fd, &count, sizeof count);
  (void)got;
}

// A descriptor that is readable while one of those added to it is.
static inline int efvi_wait_create(void) {
  int fd = epoll_create1(EPOLL_CLOEXEC);
  return fd >= 0 ? fd : -errno;
}

static inline int efvi_wait_add(int wait, int fd) {
  struct epoll_event interest;
  memset(&interest, 0, sizeof interest);
  interest.events = EPOLLIN;
  interest.data.fd = fd;
  return epoll_ctl(wait, EPOLL_CTL_ADD, fd, &interest) == 0 ? 0 : -errno;
}

static inline void efvi_wait_remove(int wait, int fd) { (void)epoll_ctl(wait, EPOLL_CTL_DEL, fd, NULL); }
