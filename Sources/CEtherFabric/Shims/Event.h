#pragma once

// Shims: what an event says.

#include "../Library.h"

static inline unsigned ciul_EF_EVENT_TYPE(const ef_event *event) { return EF_EVENT_TYPE(*event); }
static inline unsigned ciul_EF_EVENT_RX_BYTES(const ef_event *event) { return EF_EVENT_RX_BYTES(*event); }
static inline unsigned ciul_EF_EVENT_RX_Q_ID(const ef_event *event) { return EF_EVENT_RX_Q_ID(*event); }
static inline unsigned ciul_EF_EVENT_RX_RQ_ID(const ef_event *event) { return EF_EVENT_RX_RQ_ID(*event); }
static inline unsigned ciul_EF_EVENT_RX_CONT(const ef_event *event) { return EF_EVENT_RX_CONT(*event); }
static inline unsigned ciul_EF_EVENT_RX_SOP(const ef_event *event) { return EF_EVENT_RX_SOP(*event); }
static inline unsigned ciul_EF_EVENT_RX_PS_NEXT_BUFFER(const ef_event *event) {
  return EF_EVENT_RX_PS_NEXT_BUFFER(*event);
}
static inline unsigned ciul_EF_EVENT_RX_ISCSI_OKAY(const ef_event *event) { return EF_EVENT_RX_ISCSI_OKAY(*event); }
static inline unsigned ciul_EF_EVENT_TX_Q_ID(const ef_event *event) { return EF_EVENT_TX_Q_ID(*event); }
static inline unsigned ciul_EF_EVENT_TX_CTPIO(const ef_event *event) { return EF_EVENT_TX_CTPIO(*event); }
static inline unsigned ciul_EF_EVENT_RX_DISCARD_Q_ID(const ef_event *event) { return EF_EVENT_RX_DISCARD_Q_ID(*event); }
static inline unsigned ciul_EF_EVENT_RX_DISCARD_RQ_ID(const ef_event *event) {
  return EF_EVENT_RX_DISCARD_RQ_ID(*event);
}
static inline unsigned ciul_EF_EVENT_RX_DISCARD_CONT(const ef_event *event) { return EF_EVENT_RX_DISCARD_CONT(*event); }
static inline unsigned ciul_EF_EVENT_RX_DISCARD_SOP(const ef_event *event) { return EF_EVENT_RX_DISCARD_SOP(*event); }
static inline unsigned ciul_EF_EVENT_RX_DISCARD_TYPE(const ef_event *event) { return EF_EVENT_RX_DISCARD_TYPE(*event); }
static inline unsigned ciul_EF_EVENT_RX_DISCARD_BYTES(const ef_event *event) {
  return EF_EVENT_RX_DISCARD_BYTES(*event);
}
static inline unsigned ciul_EF_EVENT_RX_MULTI_Q_ID(const ef_event *event) { return EF_EVENT_RX_MULTI_Q_ID(*event); }
static inline unsigned ciul_EF_EVENT_RX_MULTI_CONT(const ef_event *event) { return EF_EVENT_RX_MULTI_CONT(*event); }
static inline unsigned ciul_EF_EVENT_RX_MULTI_SOP(const ef_event *event) { return EF_EVENT_RX_MULTI_SOP(*event); }
static inline unsigned ciul_EF_EVENT_RX_MULTI_DISCARD_TYPE(const ef_event *event) {
  return EF_EVENT_RX_MULTI_DISCARD_TYPE(*event);
}
static inline unsigned ciul_EF_EVENT_TX_ERROR_Q_ID(const ef_event *event) { return EF_EVENT_TX_ERROR_Q_ID(*event); }
static inline unsigned ciul_EF_EVENT_TX_ERROR_TYPE(const ef_event *event) { return EF_EVENT_TX_ERROR_TYPE(*event); }
static inline unsigned ciul_EF_EVENT_TX_WITH_TIMESTAMP_Q_ID(const ef_event *event) {
  return EF_EVENT_TX_WITH_TIMESTAMP_Q_ID(*event);
}
static inline unsigned ciul_EF_EVENT_TX_WITH_TIMESTAMP_RQ_ID(const ef_event *event) {
  return EF_EVENT_TX_WITH_TIMESTAMP_RQ_ID(*event);
}
static inline unsigned ciul_EF_EVENT_TX_WITH_TIMESTAMP_SEC(const ef_event *event) {
  return EF_EVENT_TX_WITH_TIMESTAMP_SEC(*event);
}
static inline unsigned ciul_EF_EVENT_TX_WITH_TIMESTAMP_NSEC(const ef_event *event) {
  return EF_EVENT_TX_WITH_TIMESTAMP_NSEC(*event);
}
static inline unsigned ciul_EF_EVENT_TX_WITH_TIMESTAMP_NSEC_FRAC16(const ef_event *event) {
  return EF_EVENT_TX_WITH_TIMESTAMP_NSEC_FRAC16(*event);
}
static inline unsigned ciul_EF_EVENT_TX_WITH_TIMESTAMP_SYNC_FLAGS(const ef_event *event) {
  return EF_EVENT_TX_WITH_TIMESTAMP_SYNC_FLAGS(*event);
}
static inline unsigned ciul_EF_EVENT_TX_ALT_Q_ID(const ef_event *event) { return EF_EVENT_TX_ALT_Q_ID(*event); }
static inline unsigned ciul_EF_EVENT_TX_ALT_ALT_ID(const ef_event *event) { return EF_EVENT_TX_ALT_ALT_ID(*event); }
static inline unsigned ciul_EF_EVENT_RX_NO_DESC_TRUNC_Q_ID(const ef_event *event) {
  return EF_EVENT_RX_NO_DESC_TRUNC_Q_ID(*event);
}
static inline unsigned ciul_EF_EVENT_SW_DATA(const ef_event *event) { return EF_EVENT_SW_DATA(*event); }
static inline unsigned ciul_EF_EVENT_PRI_ARG(const ef_event *event) { return EF_EVENT_PRI_ARG(*event); }
