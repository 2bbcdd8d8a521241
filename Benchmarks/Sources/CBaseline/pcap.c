#include <errno.h>
#include <pcap/pcap.h>
#include <stdlib.h>

#include "loops.h"

struct capture {
  struct baseline_end end;
  pcap_t *handle;
};

static void capture_close(struct capture *capture) {
  if (capture->handle) pcap_close(capture->handle);
  free(capture);
}

static inline uint32_t capture_transmit(
  struct capture *capture, const uint8_t *frame, uint32_t length, uint32_t burst) {
  uint32_t taken = 0;
  while (taken < burst && pcap_inject(capture->handle, frame, length) == (int)length) taken++;
  return taken;
}

static inline uint8_t *capture_peek(struct capture *capture, uint32_t *length) {
  struct pcap_pkthdr *header;
  const u_char *bytes;
  if (pcap_next_ex(capture->handle, &header, &bytes) != 1) return NULL;
  *length = header->caplen;
  return (uint8_t *)bytes;
}

static inline void capture_release(struct capture *capture) { (void)capture; }

DEFINE_LOOPS(capture, 0);

baseline_end *baseline_pcap_open(const char *interface) {
  char reason[PCAP_ERRBUF_SIZE];
  struct capture *made = calloc(1, sizeof *made);
  made->end.operations = &capture_operations;
  made->handle = pcap_create(interface, reason);
  bool is_open = made->handle && pcap_set_immediate_mode(made->handle, 1) == 0 &&
    pcap_set_promisc(made->handle, 1) == 0 && pcap_activate(made->handle) >= 0 &&
    pcap_setnonblock(made->handle, 1, reason) == 0 && pcap_setdirection(made->handle, PCAP_D_IN) == 0;
  if (is_open) return &made->end;
  int code = errno;
  capture_close(made);
  errno = code ? code : EIO;
  return NULL;
}
