#ifndef __EFAB_PACKEDSTREAM_H__
#define __EFAB_PACKEDSTREAM_H__

// Packed stream: the adapter writes packets one behind another into large buffers. E only, for capturing.

#include <etherfabric/base.h>

#ifdef __cplusplus
extern "C" {
#endif

// Before each packet, from ef_vi_packed_stream_unbundle.
typedef struct {
  uint16_t ps_next_offset;     // bytes to the next of these
  uint8_t ps_pkt_start_offset; // bytes to the packet
  uint8_t ps_flags;            // EF_VI_PS_FLAG_...
  uint16_t ps_cap_len;         // bytes that are there
  uint16_t ps_orig_len;        // bytes that arrived
  uint32_t ps_ts_sec;
  uint32_t ps_ts_nsec;
} ef_packed_stream_packet;

// Clock behind the timestamp, as EF_VI_SYNC_FLAG_...
#define EF_VI_PS_FLAG_CLOCK_SET 0x1
#define EF_VI_PS_FLAG_CLOCK_IN_SYNC 0x2
// Errors of the packet.
#define EF_VI_PS_FLAG_BAD_FCS 0x4
#define EF_VI_PS_FLAG_BAD_L4_CSUM 0x8
#define EF_VI_PS_FLAG_BAD_L3_CSUM 0x10
#define EF_VI_PS_FLAG_BAD_IP_CSUM (EF_VI_PS_FLAG_BAD_L3_CSUM | EF_VI_PS_FLAG_BAD_L4_CSUM)

typedef struct {
  int psp_buffer_size;  // bytes, as the next two
  int psp_buffer_align; // of a buffer, and of its DMA address
  int psp_start_offset; // of the first packet's structure
  int psp_max_usable_buffers;
} ef_packed_stream_params;

// -EINVAL: an interface without EF_VI_RX_PACKED_STREAM.
extern int ef_vi_packed_stream_get_params(ef_vi *, ef_packed_stream_params *);

// Completes the structures of an event's packets, from `*next` on, which it moves past them; counts packets and their
// bytes. -ENOMSG, -ENODATA, -EL2NSYNC: without timestamps, as ef_vi_receive_get_precise_timestamp; the packets are
// good all the same.
extern int ef_vi_packed_stream_unbundle(
  ef_vi *, const ef_event *, ef_packed_stream_packet **next, int *packets, int *bytes);

static inline ef_packed_stream_packet *ef_packed_stream_packet_first(void *buffer, int start_offset) {
  return (ef_packed_stream_packet *)((char *)buffer + start_offset);
}
static inline ef_packed_stream_packet *ef_packed_stream_packet_next(ef_packed_stream_packet *packet) {
  return (ef_packed_stream_packet *)((char *)packet + packet->ps_next_offset);
}
static inline void *ef_packed_stream_packet_payload(ef_packed_stream_packet *packet) {
  return (char *)packet + packet->ps_pkt_start_offset;
}

#ifdef __cplusplus
}
#endif

#endif
