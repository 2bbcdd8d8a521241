#pragma once

// Shims: packed stream.

#include "../Library.h"

static inline int ciul_ef_vi_packed_stream_get_params(ef_vi *vi, ef_packed_stream_params *parameters) {
  return ciul.ef_vi_packed_stream_get_params(vi, parameters);
}
static inline int ciul_ef_vi_packed_stream_unbundle(
  ef_vi *vi, const ef_event *event, ef_packed_stream_packet **next, int *packets, int *bytes) {
  return ciul.ef_vi_packed_stream_unbundle(vi, event, next, packets, bytes);
}
static inline ef_packed_stream_packet *ciul_ef_packed_stream_packet_first(void *buffer, int start_offset) {
  return ef_packed_stream_packet_first(buffer, start_offset);
}
static inline ef_packed_stream_packet *ciul_ef_packed_stream_packet_next(ef_packed_stream_packet *packet) {
  return ef_packed_stream_packet_next(packet);
}
static inline void *ciul_ef_packed_stream_packet_payload(ef_packed_stream_packet *packet) {
  return ef_packed_stream_packet_payload(packet);
}
