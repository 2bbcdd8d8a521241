#ifndef ETHERFABRIC_INTERNAL_ADDRESS_H
#define ETHERFABRIC_INTERNAL_ADDRESS_H

#include <etherfabric/internal/platform.h>

// An open device: a file descriptor.
typedef int ef_driver_handle;

// An address of the adapter's, not a pointer: ef_memreg_dma_addr gives it.
typedef uint64_t ef_addr;

typedef uint64_t ef_addrspace;
#define EF_ADDRSPACE_LOCAL ((uint64_t)-1)

// Registers of an interface.
typedef char *ef_vi_ioaddr_t;

// A piece of a packet in memory of the program's.
typedef struct {
  ef_addr iov_base;
  unsigned iov_len; // bytes
} ef_iovec;

// A piece in another address space. No adapter has them any more.
typedef struct {
  ef_addr iov_base;
  unsigned iov_len;
  uint32_t flags; // EF_RIOV_FLAG_TRANSLATE_ADDR
  ef_addrspace addrspace;
} ef_remote_iovec;

#define EF_RIOV_FLAG_TRANSLATE_ADDR 0x1

#endif
