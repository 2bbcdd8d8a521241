#pragma once

// Shims: capabilities.

#include "../Library.h"

static inline int ciul_ef_vi_capabilities_get(
  ef_driver_handle handle, int interface, enum ef_vi_capability capability, unsigned long *value) {
  return ciul.ef_vi_capabilities_get(handle, interface, capability, value);
}
static inline int ciul_ef_pd_capabilities_get(
  ef_driver_handle handle, ef_pd *domain, ef_driver_handle domain_handle, enum ef_vi_capability capability,
  unsigned long *value) {
  return ciul.ef_pd_capabilities_get(handle, domain, domain_handle, capability, value);
}
static inline int ciul_ef_vi_capabilities_get_from_pd_flags(
  ef_driver_handle handle, int interface, enum ef_pd_flags flags, enum ef_vi_capability capability,
  unsigned long *value) {
  return ciul.ef_vi_capabilities_get_from_pd_flags(handle, interface, flags, capability, value);
}
static inline int ciul_ef_vi_capabilities_max(void) { return ciul.ef_vi_capabilities_max(); }
static inline const char *ciul_ef_vi_capabilities_name(enum ef_vi_capability capability) {
  return ciul.ef_vi_capabilities_name(capability);
}
