#ifndef __EFAB_VI_H__
#define __EFAB_VI_H__

// Allocating interfaces, and steering packets to them.

#include <etherfabric/base.h>
#include <etherfabric/ef_vi.h>

#ifdef __cplusplus
extern "C" {
#endif

struct ef_pd;
struct in6_addr;

// ---- Interfaces

// Capacities are descriptors or events: 0 for none, -1 for a default. With `events_of` the events go to the queue of
// that interface. Returns the label of the new queue there, 0 for its own. -EINVAL; -EOPNOTSUPP: a flag or mode that
// the adapter lacks; -ENOSPC: the event queue is too small; -EBUSY: it has EF_VI_MAX_QS queues; -ENOMEM, -EPERM,
// -ENODEV; -ELIBACC: a driver of another version.
extern int ef_vi_alloc_from_pd(
  ef_vi *, ef_driver_handle, struct ef_pd *, ef_driver_handle domain_handle, int events, int receives, int transmits,
  ef_vi *events_of, ef_driver_handle events_handle, enum ef_vi_flags);
extern int ef_vi_free(ef_vi *, ef_driver_handle);
// Stops both rings: nothing that was posted is read or written any more.
extern int ef_vi_flush(ef_vi *, ef_driver_handle);

// Interfaces over which the adapter spreads packets by RSS. E only.
typedef struct {
  unsigned vis_res_id;
  struct ef_pd *vis_pd;
} ef_vi_set;
// -EINVAL: a domain of a cluster.
extern int ef_vi_set_alloc_from_pd(
  ef_vi_set *, ef_driver_handle, struct ef_pd *, ef_driver_handle domain_handle, int interfaces);
// The members keep the set alive in the driver.
extern int ef_vi_set_free(ef_vi_set *, ef_driver_handle);
// Member `index`, -1 for any; otherwise as ef_vi_alloc_from_pd.
extern int ef_vi_alloc_from_set(
  ef_vi *, ef_driver_handle, ef_vi_set *, ef_driver_handle set_handle, int index, int events, int receives,
  int transmits, ef_vi *events_of, ef_driver_handle events_handle, enum ef_vi_flags);

// Largest payload in bytes; 0 on failure.
extern unsigned ef_vi_mtu(ef_vi *, ef_driver_handle);
// Stores the 6 bytes of the port's address.
extern int ef_vi_get_mac(ef_vi *, ef_driver_handle, void *address);

// Makes poll and epoll of the handle wake at an event after `current` (ef_eventq_current). -ENOENT on T and U: no
// receive queue is attached yet.
extern int ef_vi_prime(ef_vi *, ef_driver_handle, unsigned current);
// An event EF_EVENT_TYPE_SW with 16 bits, to the queue of a resource id. E only.
extern int ef_eventq_put(unsigned resource, ef_driver_handle, unsigned data);

// -EOPNOTSUPP.
extern int ef_vi_pace(ef_vi *, ef_driver_handle, int value);

// ---- Alternatives. E only.

// Makes `count`, with room for `bytes` together. -EINVAL: none asked for, or an interface without EF_VI_TX_ALT;
// -EALREADY; -ENOMEM, -EBUSY, -ENOSPC.
extern int ef_vi_transmit_alt_alloc(struct ef_vi *, ef_driver_handle, int count, size_t bytes);
// -EINVAL: there are none.
extern int ef_vi_transmit_alt_free(struct ef_vi *, ef_driver_handle);
// Bytes that `count` could have together.
extern int ef_vi_transmit_alt_query_buffering(struct ef_vi *, int interface, ef_driver_handle, int count);

// ---- Filters. -EPROTONOSUPPORT: the call does not go with those before it.

// `data` is the library's.
typedef struct ef_filter_spec {
  unsigned type;
  unsigned flags;
  unsigned data[12];
} ef_filter_spec;

enum ef_filter_flags {
  EF_FILTER_FLAG_NONE = 0,
  EF_FILTER_FLAG_MCAST_LOOP_RECEIVE = 0x2,
  EF_FILTER_FLAG_EXCLUSIVE_RXQ = 0x4, // T and U: the receive queue is nobody else's
  EF_FILTER_FLAG_SHARED_RXQ = 0x8,
  EF_FILTER_FLAG_REQUEST_WAKEUPS = 0x10
};

enum { EF_FILTER_VLAN_ID_ANY = -1 };

extern void ef_filter_spec_init(ef_filter_spec *, enum ef_filter_flags);

// Addresses and ports are in network byte order; `protocol` is IPPROTO_UDP or IPPROTO_TCP.
extern int ef_filter_spec_set_ip4_local(ef_filter_spec *, int protocol, unsigned address, int port);
// A remote address of 0 makes it the one above.
extern int ef_filter_spec_set_ip4_full(
  ef_filter_spec *, int protocol, unsigned address, int port, unsigned remote, int remote_port);
extern int ef_filter_spec_set_ip6_local(ef_filter_spec *, int protocol, const struct in6_addr *address, int port);
extern int ef_filter_spec_set_ip6_full(
  ef_filter_spec *, int protocol, const struct in6_addr *address, int port, const struct in6_addr *remote,
  int remote_port);

// 6 bytes of a destination address, on a VLAN or EF_FILTER_VLAN_ID_ANY.
extern int ef_filter_spec_set_eth_local(ef_filter_spec *, int vlan, const void *address);
// Conditions more: outer VLAN; EtherType in network byte order; IPv4 protocol.
extern int ef_filter_spec_set_vlan(ef_filter_spec *, int vlan);
extern int ef_filter_spec_set_eth_type(ef_filter_spec *, uint16_t type);
extern int ef_filter_spec_set_ip_proto(ef_filter_spec *, uint8_t protocol);

// All of a kind, which the kernel then does not see; or what no other filter matched.
extern int ef_filter_spec_set_unicast_all(ef_filter_spec *);
extern int ef_filter_spec_set_multicast_all(ef_filter_spec *);
extern int ef_filter_spec_set_unicast_mismatch(ef_filter_spec *);
extern int ef_filter_spec_set_multicast_mismatch(ef_filter_spec *);

// A copy of what the port receives, or of what it sends. E only.
extern int ef_filter_spec_set_port_sniff(ef_filter_spec *, int promiscuous);
extern int ef_filter_spec_set_tx_port_sniff(ef_filter_spec *);

// Keep packets from the kernel's stack.
extern int ef_filter_spec_set_block_kernel(ef_filter_spec *);
extern int ef_filter_spec_set_block_kernel_unicast(ef_filter_spec *);
extern int ef_filter_spec_set_block_kernel_multicast(ef_filter_spec *);

// T and U: the receive queue. -EINVAL: outside 0 to 65535, or 0 with EF_FILTER_FLAG_EXCLUSIVE_RXQ. `flags` is not used.
extern int ef_filter_spec_set_dest(ef_filter_spec *, int queue, unsigned flags);

// Declared in libciul's headers, in no library.
extern __attribute__((deprecated("not in the library"))) int
ef_filter_spec_set_user_mark(ef_filter_spec *, uint32_t mark, int combine);
extern __attribute__((deprecated("not in the library"))) int
ef_filter_spec_set_user_flag(ef_filter_spec *, uint8_t flag, int combine);

typedef struct ef_filter_cookie {
  int filter_id;
  int filter_type;
} ef_filter_cookie;

// `cookie` may be NULL. -EINVAL: conditions that do not go together; -EPROTONOSUPPORT, -EOPNOTSUPP: the adapter has
// no such filter; -EEXIST; -EBUSY, -ENOSPC: the table is full; -EPERM.
extern int ef_vi_filter_add(ef_vi *, ef_driver_handle, const ef_filter_spec *, ef_filter_cookie *cookie);
extern int ef_vi_filter_del(ef_vi *, ef_driver_handle, ef_filter_cookie *);
extern int ef_vi_set_filter_add(ef_vi_set *, ef_driver_handle, const ef_filter_spec *, ef_filter_cookie *cookie);
extern int ef_vi_set_filter_del(ef_vi_set *, ef_driver_handle, ef_filter_cookie *);

enum ef_filter_info_fields { EF_FILTER_FIELD_ID = 0x1, EF_FILTER_FIELD_QUEUE = 0x2 };
enum ef_filter_info_flags { EF_FILTER_IS_EXCLUSIVE = 0x4 };
typedef struct ef_filter_info {
  uint64_t valid_fields; // EF_FILTER_FIELD_...
  unsigned flags;
  unsigned filter_id;
  unsigned q_id;
} ef_filter_info;
// What a filter became in the adapter. `bytes` is the size of `info`; -EINVAL: an unknown one.
extern int ef_vi_filter_query(
  ef_vi *, ef_driver_handle, const ef_filter_cookie *, ef_filter_info *info, size_t bytes);

// ---- Counters of receive errors. E only, otherwise -EINVAL.

typedef struct {
  char *evsfl_name;
  int evsfl_offset; // bytes, as evsfl_size
  int evsfl_size;
} ef_vi_stats_field_layout;
// (__extension__: C++ has no such last member.)
__extension__ typedef struct {
  int evsl_data_size; // bytes that ef_vi_stats_query stores
  int evsl_fields_num;
  ef_vi_stats_field_layout evsl_fields[];
} ef_vi_stats_layout;

// A table of the library's: what ef_vi_stats_query stores, and where.
extern int ef_vi_stats_query_layout(ef_vi *, const ef_vi_stats_layout **const layout);
extern int ef_vi_stats_query(ef_vi *, ef_driver_handle, void *data, int reset);

#ifdef __cplusplus
}
#endif

#endif
