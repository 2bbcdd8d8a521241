#ifndef __EFAB_PIO_H__
#define __EFAB_PIO_H__

// Buffers on the adapter, which packets are sent from without a DMA read. E only.

#include <etherfabric/base.h>

#ifdef __cplusplus
extern "C" {
#endif

struct ef_pd;

// The calls are there.
#define EF_VI_CONFIG_PIO 1

// Programs provide the memory and leave the fields alone.
typedef struct ef_pio {
  uint8_t *pio_buffer; // what the buffer holds, readable
  uint8_t *pio_io;
  unsigned pio_resource_id;
  unsigned pio_len; // bytes
} ef_pio;

// -EOPNOTSUPP: no such buffers; -ENOSPC: none left; -ENOMEM. `bytes` is a wish.
extern int ef_pio_alloc(ef_pio *, ef_driver_handle, struct ef_pd *, unsigned bytes, ef_driver_handle domain_handle);
extern int ef_pio_free(ef_pio *, ef_driver_handle);

// An interface sends from the buffer that is linked to it.
extern int ef_pio_link_vi(ef_pio *, ef_driver_handle, struct ef_vi *, ef_driver_handle interface_handle);
extern int ef_pio_unlink_vi(ef_pio *, ef_driver_handle, struct ef_vi *, ef_driver_handle interface_handle);

// Bytes of the linked buffer.
extern int ef_vi_get_pio_size(ef_vi *);
// Copies into it, to be sent by ef_vi_transmit_pio.
extern int ef_pio_memcpy(ef_vi *, const void *bytes, int offset, int length);

#ifdef __cplusplus
}
#endif

#endif
