#pragma once

// Shims: sending.

#include "../Library.h"

static inline int ciul_ef_vi_transmit_init(ef_vi *vi, ef_addr address, int length, ef_request_id id) {
  return ciul.ef_vi_transmit_init(vi, address, length, id);
}
static inline int ciul_ef_vi_transmitv_init_extra(
  struct ef_vi *vi, const struct ef_vi_tx_extra *extra, const ef_remote_iovec *pieces, int count, ef_request_id id) {
  return ciul.ef_vi_transmitv_init_extra(vi, extra, pieces, count, id);
}
static inline void ciul_ef_vi_transmit_init_undo(ef_vi *vi) { ciul.ef_vi_transmit_init_undo(vi); }
static inline int ciul_ef_vi_transmit_unbundle(ef_vi *vi, const ef_event *event, ef_request_id *ids) {
  return ciul.ef_vi_transmit_unbundle(vi, event, ids);
}
static inline unsigned int ciul_ef_vi_transmit_alt_num_ids(ef_vi *vi) { return ciul.ef_vi_transmit_alt_num_ids(vi); }
static inline int ciul_ef_vi_transmit_alt_query_overhead(ef_vi *vi, struct ef_vi_transmit_alt_overhead *overhead) {
  return ciul.ef_vi_transmit_alt_query_overhead(vi, overhead);
}
static inline void ciul_ef_vi_set_tx_push_threshold(ef_vi *vi, unsigned int threshold) {
  ciul.ef_vi_set_tx_push_threshold(vi, threshold);
}
static inline int ciul___ef_vi_reinit_txq_post_error(ef_vi *vi) { return ciul.__ef_vi_reinit_txq_post_error(vi); }
static inline int ciul_ef_vi_transmit_space(const ef_vi *vi) { return ef_vi_transmit_space(vi); }
static inline int ciul_ef_vi_transmit_fill_level(const ef_vi *vi) { return ef_vi_transmit_fill_level(vi); }
static inline int ciul_ef_vi_transmit_space_bytes(const ef_vi *vi) { return ef_vi_transmit_space_bytes(vi); }
static inline int ciul_ef_vi_transmit_fill_level_bytes(const ef_vi *vi) { return ef_vi_transmit_fill_level_bytes(vi); }
static inline int ciul_ef_vi_transmit_capacity(const ef_vi *vi) { return ef_vi_transmit_capacity(vi); }
static inline uint32_t ciul_ef_vi_transmit_alt_usage(
  const struct ef_vi_transmit_alt_overhead *overhead, uint32_t length) {
  return ef_vi_transmit_alt_usage(overhead, length);
}
static inline void ciul_ef_vi_transmit_ctpio(ef_vi *vi, const void *frame, size_t length, unsigned int threshold) {
  ef_vi_transmit_ctpio(vi, frame, length, threshold);
}
static inline int ciul_ef_vi_transmitv_init(ef_vi *vi, const ef_iovec *pieces, int count, ef_request_id id) {
  return ef_vi_transmitv_init(vi, pieces, count, id);
}
static inline void ciul_ef_vi_transmit_push(ef_vi *vi) { ef_vi_transmit_push(vi); }
static inline int ciul_ef_vi_transmit(ef_vi *vi, ef_addr address, int length, ef_request_id id) {
  return ef_vi_transmit(vi, address, length, id);
}
static inline int ciul_ef_vi_transmitv(ef_vi *vi, const ef_iovec *pieces, int count, ef_request_id id) {
  return ef_vi_transmitv(vi, pieces, count, id);
}
static inline int ciul_ef_vi_transmit_pio(ef_vi *vi, int offset, int length, ef_request_id id) {
  return ef_vi_transmit_pio(vi, offset, length, id);
}
static inline int ciul_ef_vi_transmit_copy_pio(ef_vi *vi, int offset, const void *bytes, int length, ef_request_id id) {
  return ef_vi_transmit_copy_pio(vi, offset, bytes, length, id);
}
static inline void ciul_ef_vi_transmit_pio_warm(ef_vi *vi) { ef_vi_transmit_pio_warm(vi); }
static inline void ciul_ef_vi_transmit_copy_pio_warm(ef_vi *vi, int offset, const void *bytes, int length) {
  ef_vi_transmit_copy_pio_warm(vi, offset, bytes, length);
}
static inline void ciul_ef_vi_start_transmit_warm(ef_vi *vi, ef_vi_tx_warm_state *saved, char *aperture) {
  ef_vi_start_transmit_warm(vi, saved, aperture);
}
static inline void ciul_ef_vi_stop_transmit_warm(ef_vi *vi, ef_vi_tx_warm_state *saved) {
  ef_vi_stop_transmit_warm(vi, saved);
}
static inline int ciul_ef_vi_transmit_alt_select(ef_vi *vi, unsigned alternative) {
  return ef_vi_transmit_alt_select(vi, alternative);
}
static inline int ciul_ef_vi_transmit_alt_select_normal(ef_vi *vi) { return ef_vi_transmit_alt_select_normal(vi); }
static inline int ciul_ef_vi_transmit_alt_stop(ef_vi *vi, unsigned alternative) {
  return ef_vi_transmit_alt_stop(vi, alternative);
}
static inline int ciul_ef_vi_transmit_alt_go(ef_vi *vi, unsigned alternative) {
  return ef_vi_transmit_alt_go(vi, alternative);
}
static inline int ciul_ef_vi_transmit_alt_discard(ef_vi *vi, unsigned alternative) {
  return ef_vi_transmit_alt_discard(vi, alternative);
}
static inline void ciul_ef_vi_transmitv_ctpio(
  ef_vi *vi, size_t length, const struct iovec *pieces, int count, unsigned threshold) {
  ef_vi_transmitv_ctpio(vi, length, pieces, count, threshold);
}
static inline void ciul_ef_vi_transmitv_ctpio_copy(
  ef_vi *vi, size_t length, const struct iovec *pieces, int count, unsigned threshold, void *fallback) {
  ef_vi_transmitv_ctpio_copy(vi, length, pieces, count, threshold, fallback);
}
static inline int ciul_ef_vi_transmit_ctpio_fallback(ef_vi *vi, ef_addr address, size_t length, ef_request_id id) {
  return ef_vi_transmit_ctpio_fallback(vi, address, length, id);
}
static inline int ciul_ef_vi_transmitv_ctpio_fallback(ef_vi *vi, const ef_iovec *pieces, int count, ef_request_id id) {
  return ef_vi_transmitv_ctpio_fallback(vi, pieces, count, id);
}
static inline int ciul_ef_vi_reinit_txq_post_error(ef_vi *vi) { return ciul.__ef_vi_reinit_txq_post_error(vi); }
// One turn of the loop: the next id that was not sent, or -1 behind the last.
static inline int ciul_ef_vi_for_each_tx_error_failed_transmit(ef_vi *vi) {
  unsigned id;
  ef_vi_for_each_tx_error_failed_transmit(vi, id) {
    vi->ep_state->txq.removed++;
    return (int)id;
  }
  return -1;
}
