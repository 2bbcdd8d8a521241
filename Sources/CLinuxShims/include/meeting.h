#pragma once

// How two processes meet and share memory: sockets with a name in no directory, a descriptor that goes from one to the
// other, sealed memory, and a barrier that reaches both. All return 0 or more, or a negative errno.

#include <errno.h>
#include <fcntl.h>
#include <linux/falloc.h>
#include <linux/membarrier.h>
#include <linux/memfd.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include "counters.h"

static inline socklen_t efvi_meeting_address(const char *name, struct sockaddr_un *address) {
  size_t length = strlen(name);
  memset(address, 0, sizeof *address);
  address->sun_family = AF_UNIX;
  if (length > sizeof address->sun_path - 1) return 0;
  // A leading zero: the name is in no file system, and goes with the socket.
  memcpy(address->sun_path + 1, name, length);
  return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + length);
}

static inline int efvi_meeting_socket(void) {
  int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  return fd < 0 ? -errno : fd;
}

// Takes a name, and listens there.
static inline int efvi_meeting_listen(const char *name) {
  struct sockaddr_un address;
  socklen_t length = efvi_meeting_address(name, &address);
  if (length == 0) return -ENAMETOOLONG;
  int fd = efvi_meeting_socket();
  if (fd < 0) return fd;
  if (bind(fd, (struct sockaddr *)&address, length) == 0 && listen(fd, 8) == 0) return fd;
  int error = errno;
  close(fd);
  return -error;
}

static inline int efvi_meeting_connect(const char *name) {
  struct sockaddr_un address;
  socklen_t length = efvi_meeting_address(name, &address);
  if (length == 0) return -ENAMETOOLONG;
  int fd = efvi_meeting_socket();
  if (fd < 0) return fd;
  if (connect(fd, (struct sockaddr *)&address, length) == 0) return fd;
  int error = errno;
  close(fd);
  return -error;
}

static inline int efvi_meeting_accept(int listener) {
  int fd = (int)syscall(SYS_accept4, listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
  return fd < 0 ? -errno : fd;
}

// Who connected, or who listened.
static inline int efvi_meeting_peer(int fd, int *process, uint32_t *user) {
  struct { int32_t pid; uint32_t uid, gid; } credentials;
  socklen_t size = sizeof credentials;
  if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &credentials, &size) != 0) return -errno;
  *process = credentials.pid;
  *user = credentials.uid;
  return 0;
}

// Whether the other end is closed.
static inline int efvi_meeting_is_over(int fd) {
  // poll(2), whose header would become this module's. Error, hang-up and a bad descriptor are always reported.
  struct { int fd; short events, happened; } entry = { .fd = fd };
  long none[2] = {0, 0};
  return syscall(SYS_ppoll, &entry, 1, none, NULL, 0) > 0 && entry.happened != 0;
}

// Sends `word`, and `memory` along with it.
static inline int efvi_meeting_offer(int fd, int memory, uint64_t word) {
  struct iovec part = { &word, sizeof word };
  union { char bytes[CMSG_SPACE(sizeof(int))]; struct cmsghdr align; } control;
  memset(&control, 0, sizeof control);
  struct msghdr message;
  memset(&message, 0, sizeof message);
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control.bytes;
  message.msg_controllen = sizeof control.bytes;
  struct cmsghdr *header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(sizeof(int));
  memcpy(CMSG_DATA(header), &memory, sizeof memory);
  return sendmsg(fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL) < 0 ? -errno : 0;
}

// Takes what `efvi_meeting_offer` sent: the descriptor, which is the caller's, or -ENOMSG where something else came,
// -EAGAIN where nothing has come yet, -EPIPE where the other end is gone.
static inline int efvi_meeting_take(int fd, uint64_t *word) {
  struct iovec part = { word, sizeof *word };
  // Room for more than one descriptor: those that nobody asked for are closed.
  union { char bytes[CMSG_SPACE(8 * sizeof(int))]; struct cmsghdr align; } control;
  struct msghdr message;
  memset(&message, 0, sizeof message);
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control.bytes;
  message.msg_controllen = sizeof control.bytes;
  ssize_t got = recvmsg(fd, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
  if (got < 0) return -errno;
  int found = -1, count = 0;
  for (struct cmsghdr *header = CMSG_FIRSTHDR(&message); header != NULL; header = CMSG_NXTHDR(&message, header)) {
    if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) continue;
    size_t bytes = header->cmsg_len - CMSG_LEN(0);
    for (size_t at = 0; at + sizeof(int) <= bytes; at += sizeof(int)) {
      int next;
      memcpy(&next, CMSG_DATA(header) + at, sizeof next);
      if (count++ == 0) found = next; else close(next);
    }
  }
  if (got == sizeof *word && count == 1) return found;
  if (found >= 0) close(found);
  return got == 0 ? -EPIPE : -ENOMSG;
}

// Makes the other end's descriptor readable.
static inline void efvi_meeting_wake(int fd) {
  char byte = 0;
  (void)!send(fd, &byte, 1, MSG_DONTWAIT | MSG_NOSIGNAL);
}

// Takes back what woke this end, up to `limit` times. Whoever sends faster keeps it awake, no more.
static inline void efvi_meeting_clear(int fd, int limit) {
  char bytes[16];
  while (limit-- > 0 && recv(fd, bytes, sizeof bytes, MSG_DONTWAIT) > 0) {}
}

// Memory of a fixed size that can be handed over. It has its pages, and a seal that keeps them.
static inline int efvi_meeting_memory(const char *name, long size) {
  int fd = (int)syscall(SYS_memfd_create, name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
  if (fd < 0) return -errno;
  if (ftruncate(fd, size) == 0 && syscall(SYS_fallocate, fd, 0, 0L, size) == 0
      && fcntl(fd, EFVI_ADD_SEALS, EFVI_SEAL_SHRINK | EFVI_SEAL_GROW | EFVI_SEAL_SEAL) == 0)
    return fd;
  int error = errno;
  close(fd);
  return -error;
}

// Whether a descriptor of somebody else's is memory of this size, which it cannot lose.
static inline int efvi_meeting_is_memory(int fd, long size) {
  struct stat status;
  return efvi_page_is_sealed(fd) && fstat(fd, &status) == 0 && status.st_size == size;
}

// Barriers on the running threads of all processes that have registered: the sleeper pays, not each sender.
static inline int efvi_meeting_barrier_register(void) {
  return syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_GLOBAL_EXPEDITED, 0, 0) == 0 ? 0 : -errno;
}

static inline int efvi_meeting_barrier(void) {
  return syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL_EXPEDITED, 0, 0) == 0 ? 0 : -errno;
}
