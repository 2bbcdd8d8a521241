#ifndef ETHERFABRIC_INTERNAL_LIMITS_H
#define ETHERFABRIC_INTERNAL_LIMITS_H

// Queues that one event queue can serve: labels 0 to 31.
#define EF_VI_MAX_QS 32
// Receive queues that one interface of X3 or of X4's express datapath can attach.
#define EF_VI_MAX_EFCT_RXQS 8
// Least room, in events, of a poll.
#define EF_VI_EVENT_POLL_MIN_EVS 2
// Most ids from one ef_vi_transmit_unbundle.
#define EF_VI_TRANSMIT_BATCH 64
// Most ids from one ef_vi_receive_unbundle.
#define EF_VI_RECEIVE_BATCH 15
// Bits of a transmit timestamp below the nanosecond.
#define EF_VI_TX_TS_FRAC_NS_BITS 4
// A threshold of ef_vi_transmitv_ctpio: the frame leaves when all of it is there.
#define EF_VI_CTPIO_CT_THRESHOLD_SNF 0xffff

#endif
