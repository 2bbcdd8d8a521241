#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "loops.h"

enum { SLOT = 2048, SLOTS = 1024, BLOCK = 65536, RING = SLOT * SLOTS, BURST = 64 };

struct packet {
  struct baseline_end end;
  int descriptor;
  uint8_t *ring;
  uint32_t next;
  struct iovec parts[BURST];
  struct mmsghdr messages[BURST];
};

static bool configure(struct packet *packet, const char *interface) {
  int version = TPACKET_V2, on = 1;
  struct tpacket_req request = {
    .tp_block_size = BLOCK, .tp_block_nr = RING / BLOCK, .tp_frame_size = SLOT, .tp_frame_nr = SLOTS};
  struct sockaddr_ll address = {.sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL)};
  address.sll_ifindex = (int)if_nametoindex(interface);
  if (address.sll_ifindex == 0) return false;
  int fd = packet->descriptor;
  if (setsockopt(fd, SOL_PACKET, PACKET_VERSION, &version, sizeof version) != 0) return false;
  if (setsockopt(fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, &on, sizeof on) != 0) return false;
  if (setsockopt(fd, SOL_PACKET, PACKET_RX_RING, &request, sizeof request) != 0) return false;
  packet->ring = mmap(NULL, RING, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, fd, 0);
  if (packet->ring == MAP_FAILED) return false;
  return bind(fd, (struct sockaddr *)&address, sizeof address) == 0;
}

static void packet_close(struct packet *packet) {
  if (packet->ring != MAP_FAILED) munmap(packet->ring, RING);
  if (packet->descriptor >= 0) close(packet->descriptor);
  free(packet);
}

// One system call for a frame costs less than sendmmsg below four.
static inline uint32_t packet_transmit(
  struct packet *packet, const uint8_t *frame, uint32_t length, uint32_t burst) {
  uint32_t taken = 0;
  if (burst < 4) {
    for (; taken < burst; taken++)
      if (send(packet->descriptor, frame, length, MSG_DONTWAIT) < 0) break;
    return taken;
  }
  if (burst > BURST) burst = BURST;
  for (uint32_t index = 0; index < burst; index++)
    packet->parts[index] = (struct iovec){.iov_base = (void *)frame, .iov_len = length};
  int count = sendmmsg(packet->descriptor, packet->messages, burst, MSG_DONTWAIT);
  return count < 0 ? 0 : (uint32_t)count;
}

static inline uint8_t *packet_peek(struct packet *packet, uint32_t *length) {
  struct tpacket2_hdr *header = (struct tpacket2_hdr *)(packet->ring + (size_t)packet->next * SLOT);
  if (!(__atomic_load_n(&header->tp_status, __ATOMIC_ACQUIRE) & TP_STATUS_USER)) return NULL;
  *length = header->tp_snaplen;
  return (uint8_t *)header + header->tp_mac;
}

static inline void packet_release(struct packet *packet) {
  struct tpacket2_hdr *header = (struct tpacket2_hdr *)(packet->ring + (size_t)packet->next * SLOT);
  __atomic_store_n(&header->tp_status, TP_STATUS_KERNEL, __ATOMIC_RELEASE);
  packet->next = (packet->next + 1) % SLOTS;
}

DEFINE_LOOPS(packet, 0);

baseline_end *baseline_packet_open(const char *interface) {
  struct packet *made = calloc(1, sizeof *made);
  made->end.operations = &packet_operations;
  made->ring = MAP_FAILED;
  for (uint32_t index = 0; index < BURST; index++)
    made->messages[index].msg_hdr = (struct msghdr){.msg_iov = made->parts + index, .msg_iovlen = 1};
  made->descriptor = socket(AF_PACKET, SOCK_RAW, 0);
  if (made->descriptor >= 0 && configure(made, interface)) return &made->end;
  int code = errno;
  packet_close(made);
  errno = code;
  return NULL;
}
