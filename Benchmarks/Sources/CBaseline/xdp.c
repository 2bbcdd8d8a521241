#define _GNU_SOURCE
#include <errno.h>
#include <linux/if_xdp.h>
#include <net/if.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "loops.h"
#include "xdp.h"

enum { CHUNK = 2048, RING = 1024, CHUNKS = 2 * RING, MEMORY = CHUNK * CHUNKS };

struct ring {
  _Atomic uint32_t *producer, *consumer, *flags;
  void *slots, *mapping;
  size_t mapped;
};

// The first half of the memory is received into, the second sent from.
struct xdp {
  struct baseline_end end;
  int descriptor;
  uint8_t *memory;
  struct ring fill, completion, receive, transmit;
  uint32_t received, filled, sent, completed;
  struct xdp_program program;
  bool is_attached;
};

static void xdp_close(struct xdp *xdp) {
  if (xdp->is_attached) xdp_detach(&xdp->program);
  struct ring *rings[] = {&xdp->fill, &xdp->completion, &xdp->receive, &xdp->transmit};
  for (int index = 0; index < 4; index++)
    if (rings[index]->mapped) munmap(rings[index]->mapping, rings[index]->mapped);
  if (xdp->descriptor >= 0) close(xdp->descriptor);
  if (xdp->memory != MAP_FAILED) munmap(xdp->memory, MEMORY);
  free(xdp);
}

static bool map_ring(
  int fd, struct ring *ring, const struct xdp_ring_offset *offsets, uint64_t page, size_t slot_size) {
  size_t size = offsets->desc + RING * slot_size;
  void *mapping = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, fd, (off_t)page);
  if (mapping == MAP_FAILED) return false;
  uint8_t *base = mapping;
  *ring = (struct ring){
    .producer = (_Atomic uint32_t *)(base + offsets->producer),
    .consumer = (_Atomic uint32_t *)(base + offsets->consumer),
    .flags = (_Atomic uint32_t *)(base + offsets->flags),
    .slots = base + offsets->desc, .mapping = mapping, .mapped = size};
  return true;
}

static bool make_rings(struct xdp *xdp) {
  int fd = xdp->descriptor, size = RING;
  struct xdp_umem_reg region = {.addr = (uintptr_t)xdp->memory, .len = MEMORY, .chunk_size = CHUNK};
  struct xdp_mmap_offsets offsets;
  socklen_t length = sizeof offsets;
  return setsockopt(fd, SOL_XDP, XDP_UMEM_REG, &region, sizeof region) == 0 &&
    setsockopt(fd, SOL_XDP, XDP_UMEM_FILL_RING, &size, sizeof size) == 0 &&
    setsockopt(fd, SOL_XDP, XDP_UMEM_COMPLETION_RING, &size, sizeof size) == 0 &&
    setsockopt(fd, SOL_XDP, XDP_RX_RING, &size, sizeof size) == 0 &&
    setsockopt(fd, SOL_XDP, XDP_TX_RING, &size, sizeof size) == 0 &&
    getsockopt(fd, SOL_XDP, XDP_MMAP_OFFSETS, &offsets, &length) == 0 &&
    map_ring(fd, &xdp->fill, &offsets.fr, XDP_UMEM_PGOFF_FILL_RING, 8) &&
    map_ring(fd, &xdp->completion, &offsets.cr, XDP_UMEM_PGOFF_COMPLETION_RING, 8) &&
    map_ring(fd, &xdp->receive, &offsets.rx, XDP_PGOFF_RX_RING, sizeof(struct xdp_desc)) &&
    map_ring(fd, &xdp->transmit, &offsets.tx, XDP_PGOFF_TX_RING, sizeof(struct xdp_desc));
}

static bool configure(struct xdp *xdp, const char *interface, bool generic) {
  xdp->memory = mmap(NULL, MEMORY, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
  struct sockaddr_xdp address = {.sxdp_family = AF_XDP, .sxdp_flags = XDP_COPY | XDP_USE_NEED_WAKEUP};
  address.sxdp_ifindex = if_nametoindex(interface);
  if (xdp->memory == MAP_FAILED || address.sxdp_ifindex == 0 || !make_rings(xdp)) return false;
  for (uint32_t index = 0; index < RING; index++) ((uint64_t *)xdp->fill.slots)[index] = (uint64_t)index * CHUNK;
  xdp->filled = RING;
  atomic_store_explicit(xdp->fill.producer, RING, memory_order_release);
  if (bind(xdp->descriptor, (struct sockaddr *)&address, sizeof address) != 0) return false;
  xdp->is_attached = xdp_attach(&xdp->program, (int)address.sxdp_ifindex, xdp->descriptor, generic);
  return xdp->is_attached;
}

// Lets the kernel work on what is to be sent.
static inline void kick(struct xdp *xdp) {
  if (atomic_load_explicit(xdp->transmit.flags, memory_order_relaxed) & XDP_RING_NEED_WAKEUP)
    sendto(xdp->descriptor, NULL, 0, MSG_DONTWAIT, NULL, 0);
}

// Copies the frame as the adapter has to, hands the burst over and lets the kernel take all of it.
static inline uint32_t xdp_transmit(struct xdp *xdp, const uint8_t *frame, uint32_t length, uint32_t burst) {
  struct xdp_desc *slots = xdp->transmit.slots;
  // A chunk is free when the frame has left the other end.
  while (xdp->sent + burst - xdp->completed > RING) {
    xdp->completed = atomic_load_explicit(xdp->completion.producer, memory_order_acquire);
    atomic_store_explicit(xdp->completion.consumer, xdp->completed, memory_order_release);
    if (xdp->sent + burst - xdp->completed > RING) kick(xdp);
  }
  for (uint32_t index = 0; index < burst; index++) {
    uint32_t slot = (xdp->sent + index) & (RING - 1);
    uint64_t address = (uint64_t)(RING + slot) * CHUNK;
    memcpy(xdp->memory + address, frame, length);
    slots[slot] = (struct xdp_desc){.addr = address, .len = length};
  }
  xdp->sent += burst;
  atomic_store_explicit(xdp->transmit.producer, xdp->sent, memory_order_release);
  // A call takes a bounded number of frames.
  for (int calls = 0; calls < 64 && atomic_load_explicit(xdp->transmit.consumer, memory_order_acquire) != xdp->sent; calls++)
    kick(xdp);
  return burst;
}

static inline uint8_t *xdp_peek(struct xdp *xdp, uint32_t *length) {
  if (atomic_load_explicit(xdp->receive.producer, memory_order_acquire) == xdp->received) return NULL;
  struct xdp_desc *slot = (struct xdp_desc *)xdp->receive.slots + (xdp->received & (RING - 1));
  *length = slot->len;
  return xdp->memory + slot->addr;
}

static inline void xdp_release(struct xdp *xdp) {
  struct xdp_desc *slot = (struct xdp_desc *)xdp->receive.slots + (xdp->received & (RING - 1));
  ((uint64_t *)xdp->fill.slots)[xdp->filled & (RING - 1)] = slot->addr & ~(uint64_t)(CHUNK - 1);
  atomic_store_explicit(xdp->receive.consumer, ++xdp->received, memory_order_release);
  atomic_store_explicit(xdp->fill.producer, ++xdp->filled, memory_order_release);
}

DEFINE_LOOPS(xdp, 0);

baseline_end *baseline_xdp_open(const char *interface, bool generic) {
  struct xdp *made = calloc(1, sizeof *made);
  made->end.operations = &xdp_operations;
  made->memory = MAP_FAILED;
  made->descriptor = socket(AF_XDP, SOCK_RAW, 0);
  if (made->descriptor >= 0 && configure(made, interface, generic)) return &made->end;
  int code = errno;
  xdp_close(made);
  errno = code;
  return NULL;
}
