#ifndef __EFAB_MEMREG_H__
#define __EFAB_MEMREG_H__

// Registered memory: what the adapter may read and write.

#include <etherfabric/base.h>

#ifdef __cplusplus
extern "C" {
#endif

struct ef_pd;

// One DMA address for each page of 4 KiB.
typedef struct ef_memreg {
  ef_addr *mr_dma_addrs;
  ef_addr *mr_dma_addrs_base;
} ef_memreg;

// -EINVAL: `memory` not aligned to 4096 bytes; -ENOSPC: the adapter's tables are full; -ENOMEM, -EPERM, -EFAULT.
extern int ef_memreg_alloc(
  ef_memreg *, ef_driver_handle, struct ef_pd *, ef_driver_handle domain_handle, void *memory, size_t bytes);
// The adapter reaches the memory until the handle is closed.
extern int ef_memreg_free(ef_memreg *, ef_driver_handle);

// The DMA address of a byte. Neighbouring pages need not have neighbouring addresses.
ef_vi_inline ef_addr ef_memreg_dma_addr(ef_memreg *registration, size_t offset) {
  const size_t within = EF_VI_NIC_PAGE_SIZE - 1;
  return registration->mr_dma_addrs[offset >> EF_VI_NIC_PAGE_SHIFT] | (offset & within);
}

#ifdef __cplusplus
}
#endif

#endif
