#pragma once

// Shims: packets in memory of the adapter's.

#include "../Library.h"

static inline const void *ciul_efct_vi_rxpkt_get(struct ef_vi *vi, uint32_t packet) {
  return ciul.efct_vi_rxpkt_get(vi, packet);
}
static inline void ciul_efct_vi_rxpkt_release(struct ef_vi *vi, uint32_t packet) {
  ciul.efct_vi_rxpkt_release(vi, packet);
}
static inline const void *ciul_efct_vi_rx_future_peek(struct ef_vi *vi) { return ciul.efct_vi_rx_future_peek(vi); }
static inline int ciul_efct_vi_rx_future_poll(ef_vi *vi, ef_event *events, int room) {
  return ciul.efct_vi_rx_future_poll(vi, events, room);
}
static inline void ciul_efct_vi_start_transmit_warm(ef_vi *vi) { ciul.efct_vi_start_transmit_warm(vi); }
static inline void ciul_efct_vi_stop_transmit_warm(ef_vi *vi) { ciul.efct_vi_stop_transmit_warm(vi); }
static inline int ciul_efct_vi_rxpkt_get_timestamp(
  struct ef_vi *vi, uint32_t packet, struct timespec *time, unsigned int *flags) {
  ef_precisetime precise = {0, 0, 0, 0};
  int result = ef_vi_receive_get_precise_timestamp(vi, ciul.efct_vi_rxpkt_get(vi, packet), &precise);
  time->tv_sec = (time_t)precise.tv_sec;
  time->tv_nsec = (long)precise.tv_nsec;
  *flags = precise.tv_flags;
  return result;
}
