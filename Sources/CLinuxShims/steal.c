#include "PacketStealShims.h"

#include <errno.h>
#include <linux/bpf.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { packet_tcx_ingress = 46 };

// Loads a program for the traffic control hooks. Returns its descriptor, or a negative errno.
int packet_program_load(const void *instructions, unsigned count, char *log, unsigned log_size) {
  union bpf_attr attributes;
  memset(&attributes, 0, sizeof attributes);
  attributes.prog_type = BPF_PROG_TYPE_SCHED_CLS;
  attributes.insns = (uintptr_t)instructions;
  attributes.insn_cnt = count;
  attributes.license = (uintptr_t)"";
  attributes.log_buf = (uintptr_t)log;
  attributes.log_size = log_size;
  attributes.log_level = log_size ? 1 : 0;
  strcpy(attributes.prog_name, "efvi_steal");
  long fd = syscall(SYS_bpf, BPF_PROG_LOAD, &attributes, sizeof attributes);
  return fd < 0 ? -errno : (int)fd;
}

// Attaches a program to an interface for as long as the returned descriptor is open, or a negative errno.
int packet_program_attach(int program, int index) {
  union bpf_attr attributes;
  memset(&attributes, 0, sizeof attributes);
  attributes.link_create.prog_fd = (uint32_t)program;
  attributes.link_create.target_ifindex = (uint32_t)index;
  attributes.link_create.attach_type = packet_tcx_ingress;
  long fd = syscall(SYS_bpf, BPF_LINK_CREATE, &attributes, sizeof attributes);
  return fd < 0 ? -errno : (int)fd;
}
