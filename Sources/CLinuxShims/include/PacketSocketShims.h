#pragma once

// AF_PACKET sockets, their TPACKET_V2 ring, and what an interface says of itself. Every function that can fail
// returns a negative errno.

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>

enum {
  packet_status_kernel = TP_STATUS_KERNEL,
  packet_status_user = TP_STATUS_USER,
  packet_status_copied = TP_STATUS_COPY,
  packet_status_vlan_valid = TP_STATUS_VLAN_VALID,
  packet_status_vlan_tpid_valid = TP_STATUS_VLAN_TPID_VALID,
};

/// The legacy virtio header that PACKET_VNET_HDR puts in front of a frame, in the byte order of the machine.
struct packet_offload_header {
  uint8_t flags;
  uint8_t gso_type;
  uint16_t header_length;
  uint16_t gso_size;
  uint16_t checksum_start;
  uint16_t checksum_offset;
};

enum {
  packet_offload_needs_checksum = 1,
  packet_gso_none = 0,
  packet_gso_tcp4 = 1,
  packet_gso_tcp6 = 4,
  packet_gso_udp = 5,
  packet_gso_ecn = 0x80,
};

/// One message of sendmmsg(2); the library's own `struct mmsghdr` needs _GNU_SOURCE in every includer.
struct packet_message {
  struct msghdr header;
  unsigned int sent;
};

static inline int packet_socket_open(void) {
  // Protocol 0: until bind(2) names one, the socket receives nothing from anywhere.
  int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
  return fd < 0 ? -errno : fd;
}

static inline int packet_socket_set(int fd, int level, int option, int value) {
  return setsockopt(fd, level, option, &value, sizeof value) < 0 ? -errno : 0;
}

static inline int packet_socket_get(int fd, int level, int option) {
  int value = 0;
  socklen_t length = sizeof value;
  return getsockopt(fd, level, option, &value, &length) < 0 ? -errno : value;
}

static inline int packet_socket_version2(int fd) {
  return packet_socket_set(fd, SOL_PACKET, PACKET_VERSION, TPACKET_V2);
}

static inline int packet_socket_ignore_outgoing(int fd) {
  return packet_socket_set(fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, 1);
}

static inline int packet_socket_offload_headers(int fd) {
  return packet_socket_set(fd, SOL_PACKET, PACKET_VNET_HDR, 1);
}

static inline int packet_socket_copy_large(int fd) {
  return packet_socket_set(fd, SOL_PACKET, PACKET_COPY_THRESH, 1);
}

static inline int packet_socket_qdisc_bypass(int fd) {
  return packet_socket_set(fd, SOL_PACKET, PACKET_QDISC_BYPASS, 1);
}

/// Bytes for one direction; beyond the system's limit where the process may. Returns what was obtained.
static inline int packet_socket_buffer(int fd, int receive, int bytes) {
  int forced = receive ? SO_RCVBUFFORCE : SO_SNDBUFFORCE, plain = receive ? SO_RCVBUF : SO_SNDBUF;
  if (packet_socket_set(fd, SOL_SOCKET, forced, bytes) < 0) packet_socket_set(fd, SOL_SOCKET, plain, bytes);
  return packet_socket_get(fd, SOL_SOCKET, plain);
}

static inline int packet_socket_promiscuous(int fd, int index) {
  struct packet_mreq request;
  memset(&request, 0, sizeof request);
  request.mr_ifindex = index;
  request.mr_type = PACKET_MR_PROMISC;
  return setsockopt(fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &request, sizeof request) < 0 ? -errno : 0;
}

static inline int packet_socket_ring(int fd, unsigned frame_size, unsigned frames, unsigned block_size,
                                     unsigned blocks) {
  struct tpacket_req request;
  request.tp_frame_size = frame_size;
  request.tp_frame_nr = frames;
  request.tp_block_size = block_size;
  request.tp_block_nr = blocks;
  return setsockopt(fd, SOL_PACKET, PACKET_RX_RING, &request, sizeof request) < 0 ? -errno : 0;
}

/// `protocol` in host order; 0 binds for sending only.
static inline int packet_socket_bind(int fd, int index, uint16_t protocol) {
  struct sockaddr_ll address;
  memset(&address, 0, sizeof address);
  address.sll_family = AF_PACKET;
  address.sll_protocol = (uint16_t)(protocol << 8 | protocol >> 8);
  address.sll_ifindex = index;
  return bind(fd, (struct sockaddr *)&address, sizeof address) < 0 ? -errno : 0;
}

/// Frames seen and dropped since the last call: the kernel clears both on reading.
static inline int packet_socket_statistics(int fd, uint32_t *seen, uint32_t *dropped) {
  struct tpacket_stats stats;
  socklen_t length = sizeof stats;
  memset(&stats, 0, sizeof stats);
  if (getsockopt(fd, SOL_PACKET, PACKET_STATISTICS, &stats, &length) < 0) return -errno;
  *seen = stats.tp_packets;
  *dropped = stats.tp_drops;
  return 0;
}

static inline uint32_t packet_slot_status(const void *slot) {
  return __atomic_load_n(&((const struct tpacket2_hdr *)slot)->tp_status, __ATOMIC_ACQUIRE);
}

/// Begins to fetch the ends of a frame that another processor wrote. Of a short frame this is all: the first line alone is
/// looked at for so long that the fetch of the second would begin after it.
static inline void packet_frame_prefetch(const void *frame, uint64_t length) {
  __builtin_prefetch(frame);
  __builtin_prefetch((const char *)frame + length - 1);
}

static inline void packet_slot_release(void *slot) {
  __atomic_store_n(&((struct tpacket2_hdr *)slot)->tp_status, TP_STATUS_KERNEL, __ATOMIC_RELEASE);
}

static inline int packet_send(int fd, const void *bytes, size_t length) {
  return send(fd, bytes, length, MSG_DONTWAIT) < 0 ? -errno : 0;
}

static inline int packet_send_batch(int fd, struct packet_message *messages, unsigned count) {
  long sent = syscall(SYS_sendmmsg, fd, messages, count, MSG_DONTWAIT);
  return sent < 0 ? -errno : (int)sent;
}

/// Length of the datagram, which may be more than `room`.
static inline long packet_receive(int fd, void *bytes, size_t room) {
  long length = recv(fd, bytes, room, MSG_DONTWAIT | MSG_TRUNC);
  return length < 0 ? -errno : length;
}

static inline int packet_interface_request(int fd, const char *name, unsigned long request, struct ifreq *answer) {
  memset(answer, 0, sizeof *answer);
  strncpy(answer->ifr_name, name, IFNAMSIZ - 1);
  return ioctl(fd, request, answer) < 0 ? -errno : 0;
}

static inline int packet_interface_index(int fd, const char *name) {
  struct ifreq answer;
  int result = packet_interface_request(fd, name, SIOCGIFINDEX, &answer);
  return result < 0 ? result : answer.ifr_ifindex;
}

static inline int packet_interface_mtu(int fd, const char *name) {
  struct ifreq answer;
  int result = packet_interface_request(fd, name, SIOCGIFMTU, &answer);
  return result < 0 ? result : answer.ifr_mtu;
}

static inline int packet_interface_flags(int fd, const char *name) {
  struct ifreq answer;
  int result = packet_interface_request(fd, name, SIOCGIFFLAGS, &answer);
  return result < 0 ? result : (uint16_t)answer.ifr_flags;
}

/// Hardware type (ARPHRD_*); six bytes are stored at `address`.
static inline int packet_interface_address(int fd, const char *name, uint8_t *address) {
  struct ifreq answer;
  int result = packet_interface_request(fd, name, SIOCGIFHWADDR, &answer);
  if (result < 0) return result;
  memcpy(address, answer.ifr_hwaddr.sa_data, 6);
  return answer.ifr_hwaddr.sa_family;
}
