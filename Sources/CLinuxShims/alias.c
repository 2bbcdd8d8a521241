#define _GNU_SOURCE

#include "XDPShims.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>

int xdp_memory_alias(void *memory, uint64_t size, void *place, const struct xdp_memory_area *area) {
  // A size of nothing asks for the same pages at another place, and leaves the first.
  if (mremap(memory, 0, size, MREMAP_MAYMOVE | MREMAP_FIXED, place) != MAP_FAILED) return 0;
  if (errno != EINVAL) return -errno;
  // Huge pages cannot be had this way, but by the file that stands behind every shared mapping.
  char name[64];
  snprintf(name, sizeof name, "/proc/self/map_files/%lx-%lx", (unsigned long)area->start, (unsigned long)area->end);
  int file = open(name, O_RDWR | O_CLOEXEC);
  if (file < 0) return -errno;
  off_t offset = (off_t)((uintptr_t)memory - area->start + area->offset);
  void *mapped = mmap(place, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, file, offset);
  int status = mapped == MAP_FAILED ? -errno : 0;
  close(file);
  return status;
}

int xdp_descriptor_replace(int descriptor, int number) {
  return dup3(descriptor, number, O_CLOEXEC) < 0 ? -errno : 0;
}
