#pragma once

// Shims: driver handles, protection domains, registered memory.

#include "../Library.h"

static inline int ciul_ef_eventq_wait(
  ef_vi *vi, ef_driver_handle handle, unsigned int current, const struct timeval *timeout) {
  return ciul.ef_eventq_wait(vi, handle, current, timeout);
}
static inline int ciul_ef_driver_open(ef_driver_handle *handle) { return ciul.ef_driver_open(handle); }
static inline int ciul_ef_driver_close(ef_driver_handle handle) { return ciul.ef_driver_close(handle); }
static inline int ciul_ef_pd_alloc(ef_pd *domain, ef_driver_handle handle, int interface, enum ef_pd_flags flags) {
  return ciul.ef_pd_alloc(domain, handle, interface, flags);
}
static inline int ciul_ef_pd_alloc_by_name(
  ef_pd *domain, ef_driver_handle handle, const char *name, enum ef_pd_flags flags) {
  return ciul.ef_pd_alloc_by_name(domain, handle, name, flags);
}
static inline int ciul_ef_pd_alloc_with_vport(
  ef_pd *domain, ef_driver_handle handle, const char *name, enum ef_pd_flags flags, int vlan) {
  return ciul.ef_pd_alloc_with_vport(domain, handle, name, flags, vlan);
}
static inline const char *ciul_ef_pd_interface_name(ef_pd *domain) { return ciul.ef_pd_interface_name(domain); }
static inline int ciul_ef_pd_free(ef_pd *domain, ef_driver_handle handle) { return ciul.ef_pd_free(domain, handle); }
static inline int ciul_ef_memreg_alloc(
  ef_memreg *registration, ef_driver_handle handle, struct ef_pd *domain, ef_driver_handle domain_handle, void *memory,
  size_t bytes) {
  return ciul.ef_memreg_alloc(registration, handle, domain, domain_handle, memory, bytes);
}
static inline int ciul_ef_memreg_free(ef_memreg *registration, ef_driver_handle handle) {
  return ciul.ef_memreg_free(registration, handle);
}
static inline ef_addr ciul_ef_memreg_dma_addr(ef_memreg *registration, size_t offset) {
  return ef_memreg_dma_addr(registration, offset);
}
