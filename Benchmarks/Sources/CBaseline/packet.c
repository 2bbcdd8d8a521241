#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "CBaseline.h"

enum { SLOT = 2048, SLOTS = 1024, BLOCK = 65536, RING = SLOT * SLOTS };

struct baseline_socket {
  int descriptor;
  uint8_t *ring;
  uint32_t next;
};

static bool configure(baseline_socket *socket, const char *interface) {
  int version = TPACKET_V2, on = 1;
  struct tpacket_req request = {
    .tp_block_size = BLOCK, .tp_block_nr = RING / BLOCK, .tp_frame_size = SLOT, .tp_frame_nr = SLOTS};
  struct sockaddr_ll address = {.sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL)};
  address.sll_ifindex = (int)if_nametoindex(interface);
  if (address.sll_ifindex == 0) return false;
  int fd = socket->descriptor;
  if (setsockopt(fd, SOL_PACKET, PACKET_VERSION, &version, sizeof version) != 0) return false;
  if (setsockopt(fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, &on, sizeof on) != 0) return false;
  if (setsockopt(fd, SOL_PACKET, PACKET_RX_RING, &request, sizeof request) != 0) return false;
  socket->ring = mmap(NULL, RING, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, fd, 0);
  if (socket->ring == MAP_FAILED) return false;
  return bind(fd, (struct sockaddr *)&address, sizeof address) == 0;
}

baseline_socket *baseline_socket_open(const char *interface) {
  baseline_socket *made = calloc(1, sizeof *made);
  made->ring = MAP_FAILED;
  made->descriptor = socket(AF_PACKET, SOCK_RAW, 0);
  if (made->descriptor >= 0 && configure(made, interface)) return made;
  int code = errno;
  baseline_socket_close(made);
  errno = code;
  return NULL;
}

void baseline_socket_close(baseline_socket *socket) {
  if (socket->ring != MAP_FAILED) munmap(socket->ring, RING);
  if (socket->descriptor >= 0) close(socket->descriptor);
  free(socket);
}

static struct tpacket2_hdr *peek(baseline_socket *socket) {
  struct tpacket2_hdr *header = (struct tpacket2_hdr *)(socket->ring + (size_t)socket->next * SLOT);
  uint32_t status = __atomic_load_n(&header->tp_status, __ATOMIC_ACQUIRE);
  return status & TP_STATUS_USER ? header : NULL;
}

static void release(baseline_socket *socket, struct tpacket2_hdr *header) {
  __atomic_store_n(&header->tp_status, TP_STATUS_KERNEL, __ATOMIC_RELEASE);
  socket->next = (socket->next + 1) % SLOTS;
}

void baseline_socket_echo(baseline_socket *socket, const volatile bool *stop) {
  while (!*stop) {
    struct tpacket2_hdr *header = peek(socket);
    if (!header) continue;
    uint8_t *frame = (uint8_t *)header + header->tp_mac, exchange[6];
    memcpy(exchange, frame, 6);
    memcpy(frame, frame + 6, 6);
    memcpy(frame + 6, exchange, 6);
    send(socket->descriptor, frame, header->tp_snaplen, MSG_DONTWAIT);
    release(socket, header);
  }
}

bool baseline_socket_measure(
  baseline_socket *socket, uint8_t *frame, uint32_t length, uint32_t first, uint64_t *trips, uint32_t count) {
  for (uint32_t index = 0; index < count; index++) {
    uint32_t number = first + index, echoed = ~number;
    uint64_t start = baseline_now();
    memcpy(frame + BASELINE_NUMBER, &number, sizeof number);
    send(socket->descriptor, frame, length, MSG_DONTWAIT);
    while (echoed != number) {
      struct tpacket2_hdr *header = peek(socket);
      if (header) {
        memcpy(&echoed, (uint8_t *)header + header->tp_mac + BASELINE_NUMBER, sizeof echoed);
        release(socket, header);
      } else if (baseline_now() - start > 1000000000u) {
        return false;
      }
    }
    trips[index] = baseline_now() - start;
  }
  return true;
}
