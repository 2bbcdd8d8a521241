#pragma once

// Shims: receiving.

#include "../Library.h"

static inline int ciul_ef_vi_receive_post(ef_vi *vi, ef_addr address, ef_request_id id) {
  return ciul.ef_vi_receive_post(vi, address, id);
}
static inline int ciul_ef_vi_receive_get_timestamp(ef_vi *vi, const void *packet, struct timespec *time) {
  return ciul.ef_vi_receive_get_timestamp(vi, packet, time);
}
static inline int ciul_ef_vi_receive_get_timestamp_with_sync_flags(
  ef_vi *vi, const void *packet, struct timespec *time, unsigned int *flags) {
  return ciul.ef_vi_receive_get_timestamp_with_sync_flags(vi, packet, time, flags);
}
static inline int ciul_ef_vi_receive_get_bytes(ef_vi *vi, const void *packet, uint16_t *bytes) {
  return ciul.ef_vi_receive_get_bytes(vi, packet, bytes);
}
static inline int ciul_ef_vi_receive_get_user_data(ef_vi *vi, const void *packet, uint32_t *mark, uint8_t *flag) {
  return ciul.ef_vi_receive_get_user_data(vi, packet, mark, flag);
}
static inline int ciul_ef_vi_receive_unbundle(ef_vi *vi, const ef_event *event, ef_request_id *ids) {
  return ciul.ef_vi_receive_unbundle(vi, event, ids);
}
static inline ef_request_id ciul_ef_vi_rxq_next_desc_id(ef_vi *vi) { return ciul.ef_vi_rxq_next_desc_id(vi); }
static inline int ciul_ef_vi_receive_query_layout(ef_vi *vi, const ef_vi_layout_entry **const table, int *count) {
  return ciul.ef_vi_receive_query_layout(vi, table, count);
}
static inline int ciul_ef_vi_receive_get_discard_flags(ef_vi *vi, const void *packet, unsigned int *flags) {
  return ciul.ef_vi_receive_get_discard_flags(vi, packet, flags);
}
static inline int ciul_ef_vi_receive_prefix_len(const ef_vi *vi) { return ef_vi_receive_prefix_len(vi); }
static inline int ciul_ef_vi_receive_buffer_len(const ef_vi *vi) { return ef_vi_receive_buffer_len(vi); }
static inline void ciul_ef_vi_receive_set_buffer_len(ef_vi *vi, unsigned int bytes) {
  ef_vi_receive_set_buffer_len(vi, bytes);
}
static inline int ciul_ef_vi_receive_space(const ef_vi *vi) { return ef_vi_receive_space(vi); }
static inline int ciul_ef_vi_receive_fill_level(const ef_vi *vi) { return ef_vi_receive_fill_level(vi); }
static inline int ciul_ef_vi_receive_capacity(const ef_vi *vi) { return ef_vi_receive_capacity(vi); }
static inline unsigned int ciul_ef_vi_get_rx_discard_subtype_from_flags(unsigned int flags) {
  return ef_vi_get_rx_discard_subtype_from_flags(flags);
}
static inline int ciul_ef_vi_receive_init(ef_vi *vi, ef_addr address, ef_request_id id) {
  return ef_vi_receive_init(vi, address, id);
}
static inline void ciul_ef_vi_receive_push(ef_vi *vi) { ef_vi_receive_push(vi); }
static inline int ciul_ef_vi_receive_get_precise_timestamp(ef_vi *vi, const void *packet, ef_precisetime *time) {
  return ef_vi_receive_get_precise_timestamp(vi, packet, time);
}
static inline int ciul_ef_vi_receive_set_discards(ef_vi *vi, unsigned mask) {
  return ef_vi_receive_set_discards(vi, mask);
}
static inline uint64_t ciul_ef_vi_receive_get_discards(ef_vi *vi) { return ef_vi_receive_get_discards(vi); }
static inline int32_t ciul_ef_vi_receive_get_filter_id(ef_vi *vi, const ef_event *event, const void *packet) {
  return ef_vi_receive_get_filter_id(vi, event, packet);
}
static inline int ciul_ef_vi_set_shrub_client_buffer_count(ef_vi *vi, size_t count) {
  return ef_vi_set_shrub_client_buffer_count(vi, count);
}
