#ifndef BASELINE_ENDS_H
#define BASELINE_ENDS_H

#include <stdbool.h>
#include <stdint.h>

// One end of a link in plain C: what a program would write without the library. NULL with errno where it cannot open.

typedef struct baseline_end baseline_end;

// A TPACKET_V2 receive ring, and send or sendmmsg.
baseline_end *baseline_packet_open(const char *interface);
// libpcap in immediate mode.
baseline_end *baseline_pcap_open(const char *interface);
// AF_XDP in copy mode on queue 0, with the program that takes all frames; run by the driver, or by the kernel's stack.
baseline_end *baseline_xdp_open(const char *interface, bool generic);
// A UDP socket of the kernel. Addresses are numbers: 10.9.0.1 is 0x0a090001. Receiving spins or blocks.
baseline_end *baseline_udp_open(uint32_t local, uint32_t peer, uint16_t port, bool blocks);

void baseline_end_close(baseline_end *end);

// Returns every frame that arrives with its addresses exchanged, until `*stop`.
void baseline_end_echo(baseline_end *end, const volatile bool *stop);

// Sends a frame and spins for its echo, `count` times; stores the round trips in nanoseconds. The frame is numbered
// from `first` at BASELINE_NUMBER, and only its own echo ends a trip. False when that did not come for a second.
// A UDP socket sends what comes after the headers of the frame.
static const int BASELINE_NUMBER = 48;
bool baseline_end_measure(
  baseline_end *end, uint8_t *frame, uint32_t length, uint32_t first, uint64_t *trips, uint32_t count);

// Sends bursts of a frame until `*stop`, at most `rate` a second unless that is 0; returns how many the kernel took.
uint64_t baseline_end_send(
  baseline_end *end, const uint8_t *frame, uint32_t length, uint32_t burst, uint64_t rate, const volatile bool *stop);

// Receives until `*stop`, reading the first word of each frame; returns how many there were.
uint64_t baseline_end_receive(baseline_end *end, const volatile bool *stop);

// Reads a flag that another thread sets.
static inline bool baseline_is_set(const volatile bool *flag) { return *flag; }

#endif
