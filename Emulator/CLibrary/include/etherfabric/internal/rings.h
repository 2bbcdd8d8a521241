#ifndef ETHERFABRIC_INTERNAL_RINGS_H
#define ETHERFABRIC_INTERNAL_RINGS_H

#include <etherfabric/internal/address.h>
#include <etherfabric/internal/limits.h>
#include <etherfabric/internal/platform.h>

struct ef_vi;

// The memory of the rings. Masks are sizes minus one; without a ring they are 0.

typedef struct {
  uint32_t mask;
  uint32_t ct_fifo_bytes; // payload that the cut-through FIFO holds
  uint64_t efct_fixed_header;
  uint32_t efct_aperture_mask;
  uint8_t ct_thresh_min; // units of 64 bytes
  uint8_t reserved[3];
  void *descriptors;
  uint32_t *ids; // EF_REQUEST_ID_MASK where a slot ends no packet
} ef_vi_txq;

typedef struct {
  uint32_t mask;
  void *descriptors;
  uint32_t *ids;
} ef_vi_rxq;

// Receive queues of X3 and X4: buffers that the adapter or the kernel chooses, and the calls that obtain them.

typedef struct {
  struct {
    // Memory that may change at any time; `superbuf_pkts` points to 0 while the queue is idle.
    const uint32_t *superbuf_pkts;
    const unsigned *config_generation;
    const uint64_t *time_sync;
  } live;
  uint32_t config_generation;
  const char *superbuf; // all buffers, one behind another
  const void *mappings;
} ef_vi_efct_rxq;

typedef void (*ef_vi_dump_log_fn_t)(void *context, const char *format, ...) __attribute__((format(printf, 2, 3)));

struct efch_resource_id_s;

// `queue` is an index in ef_vi_efct_rxqs.q, `buffer` a number of a buffer.
typedef struct {
  bool (*available)(const struct ef_vi *, int queue);
  int (*next)(struct ef_vi *, int queue, bool *sentinel, unsigned *sequence);
  void (*free)(struct ef_vi *, int queue, int buffer);
  void (*post)(struct ef_vi *, int queue, int buffer, bool sentinel);
  int (*pre_attach)(struct ef_vi *, bool shared, bool interrupts);
  int (*attach)(
    struct ef_vi *, int hardware_queue, int buffer_file, unsigned buffers, bool shared, bool interrupts, int *attached);
  void (*detach)(struct ef_vi *, int queue);
  int (*refresh)(struct ef_vi *, int queue);
  int (*refresh_mappings)(struct ef_vi *, int queue, uint64_t buffers, uint64_t *mappings);
  int (*prime)(struct ef_vi *, ef_driver_handle);
  int (*get_wakeup_params)(struct ef_vi *, int queue, unsigned *sequence, unsigned *packet);
  struct efch_resource_id_s (*get_rxq_resource_id)(struct ef_vi *, int queue);
  void (*cleanup)(struct ef_vi *);
  void (*dump_stats)(struct ef_vi *, ef_vi_dump_log_fn_t log, void *context);
  int (*set_client_buf_count)(struct ef_vi *, size_t buffers);
  uintptr_t user_data;
} ef_vi_efct_rxq_ops;

struct efab_efct_rxq_uk_shm_base;

typedef struct {
  const uint64_t *active_qs; // NULL on adapters without such queues
  uint64_t max_qs;
  ef_vi_efct_rxq q[EF_VI_MAX_EFCT_RXQS];
  ef_vi_efct_rxq_ops *ops;
  uint8_t meta_offset;
  uint16_t rx_stride;
  const struct efab_efct_rxq_uk_shm_base *shm;
} ef_vi_efct_rxqs;

#endif
