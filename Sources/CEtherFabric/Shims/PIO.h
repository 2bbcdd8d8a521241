#pragma once

// Shims: programmed input and output.

#include "../Library.h"

static inline int ciul_ef_pio_alloc(
  ef_pio *pio, ef_driver_handle handle, struct ef_pd *domain, unsigned int bytes, ef_driver_handle domain_handle) {
  return ciul.ef_pio_alloc(pio, handle, domain, bytes, domain_handle);
}
static inline int ciul_ef_vi_get_pio_size(ef_vi *vi) { return ciul.ef_vi_get_pio_size(vi); }
static inline int ciul_ef_pio_free(ef_pio *pio, ef_driver_handle handle) { return ciul.ef_pio_free(pio, handle); }
static inline int ciul_ef_pio_link_vi(
  ef_pio *pio, ef_driver_handle handle, struct ef_vi *vi, ef_driver_handle interface_handle) {
  return ciul.ef_pio_link_vi(pio, handle, vi, interface_handle);
}
static inline int ciul_ef_pio_unlink_vi(
  ef_pio *pio, ef_driver_handle handle, struct ef_vi *vi, ef_driver_handle interface_handle) {
  return ciul.ef_pio_unlink_vi(pio, handle, vi, interface_handle);
}
static inline int ciul_ef_pio_memcpy(ef_vi *vi, const void *bytes, int offset, int length) {
  return ciul.ef_pio_memcpy(vi, bytes, offset, length);
}
