#pragma once

// AF_XDP sockets, their rings and memory, and the bpf(2) calls of an XDP program. Every function that can fail returns
// a negative errno. The names that headers of older systems lack are in xdp.c.

#include <errno.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

/// A descriptor of the receive and transmit rings; the others hold addresses alone.
struct xdp_frame {
  uint64_t address;
  uint32_t length;
  uint32_t options;
};

enum {
  /// The frame goes on in the next descriptor.
  xdp_frame_continues = 1,
  /// Metadata stands in front of the frame.
  xdp_frame_metadata = 2,
};

enum {
  /// In the first word of the metadata: the kernel writes into the second when the frame left.
  xdp_metadata_timestamp = 1,
};

enum xdp_ring_kind { xdp_ring_receive, xdp_ring_transmit, xdp_ring_fill, xdp_ring_completion };

/// A mapped ring.
struct xdp_ring_memory {
  void *base;
  uint64_t size;
  uint32_t *producer;
  uint32_t *consumer;
  uint32_t *flags;
  void *entries;
};

/// Of XDP_STATISTICS, totals of the socket.
struct xdp_socket_counts {
  uint64_t receive_dropped;
  uint64_t receive_ring_full;
  uint64_t fill_ring_empty;
  uint64_t transmit_invalid;
};

enum {
  xdp_bind_copy = 1 << 1,
  xdp_bind_zerocopy = 1 << 2,
  xdp_bind_need_wakeup = 1 << 3,
  xdp_bind_multi_buffer = 1 << 4,
  xdp_umem_unaligned = 1 << 0,
  xdp_umem_metadata_length = 1 << 2,
  xdp_attach_generic = 1 << 1,
  xdp_attach_native = 1 << 2,
};

int xdp_socket_open(void);
int xdp_umem_register(int fd, void *memory, uint64_t length, uint32_t chunk, uint32_t flags, uint32_t metadata);
int xdp_ring_map(int fd, enum xdp_ring_kind kind, uint32_t entries, struct xdp_ring_memory *ring);
int xdp_socket_bind(int fd, int index, uint32_t queue, uint16_t flags);
/// 1 where the socket is bound without copies.
int xdp_socket_is_zerocopy(int fd);
/// Frames that one call sends at most.
int xdp_socket_budget(int fd, int frames);
int xdp_socket_counts(int fd, struct xdp_socket_counts *counts);

int xdp_map_of_filters(uint32_t key_size, uint32_t entries);
int xdp_map_of_sockets(uint32_t entries);
int xdp_map_of_counts(uint32_t size);
int xdp_map_put(int map, const void *key, const void *value);
int xdp_map_remove(int map, const void *key);
/// `log` is filled where the kernel refuses the program.
int xdp_program_load(const void *instructions, unsigned count, int has_fragments, char *log, unsigned log_size);
/// Attaches a program to an interface for as long as the returned descriptor is open.
int xdp_link_create(int program, int index, uint32_t flags);
int xdp_link_update(int link, int program);

/// A mapping of this process as the kernel lists it, and where it begins in its file.
struct xdp_memory_area {
  uint64_t start;
  uint64_t end;
  uint64_t offset;
};

/// Maps shared memory of this process a second time, over what is at `place`.
int xdp_memory_alias(void *memory, uint64_t size, void *place, const struct xdp_memory_area *area);
/// Puts the file of `descriptor` in the place of that of `number`, which is closed.
int xdp_descriptor_replace(int descriptor, int number);

/// Receive queues of an interface.
int xdp_interface_queues(int fd, const char *name);
/// The name of its driver, terminated.
int xdp_interface_driver(int fd, const char *name, char *driver, unsigned room);

/// CLOCK_REALTIME less CLOCK_MONOTONIC, in nanoseconds.
uint64_t xdp_clock_offset(void);
/// CLOCK_TAI less CLOCK_REALTIME in nanoseconds, whole seconds.
uint64_t xdp_atomic_clock_offset(void);

static inline uint32_t xdp_index_load(const uint32_t *index) { return __atomic_load_n(index, __ATOMIC_ACQUIRE); }

static inline void xdp_index_store(uint32_t *index, uint32_t value) {
  __atomic_store_n(index, value, __ATOMIC_RELEASE);
}

/// Whether the kernel wants a call to go on with a ring.
static inline int xdp_ring_wants_wakeup(const uint32_t *flags) {
  return (int)(__atomic_load_n(flags, __ATOMIC_RELAXED) & 1);
}

/// Sends what is in the transmit ring.
static inline int xdp_kick(int fd) {
  return sendto(fd, 0, 0, MSG_DONTWAIT, 0, 0) < 0 ? -errno : 0;
}

/// Tells the driver that the fill ring has buffers again.
static inline int xdp_wake_receive(int fd) {
  return recvfrom(fd, 0, 0, MSG_DONTWAIT, 0, 0) < 0 ? -errno : 0;
}
