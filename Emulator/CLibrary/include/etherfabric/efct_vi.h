#ifndef __EFAB_EFCT_VI_H__
#define __EFAB_EFCT_VI_H__

// Receiving on X3 and on X4's express datapath: packets lie in buffers that the adapter chose, until they are released.

#include <etherfabric/ef_vi.h>

#ifdef __cplusplus
extern "C" {
#endif

// Bytes of a packet that efct_vi_rx_future_peek shows.
#define EFCT_FUTURE_VALID_BYTES 62

// The first byte of the packet of an event EF_EVENT_TYPE_RX_REF or _DISCARD.
extern const void *efct_vi_rxpkt_get(struct ef_vi *, uint32_t packet);
// Gives it back. In any order; a buffer is used again when its last packet is back.
extern void efct_vi_rxpkt_release(struct ef_vi *, uint32_t packet);

// The beginning of a packet that is still arriving. NULL: none. It may yet turn out bad.
extern const void *efct_vi_rx_future_peek(struct ef_vi *);
// Polls the queue that the peek found.
extern int efct_vi_rx_future_poll(ef_vi *, ef_event *events, int room);

// As ef_vi_receive_get_precise_timestamp, by the number of the packet. -ENODATA.
ef_vi_inline __attribute__((deprecated("use ef_vi_receive_get_precise_timestamp"))) int
efct_vi_rxpkt_get_timestamp(struct ef_vi *vi, uint32_t packet, ef_timespec *time, unsigned *flags) {
  ef_precisetime precise = {0, 0, 0, 0};
  const int result = ef_vi_receive_get_precise_timestamp(vi, efct_vi_rxpkt_get(vi, packet), &precise);
  time->tv_sec = (time_t)precise.tv_sec;
  time->tv_nsec = (long)precise.tv_nsec;
  *flags = precise.tv_flags;
  return result;
}

// Older forms of ef_vi_start_transmit_warm and ef_vi_stop_transmit_warm.
extern void efct_vi_start_transmit_warm(ef_vi *);
extern void efct_vi_stop_transmit_warm(ef_vi *);

#ifdef __cplusplus
}
#endif

#endif
