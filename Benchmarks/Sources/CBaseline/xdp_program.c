#define _GNU_SOURCE
#include <errno.h>
#include <linux/bpf.h>
#include <linux/if_link.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "xdp.h"

static int bpf(enum bpf_cmd command, union bpf_attr *attributes) {
  return (int)syscall(__NR_bpf, command, attributes, sizeof *attributes);
}

static int load(int map) {
  // return bpf_redirect_map(map, context->rx_queue_index, XDP_PASS)
  struct bpf_insn program[] = {
    {.code = BPF_LDX | BPF_MEM | BPF_W, .dst_reg = 2, .src_reg = 1, .off = offsetof(struct xdp_md, rx_queue_index)},
    {.code = BPF_LD | BPF_IMM | BPF_DW, .dst_reg = 1, .src_reg = BPF_PSEUDO_MAP_FD, .imm = map},
    {0},
    {.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 3, .imm = XDP_PASS},
    {.code = BPF_JMP | BPF_CALL, .imm = BPF_FUNC_redirect_map},
    {.code = BPF_JMP | BPF_EXIT},
  };
  union bpf_attr attributes;
  memset(&attributes, 0, sizeof attributes);
  attributes.prog_type = BPF_PROG_TYPE_XDP;
  attributes.insns = (uintptr_t)program;
  attributes.insn_cnt = sizeof program / sizeof *program;
  attributes.license = (uintptr_t) "GPL";
  return bpf(BPF_PROG_LOAD, &attributes);
}

static int link_to(int program, int interface, bool generic) {
  union bpf_attr attributes;
  memset(&attributes, 0, sizeof attributes);
  attributes.link_create.prog_fd = (uint32_t)program;
  attributes.link_create.target_ifindex = (uint32_t)interface;
  attributes.link_create.attach_type = BPF_XDP;
  attributes.link_create.flags = generic ? XDP_FLAGS_SKB_MODE : XDP_FLAGS_DRV_MODE;
  return bpf(BPF_LINK_CREATE, &attributes);
}

bool xdp_attach(struct xdp_program *program, int interface, int socket, bool generic) {
  union bpf_attr attributes;
  memset(&attributes, 0, sizeof attributes);
  attributes.map_type = BPF_MAP_TYPE_XSKMAP;
  attributes.key_size = attributes.value_size = 4;
  attributes.max_entries = 1;
  program->map = bpf(BPF_MAP_CREATE, &attributes);
  if (program->map < 0) return false;
  uint32_t key = 0;
  memset(&attributes, 0, sizeof attributes);
  attributes.map_fd = (uint32_t)program->map;
  attributes.key = (uintptr_t)&key;
  attributes.value = (uintptr_t)&socket;
  int loaded = bpf(BPF_MAP_UPDATE_ELEM, &attributes) == 0 ? load(program->map) : -1;
  program->link = loaded < 0 ? -1 : link_to(loaded, interface, generic);
  int code = errno;
  if (loaded >= 0) close(loaded);
  if (program->link < 0) close(program->map);
  errno = code;
  return program->link >= 0;
}

void xdp_detach(struct xdp_program *program) {
  close(program->link);
  close(program->map);
}
