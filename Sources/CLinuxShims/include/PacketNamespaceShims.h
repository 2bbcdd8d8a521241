#pragma once

// Network namespaces of the calling thread; the library's own declarations need _GNU_SOURCE in every includer.

#include <errno.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <linux/sched.h>

/// Moves the calling thread into a new network namespace. 0 or a negative errno.
static inline int packet_namespace_new(void) {
  return syscall(SYS_unshare, CLONE_NEWNET) < 0 ? -errno : 0;
}

/// Moves the calling thread into the network namespace behind a descriptor. 0 or a negative errno.
static inline int packet_namespace_enter(int fd) {
  return syscall(SYS_setns, fd, CLONE_NEWNET) < 0 ? -errno : 0;
}
