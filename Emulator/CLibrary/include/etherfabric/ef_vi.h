#ifndef __EFAB_EF_VI_H__
#define __EFAB_EF_VI_H__

// Sending, receiving and polling. Calls return 0 or a negative errno where nothing else is said. An interface is used
// by one thread at a time. E, T, U: EF10, X3, X4's express datapath.

#include <etherfabric/internal/address.h>
#include <etherfabric/internal/event.h>
#include <etherfabric/internal/flags.h>
#include <etherfabric/internal/interface.h>
#include <etherfabric/internal/limits.h>
#include <etherfabric/internal/platform.h>

#ifdef __cplusplus
extern "C" {
#endif

// ---- The library and the interface

// Version of the library.
extern const char *ef_vi_version_str(void);
// What the library and a driver compare: they work together if theirs are equal.
extern const char *ef_vi_driver_interface_str(void);

ef_vi_inline unsigned ef_vi_resource_id(ef_vi *vi) { return vi->vi_resource_id; }
// The flags of the allocation, with those that the adapter forces.
ef_vi_inline enum ef_vi_flags ef_vi_flags(ef_vi *vi) { return vi->vi_flags; }
// The adapter's number of the interface.
ef_vi_inline unsigned ef_vi_instance(ef_vi *vi) { return vi->vi_i; }

// ---- Receiving

// Bytes before a packet in its first buffer: 14 on E with timestamps, merged events or filter ids, otherwise 0.
ef_vi_inline int ef_vi_receive_prefix_len(const ef_vi *vi) { return (int)vi->rx_prefix_len; }

// Bytes that the adapter may write to a buffer, prefix included; 1792 at first. Setting it counts for the buffers that
// are initialised from then on.
ef_vi_inline int ef_vi_receive_buffer_len(const ef_vi *vi) { return (int)vi->rx_buffer_len; }
ef_vi_inline void ef_vi_receive_set_buffer_len(ef_vi *vi, unsigned bytes) { vi->rx_buffer_len = bytes; }

// Descriptors: the most that the ring takes, those that are in it, and the room that is left.
ef_vi_inline int ef_vi_receive_capacity(const ef_vi *vi) { return (int)vi->vi_rxq.mask; }
ef_vi_inline int ef_vi_receive_fill_level(const ef_vi *vi) {
  return (int)(vi->ep_state->rxq.added - vi->ep_state->rxq.removed);
}
ef_vi_inline int ef_vi_receive_space(const ef_vi *vi) {
  return (int)(vi->vi_rxq.mask - (vi->ep_state->rxq.added - vi->ep_state->rxq.removed));
}

// Writes a descriptor for a buffer. -EAGAIN: ring full. -ENOSYS on T and U, which choose buffers themselves.
#define ef_vi_receive_init(vi, address, id) (vi)->ops.receive_init((vi), (address), (id))
// Shows written descriptors to the adapter; E takes them in eights.
#define ef_vi_receive_push(vi) (vi)->ops.receive_push((vi))
// Both.
extern int ef_vi_receive_post(ef_vi *, ef_addr, ef_request_id);

// When a packet arrived; `packet` is the start of its buffer. -ENODATA: without a timestamp. On E also -ENOMSG: the
// clock was never told; -EL2NSYNC: too long ago.
#define ef_vi_receive_get_precise_timestamp(vi, packet, time) (vi)->ops.receive_get_timestamp((vi), (packet), (time))
// The same, coarser. `flags` are EF_VI_SYNC_FLAG_...; without them every failure is -1.
extern __attribute__((deprecated("use ef_vi_receive_get_precise_timestamp"))) int
ef_vi_receive_get_timestamp(ef_vi *, const void *packet, ef_timespec *time);
extern __attribute__((deprecated("use ef_vi_receive_get_precise_timestamp"))) int
ef_vi_receive_get_timestamp_with_sync_flags(ef_vi *, const void *packet, ef_timespec *time, unsigned *flags);

// Length of a packet from its prefix, in bytes, where events do not tell it (EF_VI_RX_EVENT_MERGE).
extern int ef_vi_receive_get_bytes(ef_vi *, const void *packet, uint16_t *bytes);

// The filter that a packet matched, 0 and up. -EINVAL: not asked for, or no receive event; -ENODATA: none.
#define ef_vi_receive_get_filter_id(vi, event, packet) (vi)->ops.receive_get_filter_id((vi), (event), (packet))

// Ids of an event EF_EVENT_TYPE_RX_MULTI or _DISCARD, oldest first. Returns how many, at most EF_VI_RECEIVE_BATCH.
extern int ef_vi_receive_unbundle(ef_vi *, const ef_event *, ef_request_id *ids);
// The next id of an event EF_EVENT_TYPE_RX_MULTI_PKTS, to be called n_pkts times.
extern ef_request_id ef_vi_rxq_next_desc_id(ef_vi *);

// Which errors make discard events: EF_VI_DISCARD_RX_... Unknown bits are dropped.
#define ef_vi_receive_set_discards(vi, mask) (vi)->ops.receive_set_discards((vi), (mask))
#define ef_vi_receive_get_discards(vi) (vi)->ops.receive_get_discards((vi))

// The old sub-type of a discard that flags tell more closely; 0, which is also CSUM_BAD, for none.
ef_vi_inline unsigned ef_vi_get_rx_discard_subtype_from_flags(unsigned flags) {
  const unsigned checksums = EF_VI_DISCARD_RX_L4_CSUM_ERR | EF_VI_DISCARD_RX_L3_CSUM_ERR;
  const unsigned inner = EF_VI_DISCARD_RX_INNER_L4_CSUM_ERR | EF_VI_DISCARD_RX_INNER_L3_CSUM_ERR;
  const unsigned classes =
    EF_VI_DISCARD_RX_L2_CLASS_OTHER | EF_VI_DISCARD_RX_L3_CLASS_OTHER | EF_VI_DISCARD_RX_L4_CLASS_OTHER;
  if (flags & EF_VI_DISCARD_RX_ETH_FCS_ERR) return EF_EVENT_RX_DISCARD_CRC_BAD;
  if (flags & EF_VI_DISCARD_RX_ETH_LEN_ERR) return EF_EVENT_RX_DISCARD_TRUNC;
  if (flags & checksums) return EF_EVENT_RX_DISCARD_CSUM_BAD;
  if (flags & inner) return EF_EVENT_RX_DISCARD_INNER_CSUM_BAD;
  if (flags & classes) return EF_EVENT_RX_DISCARD_OTHER;
  return 0;
}

// What the prefix holds and where.
enum ef_vi_layout_type {
  EF_VI_LAYOUT_FRAME = 0, // the packet itself
  EF_VI_LAYOUT_MINOR_TICKS = 1,
  EF_VI_LAYOUT_PACKET_LENGTH = 2,
  EF_VI_LAYOUT_COMPAT_TS = 3,
  EF_VI_LAYOUT_FILTER_ID = 4
};
typedef struct {
  enum ef_vi_layout_type evle_type;
  int evle_offset; // bytes
  const char *evle_description;
} ef_vi_layout_entry;
// A table of the library's, and its length. -EINVAL on T and U.
extern int ef_vi_receive_query_layout(ef_vi *, const ef_vi_layout_entry **const table, int *count);

// Of adapters that are gone: -EINVAL.
extern __attribute__((deprecated)) int
ef_vi_receive_get_user_data(ef_vi *, const void *packet, uint32_t *mark, uint8_t *flag);
extern __attribute__((deprecated)) int
ef_vi_receive_get_discard_flags(ef_vi *, const void *packet, unsigned *flags);

// ---- Sending. Lengths are in bytes, of the frame without FCS.

// Descriptors: the most that the ring takes, those that are in it, and the room that is left.
ef_vi_inline int ef_vi_transmit_capacity(const ef_vi *vi) { return (int)vi->vi_txq.mask; }
ef_vi_inline int ef_vi_transmit_fill_level(const ef_vi *vi) {
  return (int)(vi->ep_state->txq.added - vi->ep_state->txq.removed);
}
ef_vi_inline int ef_vi_transmit_space(const ef_vi *vi) {
  return (int)(vi->vi_txq.mask - (vi->ep_state->txq.added - vi->ep_state->txq.removed));
}

// T and U: bytes in the cut-through FIFO, and the payload that it has room for; none while no event has a place.
ef_vi_inline int ef_vi_transmit_fill_level_bytes(const ef_vi *vi) {
  return (int)(vi->ep_state->txq.ct_added - vi->ep_state->txq.ct_removed);
}
ef_vi_inline int ef_vi_transmit_space_bytes(const ef_vi *vi) {
  if (vi->evq_vi->ep_state->evq.min_unused_evq_slots <= 0) return 0;
  return (int)(vi->vi_txq.ct_fifo_bytes - (vi->ep_state->txq.ct_added - vi->ep_state->txq.ct_removed));
}

// Sends one buffer, or what a vector gathers. -EAGAIN: no room; nothing is changed.
#define ef_vi_transmit(vi, address, length, id) (vi)->ops.transmit((vi), (address), (length), (id))
#define ef_vi_transmitv(vi, pieces, count, id) (vi)->ops.transmitv((vi), (pieces), (count), (id))

// The same in two steps: descriptors, doorbell. T and U send at the first.
extern int ef_vi_transmit_init(ef_vi *, ef_addr, int length, ef_request_id);
#define ef_vi_transmitv_init(vi, pieces, count, id) (vi)->ops.transmitv_init((vi), (pieces), (count), (id))
#define ef_vi_transmit_push(vi) (vi)->ops.transmit_push((vi))
// Drops what has been initialised and not been pushed.
extern void ef_vi_transmit_init_undo(ef_vi *);
// Descriptors outstanding from which on the doorbell goes without a descriptor.
extern void ef_vi_set_tx_push_threshold(ef_vi *, unsigned threshold);

// Ids of a transmit event, oldest first. Returns how many, at most EF_VI_TRANSMIT_BATCH.
extern int ef_vi_transmit_unbundle(ef_vi *, const ef_event *, ef_request_id *ids);

// From the interface's buffer on the adapter (pio.h); the second copies `bytes` there first. E only, otherwise
// -EOPNOTSUPP. -EINVAL: offset not a multiple of 64; -EAGAIN: ring full.
#define ef_vi_transmit_pio(vi, offset, length, id) (vi)->ops.transmit_pio((vi), (offset), (length), (id))
#define ef_vi_transmit_copy_pio(vi, offset, bytes, length, id) \
  (vi)->ops.transmit_copy_pio((vi), (offset), (bytes), (length), (id))

// Keep code and data of a send in the caches; nothing is sent. Between start and stop, sends are warm-ups.
#define ef_vi_transmit_pio_warm(vi) (vi)->ops.transmit_pio_warm((vi))
#define ef_vi_transmit_copy_pio_warm(vi, offset, bytes, length) \
  (vi)->ops.transmit_copy_pio_warm((vi), (offset), (bytes), (length))
#define ef_vi_start_transmit_warm(vi, saved, aperture) (vi)->ops.start_transmit_warm((vi), (saved), (aperture))
#define ef_vi_stop_transmit_warm(vi, saved) (vi)->ops.stop_transmit_warm((vi), (saved))

// Cut-through: the frame is written to the adapter, which starts to send after `threshold` bytes. Call the fallback
// with the same frame each time: it carries the id, and the frame is sent from there if cutting through failed.
#define ef_vi_transmitv_ctpio(vi, length, pieces, count, threshold) \
  (vi)->ops.transmitv_ctpio((vi), (length), (pieces), (count), (threshold))
// The same, and copies the frame to the fallback's buffer.
#define ef_vi_transmitv_ctpio_copy(vi, length, pieces, count, threshold, fallback) \
  (vi)->ops.transmitv_ctpio_copy((vi), (length), (pieces), (count), (threshold), (fallback))
ef_vi_inline void ef_vi_transmit_ctpio(ef_vi *vi, const void *frame, size_t length, unsigned threshold) {
  struct iovec piece = {(void *)frame, length};
  ef_vi_transmitv_ctpio(vi, length, &piece, 1, threshold);
}
// -EAGAIN: no room, try again; -EOPNOTSUPP on E without EF_VI_TX_CTPIO.
#define ef_vi_transmit_ctpio_fallback(vi, address, length, id) \
  (vi)->ops.transmit_ctpio_fallback((vi), (address), (length), (id))
#define ef_vi_transmitv_ctpio_fallback(vi, pieces, count, id) \
  (vi)->ops.transmitv_ctpio_fallback((vi), (pieces), (count), (id))

// Alternatives: packets wait on the adapter until they are let go or dropped. E only, otherwise -EOPNOTSUPP.
#define ef_vi_transmit_alt_select(vi, alternative) (vi)->ops.transmit_alt_select((vi), (alternative))
#define ef_vi_transmit_alt_select_normal(vi) (vi)->ops.transmit_alt_select_default((vi))
#define ef_vi_transmit_alt_stop(vi, alternative) (vi)->ops.transmit_alt_stop((vi), (alternative))
#define ef_vi_transmit_alt_go(vi, alternative) (vi)->ops.transmit_alt_go((vi), (alternative))
#define ef_vi_transmit_alt_discard(vi, alternative) (vi)->ops.transmit_alt_discard((vi), (alternative))
// How many there are: ids from 0 on.
extern unsigned ef_vi_transmit_alt_num_ids(ef_vi *);

// What a packet takes up there: ((length + pre_round) & mask) + post_round bytes.
struct ef_vi_transmit_alt_overhead {
  uint32_t pre_round, mask, post_round;
};
// -EINVAL: the adapter or the interface has no alternatives.
extern int ef_vi_transmit_alt_query_overhead(ef_vi *, struct ef_vi_transmit_alt_overhead *);
ef_vi_inline ef_vi_pure uint32_t
ef_vi_transmit_alt_usage(const struct ef_vi_transmit_alt_overhead *overhead, uint32_t length) {
  return ((length + overhead->pre_round) & overhead->mask) + overhead->post_round;
}

// After EF_EVENT_TYPE_TX_ERROR: take the ids of what was not sent with the loop, then start the ring anew. -EINVAL:
// there is no ring.
//   int id;
//   ef_vi_for_each_tx_error_failed_transmit(vi, id) give_back(id);
extern int __ef_vi_reinit_txq_post_error(ef_vi *);
#define ef_vi_reinit_txq_post_error(vi) __ef_vi_reinit_txq_post_error((vi))
#define ef_vi_for_each_tx_error_failed_transmit(vi, id) \
  for (; (int32_t)((vi)->ep_state->txq.added - (vi)->ep_state->txq.removed) > 0; (vi)->ep_state->txq.removed++) \
    if ((uint32_t)((id) = (vi)->vi_txq.ids[(vi)->ep_state->txq.removed & (vi)->vi_txq.mask]) == EF_REQUEST_ID_MASK) { \
    } else

// Of adapters that are gone: -EINVAL.
enum ef_vi_tx_extra_flags {
  EF_VI_TX_EXTRA_MARK = 0x1,
  EF_VI_TX_EXTRA_INGRESS_MPORT = 0x2,
  EF_VI_TX_EXTRA_EGRESS_MPORT = 0x4,
  EF_VI_TX_EXTRA_CAPSULE_METADATA = 0x8
};
struct ef_vi_tx_extra {
  enum ef_vi_tx_extra_flags flags;
  uint32_t mark;
  uint16_t ingress_mport, egress_mport;
};
extern __attribute__((deprecated("use ef_vi_transmitv_init"))) int ef_vi_transmitv_init_extra(
  ef_vi *, const struct ef_vi_tx_extra *, const ef_remote_iovec *, int count, ef_request_id);

// ---- The event queue

// Events that fit without overflow.
extern int ef_eventq_capacity(ef_vi *);
// Where polling has come to: what ef_vi_prime and ef_eventq_wait are told.
ef_vi_inline unsigned ef_eventq_current(ef_vi *vi) { return vi->ep_state->evq.evq_ptr; }

// Takes events, oldest first: returns how many, 0 for none. Room for EF_VI_EVENT_POLL_MIN_EVS at least.
#define ef_eventq_poll(vi, events, room) (vi)->ops.eventq_poll((vi), (events), (room))
// The same for received packets alone. -EOPNOTSUPP on E.
#define ef_receive_poll(vi, events, room) (vi)->ops.receive_poll((vi), (events), (room))
// Asks for a wake-up at the next event; ef_vi_prime does it where the handle is to become readable.
#define ef_eventq_prime(vi) (vi)->ops.eventq_prime((vi))

// Whether there is an event; whether there are more than `count`.
#define ef_eventq_has_event(vi) (vi)->ops.eventq_has_event((vi))
#define ef_eventq_has_many_events(vi, count) (vi)->ops.eventq_has_many_events((vi), (count))
// Older names.
#define ef_eventq_check_event(vi, count) ef_eventq_has_many_events((vi), (count))
#define ef_eventq_check_event_phase_bit(vi, count) ef_eventq_has_many_events((vi), (count))
#define efxdp_ef_eventq_check_event(vi, count) ef_eventq_has_many_events((vi), (count))
#define efct_ef_eventq_check_event(vi) ef_eventq_has_event((vi))

// The interface behind the q_id of an event, where several share a queue. NULL: none.
ef_vi_inline ef_vi *__ef_vi_get_vi_from_q_id(ef_vi *vi, int label) {
  if (label < 0 || label >= vi->vi_qs_n) return NULL;
  return vi->vi_qs[label];
}
#define ef_vi_get_vi_from_q_id(vi, label) __ef_vi_get_vi_from_q_id((vi), (label))

// U, buffers shared between processes: how many this one may hold. -EOPNOTSUPP on T.
#define ef_vi_set_shrub_client_buffer_count(vi, count) (vi)->efct_rxqs.ops->set_client_buf_count((vi), (count))

#ifdef __cplusplus
}
#endif

#endif
