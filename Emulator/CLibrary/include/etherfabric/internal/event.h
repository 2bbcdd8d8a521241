#ifndef ETHERFABRIC_INTERNAL_EVENT_H
#define ETHERFABRIC_INTERNAL_EVENT_H

#include <etherfabric/internal/limits.h>
#include <etherfabric/internal/platform.h>

// What a program names a buffer by, 0 to 2^31 - 1; it comes back with the completion.
typedef int ef_request_id;

// The id of a descriptor that ends no packet, as libciul stores it.
#define EF_REQUEST_ID_MASK 0xffffffff

// One event, 16 bytes: what a poll stores. EF_EVENT_TYPE says which member to read.
typedef union {
  struct {
    unsigned type : 16;
  } generic;

  // A packet or a fragment of one. `len` counts from the packet's first fragment on, with the prefix; `ofs` is
  // where the packet begins in its buffer (AF_XDP).
  struct {
    unsigned type : 16, q_id : 8, : 8;
    unsigned rq_id : 32;
    unsigned len : 16, flags : 16;
    unsigned ofs : 16;
  } rx;
  struct {
    unsigned type : 16, q_id : 8, : 8;
    unsigned rq_id : 32;
    unsigned len : 16, flags : 16;
    unsigned subtype : 16;
  } rx_discard;
  struct {
    unsigned type : 16, q_id : 8;
  } rx_no_desc_trunc;

  // Packets sent: all up to a place in the ring, which ef_vi_transmit_unbundle turns into ids.
  struct {
    unsigned type : 16, q_id : 8, flags : 8 - EF_VI_TX_TS_FRAC_NS_BITS, : EF_VI_TX_TS_FRAC_NS_BITS;
    unsigned desc_id : 16, deferred_evs : 16;
  } tx;
  struct {
    unsigned type : 16, q_id : 8, flags : 8 - EF_VI_TX_TS_FRAC_NS_BITS, : EF_VI_TX_TS_FRAC_NS_BITS;
    unsigned desc_id : 16, deferred_evs : 16;
    unsigned subtype : 16;
  } tx_error;
  struct {
    unsigned type : 16, q_id : 8, flags : 8 - EF_VI_TX_TS_FRAC_NS_BITS, ts_nsec_frac : EF_VI_TX_TS_FRAC_NS_BITS;
    unsigned rq_id : 32;
    unsigned ts_sec : 32;
    unsigned ts_nsec : 30, ts_flags : 2;
  } tx_timestamp;
  struct {
    unsigned type : 16, q_id : 8, : 8;
    unsigned alt_id : 16;
  } tx_alt;

  // Packets that have been put one behind another into a large buffer.
  struct {
    unsigned type : 16, q_id : 8, : 8;
    unsigned flags : 16, n_pkts : 16;
    unsigned ps_flags : 8;
  } rx_packed_stream;

  // Several completions in one: ef_vi_receive_unbundle gives their ids.
  struct {
    unsigned type : 16, q_id : 8, : 8;
    unsigned n_descs : 16, flags : 16;
  } rx_multi;
  struct {
    unsigned type : 16, q_id : 8, : 8;
    unsigned n_descs : 16, flags : 16;
    unsigned subtype : 16;
  } rx_multi_discard;
  struct {
    unsigned type : 16, q_id : 8, : 8;
    unsigned n_pkts : 16, flags : 16;
  } rx_multi_pkts;

  // A packet in memory of the adapter's: efct_vi_rxpkt_get and efct_vi_rxpkt_release.
  struct {
    unsigned type : 16, len : 16;
    unsigned pkt_id : 32;
    unsigned q_id : 8, filter_id : 16, user : 8;
  } rx_ref;
  // `flags` are those of ef_vi_rx_discard_err_flags.
  struct {
    unsigned type : 16, len : 16;
    unsigned pkt_id : 32;
    unsigned q_id : 8, filter_id : 16, user : 8;
    unsigned flags : 16;
  } rx_ref_discard;

  // What ef_eventq_put was given.
  struct {
    unsigned type : 16;
    unsigned data;
  } sw;
} ef_event;

enum {
  EF_EVENT_TYPE_RX = 0,
  EF_EVENT_TYPE_TX = 1,
  EF_EVENT_TYPE_RX_DISCARD = 2,
  EF_EVENT_TYPE_TX_ERROR = 3,
  EF_EVENT_TYPE_RX_NO_DESC_TRUNC = 4, // the packet in hand was given up: the ring had no descriptor for the rest
  EF_EVENT_TYPE_SW = 5,
  EF_EVENT_TYPE_OFLOW = 6, // events were lost; the queue is of no use any more
  EF_EVENT_TYPE_TX_WITH_TIMESTAMP = 7,
  EF_EVENT_TYPE_RX_PACKED_STREAM = 8,
  EF_EVENT_TYPE_RX_MULTI = 9,
  EF_EVENT_TYPE_TX_ALT = 10,
  EF_EVENT_TYPE_RX_MULTI_DISCARD = 11,
  EF_EVENT_TYPE_RESET = 12, // the adapter has been reset: free the interface and start again
  EF_EVENT_TYPE_RX_MULTI_PKTS = 13,
  EF_EVENT_TYPE_RX_REF = 14,
  EF_EVENT_TYPE_RX_REF_DISCARD = 15,
  EF_EVENT_TYPE_MAX = 16
};

// Sub-type of a discard.
enum {
  EF_EVENT_RX_DISCARD_CSUM_BAD = 0,
  EF_EVENT_RX_DISCARD_MCAST_MISMATCH = 1,
  EF_EVENT_RX_DISCARD_CRC_BAD = 2,
  EF_EVENT_RX_DISCARD_TRUNC = 3,
  EF_EVENT_RX_DISCARD_RIGHTS = 4,
  EF_EVENT_RX_DISCARD_EV_ERROR = 5,
  EF_EVENT_RX_DISCARD_OTHER = 6,
  EF_EVENT_RX_DISCARD_INNER_CSUM_BAD = 7,
  EF_EVENT_RX_DISCARD_MAX = 8
};

// Sub-type of a transmit error.
enum {
  EF_EVENT_TX_ERROR_RIGHTS = 0,
  EF_EVENT_TX_ERROR_OFLOW = 1,
  EF_EVENT_TX_ERROR_2BIG = 2,
  EF_EVENT_TX_ERROR_BUS = 3
};

// Flags of a receive event; the first two say where in its packet a fragment is.
#define EF_EVENT_FLAG_SOP 0x1
#define EF_EVENT_FLAG_CONT 0x2
#define EF_EVENT_FLAG_ISCSI_OK 0x4
#define EF_EVENT_FLAG_MULTICAST 0x8
#define EF_EVENT_FLAG_PS_NEXT_BUFFER 0x10
// Flag of a transmit event: the frame went out as it was written (CTPIO), not by DMA.
#define EF_EVENT_FLAG_CTPIO 0x1

// Bits that a software event carries.
#define EF_EVENT_SW_DATA_MASK 0xffff

// Clock behind a timestamp: ever set from outside; in step with its source now.
#define EF_VI_SYNC_FLAG_CLOCK_SET 1
#define EF_VI_SYNC_FLAG_CLOCK_IN_SYNC 2
#define EF_EVENT_TX_WITH_TIMESTAMP_SYNC_MASK (EF_VI_SYNC_FLAG_CLOCK_SET | EF_VI_SYNC_FLAG_CLOCK_IN_SYNC)

#define EF_EVENT_TYPE(event) ((event).generic.type)

#define EF_EVENT_RX_Q_ID(event) ((event).rx.q_id)
#define EF_EVENT_RX_RQ_ID(event) ((event).rx.rq_id)
#define EF_EVENT_RX_BYTES(event) ((event).rx.len)
#define EF_EVENT_RX_SOP(event) ((event).rx.flags & EF_EVENT_FLAG_SOP)
#define EF_EVENT_RX_CONT(event) ((event).rx.flags & EF_EVENT_FLAG_CONT)
#define EF_EVENT_RX_ISCSI_OKAY(event) ((event).rx.flags & EF_EVENT_FLAG_ISCSI_OK)

#define EF_EVENT_RX_DISCARD_Q_ID(event) ((event).rx_discard.q_id)
#define EF_EVENT_RX_DISCARD_RQ_ID(event) ((event).rx_discard.rq_id)
#define EF_EVENT_RX_DISCARD_BYTES(event) ((event).rx_discard.len)
#define EF_EVENT_RX_DISCARD_SOP(event) ((event).rx_discard.flags & EF_EVENT_FLAG_SOP)
#define EF_EVENT_RX_DISCARD_CONT(event) ((event).rx_discard.flags & EF_EVENT_FLAG_CONT)
#define EF_EVENT_RX_DISCARD_TYPE(event) ((event).rx_discard.subtype)

#define EF_EVENT_RX_NO_DESC_TRUNC_Q_ID(event) ((event).rx_no_desc_trunc.q_id)
#define EF_EVENT_RX_PS_NEXT_BUFFER(event) ((event).rx_packed_stream.flags & EF_EVENT_FLAG_PS_NEXT_BUFFER)

#define EF_EVENT_RX_MULTI_Q_ID(event) ((event).rx_multi.q_id)
#define EF_EVENT_RX_MULTI_SOP(event) ((event).rx_multi.flags & EF_EVENT_FLAG_SOP)
#define EF_EVENT_RX_MULTI_CONT(event) ((event).rx_multi.flags & EF_EVENT_FLAG_CONT)
#define EF_EVENT_RX_MULTI_DISCARD_TYPE(event) ((event).rx_multi_discard.subtype)

#define EF_EVENT_TX_Q_ID(event) ((event).tx.q_id)
#define EF_EVENT_TX_CTPIO(event) ((event).tx.flags & EF_EVENT_FLAG_CTPIO)
#define EF_EVENT_TX_ERROR_Q_ID(event) ((event).tx_error.q_id)
#define EF_EVENT_TX_ERROR_TYPE(event) ((event).tx_error.subtype)
#define EF_EVENT_TX_ALT_Q_ID(event) ((event).tx_alt.q_id)
#define EF_EVENT_TX_ALT_ALT_ID(event) ((event).tx_alt.alt_id)

#define EF_EVENT_TX_WITH_TIMESTAMP_Q_ID(event) ((event).tx_timestamp.q_id)
#define EF_EVENT_TX_WITH_TIMESTAMP_RQ_ID(event) ((event).tx_timestamp.rq_id)
#define EF_EVENT_TX_WITH_TIMESTAMP_SEC(event) ((event).tx_timestamp.ts_sec)
#define EF_EVENT_TX_WITH_TIMESTAMP_NSEC(event) ((event).tx_timestamp.ts_nsec)
// The rest below the nanosecond in 2^-16 ns, as ef_precisetime has it.
#define EF_EVENT_TX_WITH_TIMESTAMP_NSEC_FRAC16(event) \
  ((event).tx_timestamp.ts_nsec_frac << (16 - EF_VI_TX_TS_FRAC_NS_BITS))
#define EF_EVENT_TX_WITH_TIMESTAMP_SYNC_FLAGS(event) \
  ((event).tx_timestamp.ts_flags & EF_EVENT_TX_WITH_TIMESTAMP_SYNC_MASK)

#define EF_EVENT_SW_DATA(event) ((event).sw.data)

// For printf: EF_EVENT_FMT in the format, EF_EVENT_PRI_ARG as its argument.
#define EF_EVENT_FMT "[ev:%x]"
#define EF_EVENT_PRI_ARG(event) ((unsigned)(event).generic.type)

#endif
