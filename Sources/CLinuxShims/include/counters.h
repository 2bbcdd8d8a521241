#pragma once

// Memory that other processes may look at and never change: a file of no directory, sealed. All return -errno on failure.

#include <errno.h>
#include <fcntl.h>
#include <linux/memfd.h>
#include <sys/syscall.h>
#include <unistd.h>

// From <linux/fcntl.h>, which does not go together with <fcntl.h>.
#define EFVI_ADD_SEALS 1033
#define EFVI_GET_SEALS 1034
#define EFVI_SEAL_SEAL 0x1
#define EFVI_SEAL_SHRINK 0x2
#define EFVI_SEAL_GROW 0x4
#define EFVI_SEAL_FUTURE_WRITE 0x10

static inline int efvi_page_create(const char *name, long size) {
  int fd = (int)syscall(SYS_memfd_create, name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
  if (fd < 0) return -errno;
  if (ftruncate(fd, size) == 0) return fd;
  int error = errno;
  close(fd);
  return -error;
}

// The size can no longer change, and where the kernel knows how, no further mapping can be written to.
static inline int efvi_page_seal(int fd) {
  if (fcntl(fd, EFVI_ADD_SEALS, EFVI_SEAL_SHRINK | EFVI_SEAL_GROW) != 0) return -errno;
  (void)fcntl(fd, EFVI_ADD_SEALS, EFVI_SEAL_FUTURE_WRITE);
  (void)fcntl(fd, EFVI_ADD_SEALS, EFVI_SEAL_SEAL);
  return 0;
}

// Whether the size of a file can no longer change.
static inline int efvi_page_is_sealed(int fd) {
  int seals = fcntl(fd, EFVI_GET_SEALS);
  return seals >= 0 && (seals & EFVI_SEAL_SHRINK) != 0;
}
