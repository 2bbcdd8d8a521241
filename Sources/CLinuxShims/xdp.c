#include "XDPShims.h"

#include <linux/bpf.h>
#include <linux/ethtool.h>
#include <linux/if_xdp.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <stddef.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <time.h>

// Of newer kernels than the headers.
enum { socket_transmit_budget = 9 };

struct umem_registration {
  uint64_t address;
  uint64_t length;
  uint32_t chunk_size;
  uint32_t headroom;
  uint32_t flags;
  uint32_t transmit_metadata;
};

static int result(long value) { return value < 0 ? -errno : (int)value; }

static int set(int fd, int option, const void *value, socklen_t size) {
  return result(setsockopt(fd, SOL_XDP, option, value, size));
}

int xdp_socket_open(void) { return result(socket(AF_XDP, SOCK_RAW | SOCK_CLOEXEC, 0)); }

int xdp_umem_register(int fd, void *memory, uint64_t length, uint32_t chunk, uint32_t flags, uint32_t metadata) {
  struct umem_registration registration = {(uintptr_t)memory, length, chunk, 0, flags, metadata};
  // Older kernels take the structure without its last field.
  socklen_t size = metadata ? sizeof registration : offsetof(struct umem_registration, transmit_metadata);
  return set(fd, XDP_UMEM_REG, &registration, size);
}

int xdp_ring_map(int fd, enum xdp_ring_kind kind, uint32_t entries, struct xdp_ring_memory *ring) {
  static const int options[] = {XDP_RX_RING, XDP_TX_RING, XDP_UMEM_FILL_RING, XDP_UMEM_COMPLETION_RING};
  static const uint64_t places[] = {XDP_PGOFF_RX_RING, XDP_PGOFF_TX_RING, XDP_UMEM_PGOFF_FILL_RING,
                                    XDP_UMEM_PGOFF_COMPLETION_RING};
  int status = set(fd, options[kind], &entries, sizeof entries);
  if (status < 0) return status;
  struct xdp_mmap_offsets all;
  socklen_t size = sizeof all;
  if (getsockopt(fd, SOL_XDP, XDP_MMAP_OFFSETS, &all, &size) < 0) return -errno;
  const struct xdp_ring_offset *offsets[] = {&all.rx, &all.tx, &all.fr, &all.cr};
  const struct xdp_ring_offset *offset = offsets[kind];
  int has_frames = kind == xdp_ring_receive || kind == xdp_ring_transmit;
  uint64_t length = offset->desc + (uint64_t)entries * (has_frames ? sizeof(struct xdp_desc) : sizeof(uint64_t));
  char *base = mmap(0, length, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, fd, (off_t)places[kind]);
  if (base == MAP_FAILED) return -errno;
  ring->base = base;
  ring->size = length;
  ring->producer = (uint32_t *)(base + offset->producer);
  ring->consumer = (uint32_t *)(base + offset->consumer);
  ring->flags = (uint32_t *)(base + offset->flags);
  ring->entries = base + offset->desc;
  return 0;
}

int xdp_socket_bind(int fd, int index, uint32_t queue, uint16_t flags) {
  struct sockaddr_xdp address;
  memset(&address, 0, sizeof address);
  address.sxdp_family = AF_XDP;
  address.sxdp_ifindex = (uint32_t)index;
  address.sxdp_queue_id = queue;
  address.sxdp_flags = flags;
  return result(bind(fd, (struct sockaddr *)&address, sizeof address));
}

int xdp_socket_is_zerocopy(int fd) {
  struct xdp_options options = {0};
  socklen_t size = sizeof options;
  if (getsockopt(fd, SOL_XDP, XDP_OPTIONS, &options, &size) < 0) return -errno;
  return (options.flags & XDP_OPTIONS_ZEROCOPY) != 0;
}

int xdp_socket_budget(int fd, int frames) { return set(fd, socket_transmit_budget, &frames, sizeof frames); }

int xdp_socket_counts(int fd, struct xdp_socket_counts *counts) {
  struct xdp_statistics statistics;
  memset(&statistics, 0, sizeof statistics);
  socklen_t size = sizeof statistics;
  if (getsockopt(fd, SOL_XDP, XDP_STATISTICS, &statistics, &size) < 0) return -errno;
  counts->receive_dropped = statistics.rx_dropped;
  counts->receive_ring_full = statistics.rx_ring_full;
  counts->fill_ring_empty = statistics.rx_fill_ring_empty_descs;
  counts->transmit_invalid = statistics.tx_invalid_descs;
  return 0;
}

static int bpf(int command, union bpf_attr *attributes) {
  return result(syscall(SYS_bpf, command, attributes, sizeof *attributes));
}

static int map(uint32_t type, uint32_t key, uint32_t value, uint32_t entries, uint32_t flags, const char *name) {
  union bpf_attr attributes;
  memset(&attributes, 0, sizeof attributes);
  attributes.map_type = type;
  attributes.key_size = key;
  attributes.value_size = value;
  attributes.max_entries = entries;
  attributes.map_flags = flags;
  strncpy(attributes.map_name, name, sizeof attributes.map_name - 1);
  return bpf(BPF_MAP_CREATE, &attributes);
}

int xdp_map_of_filters(uint32_t key_size, uint32_t entries) {
  return map(BPF_MAP_TYPE_HASH, key_size, 4, entries, BPF_F_NO_PREALLOC, "efvi_filters");
}

int xdp_map_of_sockets(uint32_t entries) { return map(BPF_MAP_TYPE_XSKMAP, 4, 4, entries, 0, "efvi_sockets"); }

int xdp_map_of_counts(uint32_t size) { return map(BPF_MAP_TYPE_ARRAY, 4, size, 1, BPF_F_MMAPABLE, "efvi_counts"); }

int xdp_map_put(int map, const void *key, const void *value) {
  union bpf_attr attributes;
  memset(&attributes, 0, sizeof attributes);
  attributes.map_fd = (uint32_t)map;
  attributes.key = (uintptr_t)key;
  attributes.value = (uintptr_t)value;
  return bpf(BPF_MAP_UPDATE_ELEM, &attributes);
}

int xdp_map_remove(int map, const void *key) {
  union bpf_attr attributes;
  memset(&attributes, 0, sizeof attributes);
  attributes.map_fd = (uint32_t)map;
  attributes.key = (uintptr_t)key;
  return bpf(BPF_MAP_DELETE_ELEM, &attributes);
}

int xdp_program_load(const void *instructions, unsigned count, int has_fragments, char *log, unsigned log_size) {
  union bpf_attr attributes;
  memset(&attributes, 0, sizeof attributes);
  attributes.prog_type = BPF_PROG_TYPE_XDP;
  attributes.expected_attach_type = BPF_XDP;
  attributes.insns = (uintptr_t)instructions;
  attributes.insn_cnt = count;
  attributes.license = (uintptr_t)"";
  attributes.log_buf = (uintptr_t)log;
  attributes.log_size = log_size;
  attributes.log_level = log_size ? 1 : 0;
  attributes.prog_flags = has_fragments ? BPF_F_XDP_HAS_FRAGS : 0;
  strcpy(attributes.prog_name, "efvi_redirect");
  return bpf(BPF_PROG_LOAD, &attributes);
}

int xdp_link_create(int program, int index, uint32_t flags) {
  union bpf_attr attributes;
  memset(&attributes, 0, sizeof attributes);
  attributes.link_create.prog_fd = (uint32_t)program;
  attributes.link_create.target_ifindex = (uint32_t)index;
  attributes.link_create.attach_type = BPF_XDP;
  attributes.link_create.flags = flags;
  return bpf(BPF_LINK_CREATE, &attributes);
}

int xdp_link_update(int link, int program) {
  union bpf_attr attributes;
  memset(&attributes, 0, sizeof attributes);
  attributes.link_update.link_fd = (uint32_t)link;
  attributes.link_update.new_prog_fd = (uint32_t)program;
  return bpf(BPF_LINK_UPDATE, &attributes);
}

static int ask(int fd, const char *name, void *command) {
  struct ifreq request;
  memset(&request, 0, sizeof request);
  strncpy(request.ifr_name, name, IFNAMSIZ - 1);
  request.ifr_data = command;
  return result(ioctl(fd, SIOCETHTOOL, &request));
}

int xdp_interface_queues(int fd, const char *name) {
  struct ethtool_channels channels;
  memset(&channels, 0, sizeof channels);
  channels.cmd = ETHTOOL_GCHANNELS;
  int status = ask(fd, name, &channels);
  // Drivers without the call have one queue.
  if (status == -EOPNOTSUPP) return 1;
  if (status < 0) return status;
  uint32_t count = channels.rx_count + channels.combined_count;
  return count ? (int)count : 1;
}

int xdp_interface_driver(int fd, const char *name, char *driver, unsigned room) {
  struct ethtool_drvinfo information;
  memset(&information, 0, sizeof information);
  information.cmd = ETHTOOL_GDRVINFO;
  int status = ask(fd, name, &information);
  if (status < 0) return status;
  strncpy(driver, information.driver, room - 1);
  driver[room - 1] = 0;
  return 0;
}

static uint64_t now(clockid_t clock) {
  struct timespec time;
  clock_gettime(clock, &time);
  return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

uint64_t xdp_clock_offset(void) { return now(CLOCK_REALTIME) - now(CLOCK_MONOTONIC); }

uint64_t xdp_atomic_clock_offset(void) {
  uint64_t offset = now(CLOCK_TAI) - now(CLOCK_REALTIME) + 500000000;
  return offset - offset % 1000000000;
}
