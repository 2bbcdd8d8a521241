#pragma once

// Thread, interface and burst calls that a private network needs. Each returns 0 or more, or a negative errno.

#include <errno.h>
#include <linux/ethtool.h>
#include <net/if.h>
#include <linux/sockios.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum {
  LAB_CLONE_NEWUSER = 0x10000000,
  LAB_CLONE_NEWNET = 0x40000000,
};

static inline long lab_result(long value) { return value < 0 ? -errno : value; }

static inline int lab_unshare(int flags) { return (int)lab_result(syscall(SYS_unshare, flags)); }

static inline int lab_thread_id(void) { return (int)syscall(SYS_gettid); }

static inline void lab_name_thread(const char *name) { prctl(PR_SET_NAME, name, 0, 0, 0); }

/// A pipe that no other thread's child inherits, whenever it is started.
static inline int lab_pipe(int *ends) {
  return (int)lab_result(syscall(SYS_pipe2, ends, 02000000 /* O_CLOEXEC */));
}

/// Sets the calling thread's affinity to one core. `words` is scratch of `count` 64-bit words.
static inline int lab_pin(int core, uint64_t *words, int count) {
  if (core < 0 || core >= count * 64) return -EINVAL;
  memset(words, 0, (size_t)count * 8);
  words[core / 64] = 1ull << (core % 64);
  return (int)lab_result(syscall(SYS_sched_setaffinity, 0, (size_t)count * 8, words));
}

/// Sets the calling thread's affinity to the cores in `words`.
static inline int lab_set_affinity(const uint64_t *words, int count) {
  return (int)lab_result(syscall(SYS_sched_setaffinity, 0, (size_t)count * 8, words));
}

/// Fills `words` with the calling thread's affinity; returns the number of bytes that the kernel wrote.
static inline int lab_affinity(uint64_t *words, int count) {
  memset(words, 0, (size_t)count * 8);
  return (int)lab_result(syscall(SYS_sched_getaffinity, 0, (size_t)count * 8, words));
}

static inline int lab_current_core(void) {
  unsigned core = 0;
  long result = syscall(SYS_getcpu, &core, (void *)0, (void *)0);
  return result < 0 ? -errno : (int)core;
}

static inline int lab_interface_ioctl(const char *name, unsigned long request, struct ifreq *request_data) {
  size_t length = strlen(name);
  if (length >= IFNAMSIZ) return -ENAMETOOLONG;
  memcpy(request_data->ifr_name, name, length + 1);
  int socket_fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (socket_fd < 0) return -errno;
  int result = (int)lab_result(ioctl(socket_fd, request, request_data));
  close(socket_fd);
  return result;
}

static inline int lab_interface_flags(const char *name) {
  struct ifreq request;
  memset(&request, 0, sizeof request);
  int result = lab_interface_ioctl(name, SIOCGIFFLAGS, &request);
  return result < 0 ? result : (uint16_t)request.ifr_flags;
}

static inline int lab_interface_mtu(const char *name) {
  struct ifreq request;
  memset(&request, 0, sizeof request);
  int result = lab_interface_ioctl(name, SIOCGIFMTU, &request);
  return result < 0 ? result : request.ifr_mtu;
}

static inline int lab_interface_mac(const char *name, uint8_t *six_bytes) {
  struct ifreq request;
  memset(&request, 0, sizeof request);
  int result = lab_interface_ioctl(name, SIOCGIFHWADDR, &request);
  if (result >= 0) memcpy(six_bytes, request.ifr_hwaddr.sa_data, 6);
  return result;
}

/// One of ethtool's get or set commands with a single value; a get command returns it in `value`.
static inline int lab_ethtool(const char *name, uint32_t command, uint32_t *value) {
  struct ethtool_value data = {command, *value};
  struct ifreq request;
  memset(&request, 0, sizeof request);
  request.ifr_data = (void *)&data;
  int result = lab_interface_ioctl(name, SIOCETHTOOL, &request);
  *value = data.data;
  return result;
}

/// `struct mmsghdr`, which the C library only shows with _GNU_SOURCE.
struct lab_message {
  struct msghdr header;
  unsigned int sent;
};

/// Sends `count` datagrams of `size` bytes that lie one after the other; returns how many the kernel took.
static inline int lab_send_burst(int socket_fd, const void *bytes, size_t size, int count) {
  struct iovec parts[64];
  struct lab_message messages[64];
  int done = 0;
  while (done < count) {
    int batch = count - done < 64 ? count - done : 64;
    memset(messages, 0, sizeof messages[0] * (size_t)batch);
    for (int i = 0; i < batch; i++) {
      parts[i].iov_base = (char *)bytes + size * (size_t)(done + i);
      parts[i].iov_len = size;
      messages[i].header.msg_iov = &parts[i];
      messages[i].header.msg_iovlen = 1;
    }
    long result = syscall(SYS_sendmmsg, socket_fd, messages, batch, 0);
    if (result < 0) return done > 0 ? done : -errno;
    done += (int)result;
    if (result < batch) break;
  }
  return done;
}

/// Datagrams that the kernel threw away because the socket's receive buffer was full.
static inline int64_t lab_socket_drops(int socket_fd) {
  uint32_t values[16] = {0};
  socklen_t size = sizeof values;
  if (getsockopt(socket_fd, SOL_SOCKET, 55 /* SO_MEMINFO */, values, &size) < 0) return -errno;
  return size > 8 * sizeof values[0] ? values[8] : 0;
}
