#pragma once

// bpf(2) for a program at an interface's tcx ingress hook. Not inline: <linux/bpf.h> and libpcap's <pcap/bpf.h> both
// define `struct bpf_insn`, and a Swift module sees only one of them.

// Loads a program for the traffic control hooks. Returns its descriptor, or a negative errno.
int packet_program_load(const void *instructions, unsigned count, char *log, unsigned log_size);

// Attaches a program to an interface for as long as the returned descriptor is open, or a negative errno.
int packet_program_attach(int program, int index);
