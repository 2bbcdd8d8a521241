#ifndef __EFAB_CAPABILITIES_H__
#define __EFAB_CAPABILITIES_H__

// What an adapter can do, to be asked before it is used.

#include <etherfabric/base.h>
#include <etherfabric/pd.h>

#ifdef __cplusplus
extern "C" {
#endif

// The value is 1 where nothing else is said. Masks of sizes have the size itself as its bit.
enum ef_vi_capability {
  // Programmed I/O, bytes of a buffer, buffers.
  EF_VI_CAP_PIO = 0,
  EF_VI_CAP_PIO_BUFFER_SIZE = 1,
  EF_VI_CAP_PIO_BUFFER_COUNT = 2,

  EF_VI_CAP_HW_MULTICAST_LOOPBACK = 3,
  EF_VI_CAP_HW_MULTICAST_REPLICATION = 4,
  EF_VI_CAP_HW_RX_TIMESTAMPING = 5,
  EF_VI_CAP_HW_TX_TIMESTAMPING = 6,

  EF_VI_CAP_PACKED_STREAM = 7,
  EF_VI_CAP_PACKED_STREAM_BUFFER_SIZES = 8, // mask of KiB

  EF_VI_CAP_VPORTS = 9,
  EF_VI_CAP_PHYS_MODE = 10,
  EF_VI_CAP_BUFFER_MODE = 11,
  EF_VI_CAP_MULTICAST_FILTER_CHAINING = 12,
  EF_VI_CAP_MAC_SPOOFING = 13,

  // Filters, by what they match.
  EF_VI_CAP_RX_FILTER_TYPE_UDP_LOCAL = 14,
  EF_VI_CAP_RX_FILTER_TYPE_TCP_LOCAL = 15,
  EF_VI_CAP_RX_FILTER_TYPE_UDP_FULL = 16,
  EF_VI_CAP_RX_FILTER_TYPE_TCP_FULL = 17,
  EF_VI_CAP_RX_FILTER_TYPE_IP_VLAN = 18,
  EF_VI_CAP_RX_FILTER_TYPE_UDP6_LOCAL = 19,
  EF_VI_CAP_RX_FILTER_TYPE_TCP6_LOCAL = 20,
  EF_VI_CAP_RX_FILTER_TYPE_UDP6_FULL = 21,
  EF_VI_CAP_RX_FILTER_TYPE_TCP6_FULL = 22,
  EF_VI_CAP_RX_FILTER_TYPE_IP6_VLAN = 23,
  EF_VI_CAP_RX_FILTER_TYPE_ETH_LOCAL = 24,
  EF_VI_CAP_RX_FILTER_TYPE_ETH_LOCAL_VLAN = 25,
  EF_VI_CAP_RX_FILTER_TYPE_UCAST_ALL = 26,
  EF_VI_CAP_RX_FILTER_TYPE_MCAST_ALL = 27,
  EF_VI_CAP_RX_FILTER_TYPE_UCAST_MISMATCH = 28,
  EF_VI_CAP_RX_FILTER_TYPE_MCAST_MISMATCH = 29,
  EF_VI_CAP_RX_FILTER_TYPE_SNIFF = 30,
  EF_VI_CAP_TX_FILTER_TYPE_SNIFF = 31,
  EF_VI_CAP_RX_FILTER_IP4_PROTO = 32,
  EF_VI_CAP_RX_FILTER_ETHERTYPE = 33,

  // Masks of descriptors or events.
  EF_VI_CAP_RXQ_SIZES = 34,
  EF_VI_CAP_TXQ_SIZES = 35,
  EF_VI_CAP_EVQ_SIZES = 36,

  EF_VI_CAP_ZERO_RX_PREFIX = 37,
  EF_VI_CAP_TX_PUSH_ALWAYS = 38,
  EF_VI_CAP_NIC_PACE = 39,
  EF_VI_CAP_RX_MERGE = 40,

  // Alternatives: how many, and the buffers that they share.
  EF_VI_CAP_TX_ALTERNATIVES = 41,
  EF_VI_CAP_TX_ALTERNATIVES_VFIFOS = 42,
  EF_VI_CAP_TX_ALTERNATIVES_CP_BUFFERS = 43,

  // Numbers of the firmware.
  EF_VI_CAP_RX_FW_VARIANT = 44,
  EF_VI_CAP_TX_FW_VARIANT = 45,

  EF_VI_CAP_CTPIO = 46,
  EF_VI_CAP_TX_ALTERNATIVES_CP_BUFFER_SIZE = 47, // bytes
  EF_VI_CAP_RX_FORCE_EVENT_MERGING = 48,
  EF_VI_CAP_MIN_BUFFER_MODE_SIZE = 49, // bytes

  // X3 and X4: nothing but cut-through; shared receive queues and a choice of them; ef_receive_poll; efct_vi.h.
  EF_VI_CAP_CTPIO_ONLY = 50,
  EF_VI_CAP_RX_SHARED = 51,
  EF_VI_CAP_RX_FILTER_SET_DEST = 52,
  EF_VI_CAP_RX_FILTER_MAC_IP4_PROTO = 53,
  EF_VI_CAP_RX_POLL = 54,
  EF_VI_CAP_RX_REF = 55,

  EF_VI_CAP_EXTRA_DATAPATHS = 56, // EF_VI_EXTRA_DATAPATH_...
  EF_VI_CAP_RX_FILTER_ID = 57,
  EF_VI_CAP_MAX = 58
};

__extension__ enum ef_vi_capability_flags { EF_VI_CAP_F_LLCT = 0x80000000, EF_VI_CAP_F_ALL = EF_VI_CAP_F_LLCT };

enum ef_vi_extra_datapaths { EF_VI_EXTRA_DATAPATH_EXPRESS = 0x1 };

// Store the value. -EOPNOTSUPP: the adapter does not have it; -ENOSYS: nobody knows it; -ENODEV: no adapter there.
extern int ef_vi_capabilities_get(ef_driver_handle, int interface, enum ef_vi_capability, unsigned long *value);
extern int ef_pd_capabilities_get(
  ef_driver_handle, ef_pd *, ef_driver_handle domain_handle, enum ef_vi_capability, unsigned long *value);
// Of the datapath that such a domain would have.
extern int ef_vi_capabilities_get_from_pd_flags(
  ef_driver_handle, int interface, enum ef_pd_flags, enum ef_vi_capability, unsigned long *value);

// The last one that the library knows.
extern int ef_vi_capabilities_max(void);
// For people to read.
extern const char *ef_vi_capabilities_name(enum ef_vi_capability);

#ifdef __cplusplus
}
#endif

#endif
