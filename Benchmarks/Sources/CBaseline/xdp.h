#ifndef XDP_H
#define XDP_H

#include <stdbool.h>

// Attaches the program that gives all frames of queue 0 of an interface to the socket. Closing the link, and then the
// map, takes it away again. False with errno, and nothing to close.
struct xdp_program {
  int map, link;
};

bool xdp_attach(struct xdp_program *program, int interface, int socket, bool generic);
void xdp_detach(struct xdp_program *program);

#endif
