#ifndef ETHERFABRIC_INTERNAL_INTERFACE_H
#define ETHERFABRIC_INTERNAL_INTERFACE_H

#include <etherfabric/internal/address.h>
#include <etherfabric/internal/event.h>
#include <etherfabric/internal/flags.h>
#include <etherfabric/internal/rings.h>
#include <etherfabric/internal/state.h>

// A time with what is below the nanosecond.
typedef struct {
  int64_t tv_sec;
  uint32_t tv_nsec;
  uint16_t tv_nsec_frac; // 2^-16 ns
  uint16_t tv_flags;     // EF_VI_SYNC_FLAG_...
} ef_precisetime;

struct ef_vi_nic_type {
  unsigned char arch; // enum ef_vi_arch
  char variant;       // 'A' and on within it
  unsigned char revision;
  unsigned char nic_flags;
};

// What ef_vi_start_transmit_warm sets aside.
typedef struct {
  unsigned removed;
  char *vi_ctpio_mmap_ptr;
} ef_vi_tx_warm_state;

struct ef_filter_cookie;
struct ef_filter_spec;
struct ef_pio;
struct ef_vi_compat_data;
struct efab_nic_design_parameters;

// A virtual interface. Programs provide the memory and leave the fields alone; macros and inline functions read
// them, so they are named and placed as in libciul.
typedef struct ef_vi {
  unsigned inited; // not 0 from ef_vi_alloc_from_pd to ef_vi_free
  unsigned vi_resource_id;
  unsigned vi_i; // the adapter's number of it
  ef_driver_handle dh;

  // Lengths in bytes.
  unsigned rx_buffer_len;
  unsigned rx_prefix_len;
  uint8_t last_ctpio_failed;
  uint64_t rx_discard_mask;
  int rx_ts_correction; // ticks
  unsigned rx_pkt_len_offset;
  unsigned rx_pkt_len_mask;
  int tx_ts_correction_ns;
  enum ef_timestamp_format ts_format;
  uint8_t ts_subnano_bits;

  // What is mapped, and how many bytes.
  char *vi_mem_mmap_ptr;
  int vi_mem_mmap_bytes;
  char *vi_io_mmap_ptr;
  int vi_io_mmap_bytes;
  char *vi_ctpio_mmap_ptr;
  uint32_t vi_ctpio_wb_ticks;
  int ep_state_bytes;

  // Booleans, and the size of packed stream buffers in bytes.
  int vi_clustered;
  int vi_is_packed_stream;
  int vi_is_normal;
  unsigned vi_ps_buf_size;

  ef_vi_ioaddr_t io;
  struct ef_pio *linked_pio;

  char *evq_base;
  unsigned evq_mask; // bytes of the queue minus one
  unsigned evq_max_events;
  int evq_phase_bits;
  unsigned timer_quantum_ns;
  unsigned tx_push_thresh;

  ef_vi_txq vi_txq;
  ef_vi_rxq vi_rxq;
  ef_vi_state *ep_state;
  enum ef_vi_flags vi_flags;
  enum ef_vi_out_flags vi_out_flags;
  ef_vi_stats *vi_stats;

  struct ef_vi *evq_vi; // whose event queue it uses: its own, as a rule
  struct ef_vi *vi_qs[EF_VI_MAX_QS];
  int vi_qs_n;

  uint8_t future_qix;
  ef_vi_efct_rxqs efct_rxqs;

  unsigned tx_alt_num;
  unsigned *tx_alt_id2hw;
  unsigned *tx_alt_hw2id;

  struct ef_vi_nic_type nic_type;

  int (*xdp_kick)(struct ef_vi *);
  void *xdp_kick_context;
  uint32_t unsol_credit_seq_mask;
  struct ef_vi_compat_data *compat_data;

  // What differs between adapters. Reached through the macros of ef_vi.h and timer.h.
  struct ops {
    int (*transmit)(struct ef_vi *, ef_addr, int length, ef_request_id);
    int (*transmitv)(struct ef_vi *, const ef_iovec *, int pieces, ef_request_id);
    int (*transmitv_init)(struct ef_vi *, const ef_iovec *, int pieces, ef_request_id);
    void (*transmit_push)(struct ef_vi *);
    int (*transmit_pio)(struct ef_vi *, int offset, int length, ef_request_id);
    int (*transmit_copy_pio)(struct ef_vi *, int offset, const void *bytes, int length, ef_request_id);
    void (*start_transmit_warm)(struct ef_vi *, ef_vi_tx_warm_state *, char *aperture);
    void (*stop_transmit_warm)(struct ef_vi *, ef_vi_tx_warm_state *);
    void (*transmit_pio_warm)(struct ef_vi *);
    void (*transmit_copy_pio_warm)(struct ef_vi *, int offset, const void *bytes, int length);
    void (*transmitv_ctpio)(struct ef_vi *, size_t length, const struct iovec *, int pieces, unsigned threshold);
    void (*transmitv_ctpio_copy)(
      struct ef_vi *, size_t length, const struct iovec *, int pieces, unsigned threshold, void *fallback);
    int (*transmit_alt_select)(struct ef_vi *, unsigned alternative);
    int (*transmit_alt_select_default)(struct ef_vi *);
    int (*transmit_alt_stop)(struct ef_vi *, unsigned alternative);
    int (*transmit_alt_go)(struct ef_vi *, unsigned alternative);
    int (*receive_set_discards)(struct ef_vi *, unsigned mask);
    uint64_t (*receive_get_discards)(struct ef_vi *);
    int (*transmit_alt_discard)(struct ef_vi *, unsigned alternative);
    int (*receive_init)(struct ef_vi *, ef_addr, ef_request_id);
    void (*receive_push)(struct ef_vi *);
    int (*receive_get_timestamp)(struct ef_vi *, const void *packet, ef_precisetime *);
    int (*eventq_poll)(struct ef_vi *, ef_event *, int room);
    void (*eventq_prime)(struct ef_vi *);
    void (*eventq_timer_prime)(struct ef_vi *, unsigned value);
    void (*eventq_timer_run)(struct ef_vi *, unsigned value);
    void (*eventq_timer_clear)(struct ef_vi *);
    void (*eventq_timer_zero)(struct ef_vi *);
    int (*eventq_has_event)(const struct ef_vi *);
    int (*eventq_has_many_events)(const struct ef_vi *, int count);
    int (*transmit_ctpio_fallback)(struct ef_vi *, ef_addr, size_t length, ef_request_id);
    int (*transmitv_ctpio_fallback)(struct ef_vi *, const ef_iovec *, int pieces, ef_request_id);
    int (*receive_poll)(struct ef_vi *, ef_event *, int room);
    int32_t (*receive_get_filter_id)(struct ef_vi *, const ef_event *, const void *packet);
    int (*future_eventq_poll)(struct ef_vi *, ef_event *, int room);
  } ops;
  struct internal_ops {
    int (*design_parameters)(struct ef_vi *, struct efab_nic_design_parameters *);
    int (*pre_filter_add)(struct ef_vi *, bool shared, bool interrupts);
    int (*post_filter_add)(
      struct ef_vi *, const struct ef_filter_spec *, const struct ef_filter_cookie *, int hardware_queue, bool shared);
  } internal_ops;
} ef_vi;

// What an interface of X3 or X4 keeps besides while it poses as EF10.
struct ef_vi_compat_data {
  enum ef_vi_arch underlying_arch;
#ifdef __cplusplus
  struct ef_vi::ops underlying_ops;
#else
  struct ops underlying_ops;
#endif
  union {
    struct {
      ef_addr *rx_descriptors;
      void *tx_dma_buf;
    } ef10;
  } arch;
};

#endif
