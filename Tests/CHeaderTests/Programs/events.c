// Reads events of every kind with the accessor macros. Compiles as C and as C++.
#include <etherfabric/ef_vi.h>
#include <stdio.h>
#include <string.h>

#define SHOW(call) printf("%s = %lld\n", #call, (long long)(call))

// An event whose 16 bytes are a pattern without repetition, so that a field read in the wrong place shows.
static ef_event pattern(unsigned type) {
  static const unsigned char bytes[16] = {0,    0,    0xc3, 0x5a, 0x91, 0x27, 0xe4, 0x7d,
                                          0x3f, 0xb2, 0x66, 0x1c, 0xd8, 0x05, 0xaf, 0x7e};
  ef_event event;
  memcpy(&event, bytes, sizeof event);
  event.generic.type = type;
  return event;
}

// A flag is read from its member alone: with all of the member set and nothing else, and the other way round.
#define SHOW_FLAG(member, accessor) \
  do { \
    ef_event set, clear; \
    memset(&set, 0, sizeof set); \
    memset(&clear, 0xff, sizeof clear); \
    set.member.flags -= 1; \
    clear.member.flags = 0; \
    printf("%s of %s = %u, %u\n", #accessor, #member, (unsigned)accessor(set), (unsigned)accessor(clear)); \
  } while (0)

int main(void) {
  ef_event e = pattern(EF_EVENT_TYPE_RX);
  SHOW(EF_EVENT_TYPE(e));
  SHOW(EF_EVENT_RX_Q_ID(e));
  SHOW(EF_EVENT_RX_RQ_ID(e));
  SHOW(EF_EVENT_RX_BYTES(e));
  SHOW_FLAG(rx, EF_EVENT_RX_SOP);
  SHOW_FLAG(rx, EF_EVENT_RX_CONT);
  SHOW_FLAG(rx, EF_EVENT_RX_ISCSI_OKAY);

  e = pattern(EF_EVENT_TYPE_RX_DISCARD);
  SHOW(EF_EVENT_RX_DISCARD_Q_ID(e));
  SHOW(EF_EVENT_RX_DISCARD_RQ_ID(e));
  SHOW(EF_EVENT_RX_DISCARD_BYTES(e));
  SHOW(EF_EVENT_RX_DISCARD_TYPE(e));
  SHOW_FLAG(rx_discard, EF_EVENT_RX_DISCARD_SOP);
  SHOW_FLAG(rx_discard, EF_EVENT_RX_DISCARD_CONT);

  e = pattern(EF_EVENT_TYPE_RX_NO_DESC_TRUNC);
  SHOW(EF_EVENT_RX_NO_DESC_TRUNC_Q_ID(e));

  SHOW_FLAG(rx_packed_stream, EF_EVENT_RX_PS_NEXT_BUFFER);

  e = pattern(EF_EVENT_TYPE_RX_MULTI_DISCARD);
  SHOW(EF_EVENT_RX_MULTI_Q_ID(e));
  SHOW(EF_EVENT_RX_MULTI_DISCARD_TYPE(e));
  SHOW_FLAG(rx_multi, EF_EVENT_RX_MULTI_SOP);
  SHOW_FLAG(rx_multi, EF_EVENT_RX_MULTI_CONT);

  e = pattern(EF_EVENT_TYPE_TX);
  SHOW(EF_EVENT_TX_Q_ID(e));
  SHOW_FLAG(tx, EF_EVENT_TX_CTPIO);

  e = pattern(EF_EVENT_TYPE_TX_ERROR);
  SHOW(EF_EVENT_TX_ERROR_Q_ID(e));
  SHOW(EF_EVENT_TX_ERROR_TYPE(e));

  e = pattern(EF_EVENT_TYPE_TX_ALT);
  SHOW(EF_EVENT_TX_ALT_Q_ID(e));
  SHOW(EF_EVENT_TX_ALT_ALT_ID(e));

  e = pattern(EF_EVENT_TYPE_TX_WITH_TIMESTAMP);
  SHOW(EF_EVENT_TX_WITH_TIMESTAMP_Q_ID(e));
  SHOW(EF_EVENT_TX_WITH_TIMESTAMP_RQ_ID(e));
  SHOW(EF_EVENT_TX_WITH_TIMESTAMP_SEC(e));
  SHOW(EF_EVENT_TX_WITH_TIMESTAMP_NSEC(e));
  SHOW(EF_EVENT_TX_WITH_TIMESTAMP_NSEC_FRAC16(e));
  SHOW(EF_EVENT_TX_WITH_TIMESTAMP_SYNC_FLAGS(e));
  SHOW(sizeof EF_EVENT_TX_WITH_TIMESTAMP_NSEC_FRAC16(e));

  e = pattern(EF_EVENT_TYPE_SW);
  SHOW(EF_EVENT_SW_DATA(e));
  printf("EF_EVENT_PRI_ARG " EF_EVENT_FMT "\n", EF_EVENT_PRI_ARG(e));
  return 0;
}
