#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "loops.h"

struct udp {
  struct baseline_end end;
  int descriptor, flags;
  uint8_t buffer[2048];
};

static void udp_close(struct udp *udp) {
  if (udp->descriptor >= 0) close(udp->descriptor);
  free(udp);
}

static inline uint32_t udp_transmit(struct udp *udp, const uint8_t *payload, uint32_t length, uint32_t burst) {
  uint32_t taken = 0;
  while (taken < burst && send(udp->descriptor, payload, length, 0) == (ssize_t)length) taken++;
  return taken;
}

// A blocking socket returns after a while without a datagram, so that its loop sees that it is to end.
static inline uint8_t *udp_peek(struct udp *udp, uint32_t *length) {
  ssize_t count = recv(udp->descriptor, udp->buffer, sizeof udp->buffer, udp->flags);
  if (count < 0) return NULL;
  *length = (uint32_t)count;
  return udp->buffer;
}

static inline void udp_release(struct udp *udp) { (void)udp; }

DEFINE_LOOPS(udp, HEADER_BYTES);

baseline_end *baseline_udp_open(uint32_t local, uint32_t peer, uint16_t port, bool blocks) {
  struct udp *made = calloc(1, sizeof *made);
  made->end.operations = &udp_operations;
  made->flags = blocks ? 0 : MSG_DONTWAIT;
  made->descriptor = socket(AF_INET, SOCK_DGRAM, 0);
  struct sockaddr_in here = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(local)};
  struct sockaddr_in there = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(peer)};
  struct timeval limit = {.tv_usec = 100000};
  if (made->descriptor >= 0 && bind(made->descriptor, (struct sockaddr *)&here, sizeof here) == 0 &&
      connect(made->descriptor, (struct sockaddr *)&there, sizeof there) == 0 &&
      setsockopt(made->descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit) == 0)
    return &made->end;
  int code = errno;
  udp_close(made);
  errno = code;
  return NULL;
}
