#pragma once

// Shims: interfaces and sets: allocating, asking, freeing.

#include "../Library.h"

static inline int ciul_ef_vi_alloc_from_pd(
  ef_vi *vi, ef_driver_handle handle, struct ef_pd *domain, ef_driver_handle domain_handle, int events, int receives,
  int transmits, ef_vi *events_of, ef_driver_handle events_handle, enum ef_vi_flags flags) {
  return ciul.ef_vi_alloc_from_pd(vi, handle, domain, domain_handle, events, receives, transmits, events_of,
    events_handle, flags);
}
static inline int ciul_ef_vi_free(ef_vi *vi, ef_driver_handle handle) { return ciul.ef_vi_free(vi, handle); }
static inline int ciul_ef_vi_transmit_alt_alloc(struct ef_vi *vi, ef_driver_handle handle, int count, size_t bytes) {
  return ciul.ef_vi_transmit_alt_alloc(vi, handle, count, bytes);
}
static inline int ciul_ef_vi_transmit_alt_free(struct ef_vi *vi, ef_driver_handle handle) {
  return ciul.ef_vi_transmit_alt_free(vi, handle);
}
static inline int ciul_ef_vi_transmit_alt_query_buffering(
  struct ef_vi *vi, int interface, ef_driver_handle handle, int count) {
  return ciul.ef_vi_transmit_alt_query_buffering(vi, interface, handle, count);
}
static inline int ciul_ef_vi_flush(ef_vi *vi, ef_driver_handle handle) { return ciul.ef_vi_flush(vi, handle); }
static inline int ciul_ef_vi_pace(ef_vi *vi, ef_driver_handle handle, int value) {
  return ciul.ef_vi_pace(vi, handle, value);
}
static inline unsigned int ciul_ef_vi_mtu(ef_vi *vi, ef_driver_handle handle) { return ciul.ef_vi_mtu(vi, handle); }
static inline int ciul_ef_vi_get_mac(ef_vi *vi, ef_driver_handle handle, void *address) {
  return ciul.ef_vi_get_mac(vi, handle, address);
}
static inline int ciul_ef_eventq_put(unsigned int resource, ef_driver_handle handle, unsigned int data) {
  return ciul.ef_eventq_put(resource, handle, data);
}
static inline int ciul_ef_vi_set_alloc_from_pd(
  ef_vi_set *set, ef_driver_handle handle, struct ef_pd *domain, ef_driver_handle domain_handle, int interfaces) {
  return ciul.ef_vi_set_alloc_from_pd(set, handle, domain, domain_handle, interfaces);
}
static inline int ciul_ef_vi_set_free(ef_vi_set *set, ef_driver_handle handle) {
  return ciul.ef_vi_set_free(set, handle);
}
static inline int ciul_ef_vi_alloc_from_set(
  ef_vi *vi, ef_driver_handle handle, ef_vi_set *set, ef_driver_handle set_handle, int index, int events, int receives,
  int transmits, ef_vi *events_of, ef_driver_handle events_handle, enum ef_vi_flags flags) {
  return ciul.ef_vi_alloc_from_set(vi, handle, set, set_handle, index, events, receives, transmits, events_of,
    events_handle, flags);
}
static inline int ciul_ef_vi_prime(ef_vi *vi, ef_driver_handle handle, unsigned int current) {
  return ciul.ef_vi_prime(vi, handle, current);
}
