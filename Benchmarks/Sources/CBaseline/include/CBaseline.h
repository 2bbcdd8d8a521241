#ifndef C_BASELINE_H
#define C_BASELINE_H

#include <stdbool.h>
#include <stdint.h>

// The yardstick: the work of two virtual interfaces on a cable, written plainly in C.

typedef struct baseline_pair baseline_pair;

baseline_pair *baseline_pair_create(void);
void baseline_pair_destroy(baseline_pair *pair);

// The first `length` bytes of the buffer that every packet is sent from.
uint8_t *baseline_pair_frame(baseline_pair *pair);

// Sends bursts through the pair; returns the packets received, for a check.
uint64_t baseline_pair_run(baseline_pair *pair, uint32_t burst, uint64_t bursts, uint32_t length);

// A bare TPACKET_V2 socket on an interface.
typedef struct baseline_socket baseline_socket;

baseline_socket *baseline_socket_open(const char *interface);
void baseline_socket_close(baseline_socket *socket);

// Returns every frame that arrives with its addresses exchanged, until `*stop`.
void baseline_socket_echo(baseline_socket *socket, const volatile bool *stop);

// Sends a frame and spins for its echo, `count` times; stores the round trips in nanoseconds. The frame is numbered
// from `first` at BASELINE_NUMBER, and only its own echo ends a trip. False when that did not come for a second.
static const int BASELINE_NUMBER = 48;
bool baseline_socket_measure(
  baseline_socket *socket, uint8_t *frame, uint32_t length, uint32_t first, uint64_t *trips, uint32_t count);

uint64_t baseline_now(void);

#endif
