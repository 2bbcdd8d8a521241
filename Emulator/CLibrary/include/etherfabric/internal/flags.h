#ifndef ETHERFABRIC_INTERNAL_FLAGS_H
#define ETHERFABRIC_INTERNAL_FLAGS_H

#include <etherfabric/internal/platform.h>

// What an interface is allocated with. Flags that an adapter lacks are refused with -EOPNOTSUPP where they would
// change what the program sees, and ignored otherwise. (__extension__: C before 2023 has no such large values.)
__extension__ enum ef_vi_flags {
  EF_VI_FLAGS_DEFAULT = 0,

  // Addressing. The protection domain decides; what the caller says here is ignored.
  EF_VI_TX_PHYS_ADDR = 0x20,
  EF_VI_RX_PHYS_ADDR = 0x40,

  // Sending: checksums are written by the adapter unless switched off.
  EF_VI_TX_IP_CSUM_DIS = 0x80,
  EF_VI_TX_TCPUDP_CSUM_DIS = 0x100,
  EF_VI_TX_TCPUDP_ONLY = 0x200,
  EF_VI_TX_PUSH_DISABLE = 0x4000, // never a descriptor with the doorbell
  EF_VI_TX_PUSH_ALWAYS = 0x8000,
  EF_VI_TX_TIMESTAMPS = 0x20000, // completions are EF_EVENT_TYPE_TX_WITH_TIMESTAMP; not with EF_VI_TX_ALT
  EF_VI_TX_ALT = 0x400000,
  EF_VI_TX_CTPIO = 0x1000000,
  EF_VI_TX_CTPIO_NO_POISON = 0x2000000,

  // Receiving.
  EF_VI_RX_TIMESTAMPS = 0x10000, // in a prefix of 14 bytes before the packet on EF10
  EF_VI_RX_PACKED_STREAM = 0x80000,
  EF_VI_RX_PS_BUF_SIZE_64K = 0x100000, // packed stream buffers of 64 KiB, not 1 MiB
  EF_VI_RX_EVENT_MERGE = 0x200000,     // EF_EVENT_TYPE_RX_MULTI; the length is in the prefix
  EF_VI_RX_ZEROCOPY = 0x4000000,       // AF_XDP
  EF_VI_RX_FILTER_ID = 0x100000000,

  EF_VI_ENABLE_EV_TIMER = 0x800000,

  // PCIe processing hints.
  EF_VI_ENABLE_TPH = 0x40000000,
  EF_VI_TPH_TAG_MODE = 0x80000000,

  // Of adapters that are gone; no effect.
  EF_VI_ISCSI_RX_HDIG = 0x2,
  EF_VI_ISCSI_TX_HDIG = 0x4,
  EF_VI_ISCSI_RX_DDIG = 0x8,
  EF_VI_ISCSI_TX_DDIG = 0x10,
  EF_VI_TX_FILTER_IP = 0x400,
  EF_VI_TX_FILTER_MAC = 0x800,
  EF_VI_TX_FILTER_MASK_1 = 0x1000,
  EF_VI_TX_FILTER_MASK_2 = 0x2000,
  EF_VI_TX_FILTER_MASK_3 = 0x3000,
  EF_VI_ALLOW_MEMCPY = 0x8000000,
  EF_VI_EFCT_UNIQUEUE = 0x10000000,
  EF_VI_RX_EXCLUSIVE = 0x20000000
};

// What the allocation found out.
enum ef_vi_out_flags {
  EF_VI_OUT_CLOCK_SYNC_STATUS = 0x1 // timestamps say whether the clock is in step
};

// Receive errors: the mask of ef_vi_receive_set_discards, and the flags of EF_EVENT_TYPE_RX_REF_DISCARD.
enum ef_vi_rx_discard_err_flags {
  EF_VI_DISCARD_RX_L4_CSUM_ERR = 0x1,
  EF_VI_DISCARD_RX_L3_CSUM_ERR = 0x2,
  EF_VI_DISCARD_RX_ETH_FCS_ERR = 0x4,
  EF_VI_DISCARD_RX_ETH_LEN_ERR = 0x8,
  EF_VI_DISCARD_RX_TOBE_DISC = 0x10,
  EF_VI_DISCARD_RX_INNER_L4_CSUM_ERR = 0x20,
  EF_VI_DISCARD_RX_INNER_L3_CSUM_ERR = 0x40,
  EF_VI_DISCARD_RX_L2_CLASS_OTHER = 0x80,
  EF_VI_DISCARD_RX_L3_CLASS_OTHER = 0x100,
  EF_VI_DISCARD_RX_L4_CLASS_OTHER = 0x200
};

// How the adapter writes the part of a timestamp below the second.
enum ef_timestamp_format {
  TS_FORMAT_SECONDS_27FRACTION = 0,     // 2^-27 s
  TS_FORMAT_SECONDS_QTR_NANOSECONDS = 1 // quarters of a nanosecond
};

// Adapter generations; ef_vi_nic_type.arch.
enum ef_vi_arch {
  EF_VI_ARCH_FALCON = 0,
  EF_VI_ARCH_EF10 = 1, // 7000, 8000 and X2 series
  EF_VI_ARCH_EF100 = 2,
  EF_VI_ARCH_EFCT = 3, // X3
  EF_VI_ARCH_AF_XDP = 4,
  EF_VI_ARCH_EF10CT = 5 // X4, express datapath
};

#endif
