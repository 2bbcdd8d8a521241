#ifndef ETHERFABRIC_INTERNAL_STATE_H
#define ETHERFABRIC_INTERNAL_STATE_H

#include <etherfabric/internal/limits.h>
#include <etherfabric/internal/platform.h>

// What an interface counts while it runs. Inline functions read the counters of the rings, so the fields are named and
// placed as in libciul; programs leave them alone. Counts run freely and are masked at use.

typedef uint32_t ef_eventq_ptr;

typedef struct {
  ef_eventq_ptr evq_ptr; // bytes taken out of the queue
  int32_t evq_clear_stride;
  // The last time sync of the adapter.
  uint32_t sync_timestamp_major, sync_timestamp_minor, sync_timestamp_minimum, sync_timestamp_synchronised;
  uint32_t unsol_credit_seq;
  uint32_t sync_flags;
  int32_t min_unused_evq_slots; // slots that are free for certain
} ef_eventq_state;

typedef struct {
  uint32_t previous, added, removed; // descriptors: shown to the adapter, written, completed
  uint32_t ct_added, ct_removed;     // bytes of the cut-through FIFO
  // The half of a timestamp that came first.
  uint32_t ts_nsec;
  uint16_t ts_nsec_frac, ts_flags;
} ef_vi_txq_state;

// Where a receive queue of X3 or X4 stands: the next frame, and the next word that describes one.
typedef struct {
  uint32_t data_pkt;
  uint16_t superbuf_pkts;
  uint8_t meta_offset;
  uint8_t reserved;
  uint64_t meta_pkt; // packet 0-30, sentinel 31, sequence number of the buffer 32-63
} ef_vi_efct_rxq_ptr;

// The 1 MiB buffers of such a queue: a free list, and a FIFO as the adapter and as the program see it.
typedef struct {
  int16_t free_head;
  int16_t fifo_head, fifo_tail_hw, fifo_tail_sw;
  int16_t fifo_count_hw, fifo_count_sw;
  uint32_t sbseq;
  uint32_t superbuf_pkts;
  unsigned config_generation;
  int qid;
  bool generates_events;
} ef_vi_efct_rxq_state;

typedef struct {
  uint32_t posted, added, removed; // descriptors: shown to the adapter, written, completed
  uint32_t in_jumbo, bytes_acc;    // a packet of several fragments that is under way
  uint16_t last_desc_i, rx_ps_credit_avail;
  uint64_t efct_active_qs; // a bit for each queue below
  ef_vi_efct_rxq_ptr rxq_ptr[EF_VI_MAX_EFCT_RXQS];
  ef_vi_efct_rxq_state efct_state[EF_VI_MAX_EFCT_RXQS];
} ef_vi_rxq_state;

typedef struct {
  ef_eventq_state evq;
  ef_vi_txq_state txq;
  ef_vi_rxq_state rxq;
  // The request ids of both rings follow.
} ef_vi_state;

// Events that told of trouble, and what befell the buffers of each X3 or X4 queue.
typedef struct {
  uint32_t rx_ev_lost, rx_ev_bad_desc_i, rx_ev_bad_q_label, evq_gap;
  struct {
    uint64_t buffers_freed, post_fifo_full, free_list_empty, sw_fifo_empty, hw_fifo_empty, sentinel_wait;
    uint64_t acquire_failures, release_count, torn_down_out_of_order, corrupt_rxq_state;
    uint64_t buffers_posted, buffers_acquired, rollover_failed_no_evq_space;
  } efct_rxq_stats[EF_VI_MAX_EFCT_RXQS];
} ef_vi_stats;

#endif
