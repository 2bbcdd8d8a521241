#pragma once

// Shims: event queues, timers, and what an interface says of itself.

#include "../Library.h"

static inline const char *ciul_ef_vi_version_str(void) { return ciul.ef_vi_version_str(); }
static inline const char *ciul_ef_vi_driver_interface_str(void) { return ciul.ef_vi_driver_interface_str(); }
static inline int ciul_ef_eventq_capacity(ef_vi *vi) { return ciul.ef_eventq_capacity(vi); }
static inline unsigned int ciul_ef_vi_resource_id(ef_vi *vi) { return ef_vi_resource_id(vi); }
static inline enum ef_vi_flags ciul_ef_vi_flags(ef_vi *vi) { return ef_vi_flags(vi); }
static inline unsigned int ciul_ef_vi_instance(ef_vi *vi) { return ef_vi_instance(vi); }
static inline unsigned int ciul_ef_eventq_current(ef_vi *vi) { return ef_eventq_current(vi); }
static inline ef_vi *ciul___ef_vi_get_vi_from_q_id(ef_vi *vi, int label) { return __ef_vi_get_vi_from_q_id(vi, label); }
static inline int ciul_ef_eventq_check_event(ef_vi *vi, int count) { return ef_eventq_check_event(vi, count); }
static inline int ciul_ef_eventq_check_event_phase_bit(ef_vi *vi, int count) {
  return ef_eventq_check_event_phase_bit(vi, count);
}
static inline int ciul_efxdp_ef_eventq_check_event(ef_vi *vi, int count) {
  return efxdp_ef_eventq_check_event(vi, count);
}
static inline int ciul_efct_ef_eventq_check_event(ef_vi *vi) { return efct_ef_eventq_check_event(vi); }
static inline int ciul_ef_eventq_has_event(ef_vi *vi) { return ef_eventq_has_event(vi); }
static inline int ciul_ef_eventq_has_many_events(ef_vi *vi, int count) { return ef_eventq_has_many_events(vi, count); }
static inline void ciul_ef_eventq_prime(ef_vi *vi) { ef_eventq_prime(vi); }
static inline int ciul_ef_eventq_poll(ef_vi *vi, ef_event *events, int room) {
  return ef_eventq_poll(vi, events, room);
}
static inline int ciul_ef_receive_poll(ef_vi *vi, ef_event *events, int room) {
  return ef_receive_poll(vi, events, room);
}
static inline ef_vi *ciul_ef_vi_get_vi_from_q_id(ef_vi *vi, int label) { return ef_vi_get_vi_from_q_id(vi, label); }
static inline void ciul_ef_eventq_timer_prime(ef_vi *vi, unsigned microseconds) {
  ef_eventq_timer_prime(vi, microseconds);
}
static inline void ciul_ef_eventq_timer_run(ef_vi *vi, unsigned microseconds) { ef_eventq_timer_run(vi, microseconds); }
static inline void ciul_ef_eventq_timer_clear(ef_vi *vi) { ef_eventq_timer_clear(vi); }
static inline void ciul_ef_eventq_timer_zero(ef_vi *vi) { ef_eventq_timer_zero(vi); }
