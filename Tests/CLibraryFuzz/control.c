#include "objects.h"

#include <netinet/in.h>
#include <string.h>
#include <sys/time.h>

// Calls that obtain, look at and give back.

static int number(reader *in) { return (int)take_number(in); }
static const char *take_name(reader *in) {
  static const char *const names[] = {
    "fuzz/0", "fuzz/1", "fuzz/0", "fuzz/2", "", "0@feed", "a name that is longer than any interface can have",
  };
  const uint8_t byte = take8(in);
  return byte < 240 ? names[byte % 7] : NULL;
}

static void driver_open(reader *in, objects *all) {
  const uint8_t byte = take8(in);
  ef_driver_handle *driver = byte < 240 ? &all->drivers[byte % DRIVERS] : NULL;
  const int result = ef_driver_open(driver);
  KEEP(all, drivers, driver_count, result, driver);
}
static void driver_close(reader *in, objects *all) { (void)ef_driver_close(take_driver(in, all)); }

static void domain_alloc(reader *in, objects *all) {
  ef_pd *domain = take_domain(in, all);
  const ef_driver_handle driver = take_driver(in, all);
  const enum ef_pd_flags flags = take8(in) < 200 ? (enum ef_pd_flags)(take8(in) & 0xfe) : EF_PD_DEFAULT;
  int result = -1;
  switch (take8(in) % 3) {
  case 0: result = ef_pd_alloc(domain, driver, number(in), flags); break;
  case 1: result = ef_pd_alloc_by_name(domain, driver, take_name(in), flags); break;
  default: result = ef_pd_alloc_with_vport(domain, driver, take_name(in), flags, number(in)); break;
  }
  KEEP(all, domains, domain_count, result, domain);
}
static void domain_free(reader *in, objects *all) {
  ef_pd *domain = take_domain(in, all);
  (void)ef_pd_interface_name(domain);
  (void)ef_pd_free(domain, take_driver(in, all));
}

static void memory_alloc(reader *in, objects *all) {
  ef_memreg *registration = take_registration(in, all);
  const ef_driver_handle driver = take_driver(in, all);
  ef_pd *domain = take_domain(in, all);
  char *memory = all->memory + (take8(in) & 15) * 65536 + (take8(in) < 200 ? 0 : take16(in));
  const size_t bytes = take8(in) < 200 ? (size_t)(1 + (take8(in) & 15)) << 16 : (size_t)take_number(in);
  const int result = ef_memreg_alloc(registration, driver, domain, driver, take8(in) < 250 ? memory : NULL, bytes);
  KEEP(all, registrations, registration_count, result, registration);
  if (result == 0)
    all->addresses[registration - all->registrations] = registration->mr_dma_addrs[0];
}
static void memory_free(reader *in, objects *all) {
  (void)ef_memreg_free(take_registration(in, all), take_driver(in, all));
}

static void made(objects *all, ef_vi *interface, int result) {
  if (interface != NULL) all->callable[interface - all->interfaces] = result >= 0;
  KEEP(all, interfaces, interface_count, result, interface);
}
static enum ef_vi_flags take_flags(reader *in) {
  const uint8_t byte = take8(in);
  if (byte < 100) return EF_VI_FLAGS_DEFAULT;
  return byte < 220 ? (enum ef_vi_flags)((1u << (take8(in) & 31)) | (1u << (take8(in) & 31))) : (enum ef_vi_flags)take32(in);
}
static int take_capacity(reader *in) { return take8(in) < 180 ? -1 : number(in); }

static void interface_alloc(reader *in, objects *all) {
  ef_vi *interface = take_interface(in, all);
  const ef_driver_handle driver = take_driver(in, all);
  ef_vi *owner = take8(in) < 200 ? NULL : take_interface(in, all);
  const int events = take_capacity(in), receives = take_capacity(in), transmits = take_capacity(in);
  const enum ef_vi_flags flags = take_flags(in);
  // Taking the place of a live interface loses it, as it would in C: it is given back first.
  if (interface != NULL && all->callable[interface - all->interfaces]) (void)ef_vi_free(interface, driver);
  const int result =
    take8(in) < 200
      ? ef_vi_alloc_from_pd(
          interface, driver, take_domain(in, all), driver, events, receives, transmits, owner, driver, flags)
      : ef_vi_alloc_from_set(
          interface, driver, take_set(in, all), driver, number(in), events, receives, transmits, owner, driver, flags);
  made(all, interface, result);
}
static void interface_free(reader *in, objects *all) {
  (void)ef_vi_free(take_interface(in, all), take_driver(in, all));
}
static void interface_look(reader *in, objects *all) {
  ef_vi *interface = take_interface(in, all);
  const ef_driver_handle driver = take_driver(in, all);
  char address[6];
  const ef_vi_layout_entry *layout;
  int count;
  (void)ef_vi_mtu(interface, driver);
  (void)ef_vi_get_mac(interface, driver, take8(in) < 250 ? address : NULL);
  (void)ef_vi_pace(interface, driver, number(in));
  (void)ef_eventq_capacity(interface);
  (void)ef_vi_get_pio_size(interface);
  (void)ef_vi_receive_query_layout(interface, take8(in) < 250 ? &layout : NULL, &count);
  (void)ef_vi_transmit_alt_num_ids(interface);
}
static void interface_flush(reader *in, objects *all) {
  ef_vi *interface = take_interface(in, all);
  (void)ef_vi_flush(interface, take_driver(in, all));
  if (take8(in) & 1) (void)ef_vi_reinit_txq_post_error(interface);
}
static void statistics(reader *in, objects *all) {
  ef_vi *interface = take_interface(in, all);
  const ef_vi_stats_layout *layout = NULL;
  const int result = ef_vi_stats_query_layout(interface, take8(in) < 250 ? &layout : NULL);
  if (result == 0 && layout != NULL && layout->evsl_data_size > 65536) __builtin_trap();
  (void)ef_vi_stats_query(interface, take_driver(in, all), take_bytes(in, all), number(in));
}

static void set_alloc(reader *in, objects *all) {
  const ef_driver_handle driver = take_driver(in, all);
  ef_vi_set *set = take_set(in, all);
  if (take8(in) < 170) {
    const int result = ef_vi_set_alloc_from_pd(set, driver, take_domain(in, all), driver, number(in));
    KEEP(all, sets, set_count, result, set);
  } else {
    (void)ef_vi_set_free(set, driver);
  }
}
static void set_filter(reader *in, objects *all) {
  ef_vi_set *set = take_set(in, all);
  const ef_driver_handle driver = take_driver(in, all);
  if (take8(in) & 1)
    (void)ef_vi_set_filter_add(set, driver, take_spec(in, all), take_cookie(in, all));
  else
    (void)ef_vi_set_filter_del(set, driver, take_cookie(in, all));
}

static void spec_make(reader *in, objects *all) {
  ef_filter_spec *spec = take_spec(in, all);
  const uint8_t kind = take8(in);
  const int protocol = kind & 0x80 ? IPPROTO_UDP : number(in);
  const unsigned local = take8(in), remote = take8(in);
  struct in6_addr address;
  memset(&address, take8(in), sizeof address);
  const void *mac = take8(in) < 250 ? all->memory : NULL;
  switch (kind % 20) {
  case 0: case 1: case 2: ef_filter_spec_init(spec, (enum ef_filter_flags)(take8(in) & 0x1e)); break;
  case 3: (void)ef_filter_spec_set_ip4_local(spec, protocol, local, number(in)); break;
  case 4: (void)ef_filter_spec_set_ip4_full(spec, protocol, local, number(in), remote, number(in)); break;
  case 5: (void)ef_filter_spec_set_ip6_local(spec, protocol, &address, number(in)); break;
  case 6: (void)ef_filter_spec_set_ip6_full(spec, protocol, mac ? &address : NULL, number(in), &address, number(in)); break;
  case 7: (void)ef_filter_spec_set_eth_local(spec, number(in), mac); break;
  case 8: (void)ef_filter_spec_set_vlan(spec, number(in)); break;
  case 9: (void)ef_filter_spec_set_unicast_all(spec); break;
  case 10: (void)ef_filter_spec_set_multicast_all(spec); break;
  case 11: (void)ef_filter_spec_set_unicast_mismatch(spec); break;
  case 12: (void)ef_filter_spec_set_multicast_mismatch(spec); break;
  case 13: (void)ef_filter_spec_set_port_sniff(spec, number(in)); break;
  case 14: (void)ef_filter_spec_set_tx_port_sniff(spec); break;
  case 15: (void)ef_filter_spec_set_eth_type(spec, take16(in)); break;
  case 16: (void)ef_filter_spec_set_ip_proto(spec, take8(in)); break;
  case 17: (void)ef_filter_spec_set_dest(spec, number(in), take8(in)); break;
  case 18: (void)ef_filter_spec_set_block_kernel(spec); break;
  default:
    (void)ef_filter_spec_set_block_kernel_unicast(spec);
    (void)ef_filter_spec_set_block_kernel_multicast(spec);
  }
}
static void filter(reader *in, objects *all) {
  ef_vi *interface = take_interface(in, all);
  const ef_driver_handle driver = take_driver(in, all);
  ef_filter_info info;
  switch (take8(in) % 4) {
  case 0: (void)ef_vi_filter_del(interface, driver, take_cookie(in, all)); break;
  case 1:
    (void)ef_vi_filter_query(
      interface, driver, take_cookie(in, all), take8(in) < 250 ? &info : NULL,
      take8(in) < 200 ? sizeof info : (size_t)(take8(in) % sizeof info));
    break;
  default: (void)ef_vi_filter_add(interface, driver, take_spec(in, all), take_cookie(in, all));
  }
}

static void alternatives(reader *in, objects *all) {
  ef_vi *interface = take_interface(in, all);
  const ef_driver_handle driver = take_driver(in, all);
  struct ef_vi_transmit_alt_overhead overhead;
  switch (take8(in) % 4) {
  case 0: (void)ef_vi_transmit_alt_free(interface, driver); break;
  case 1: (void)ef_vi_transmit_alt_query_buffering(interface, number(in), driver, number(in)); break;
  case 2: (void)ef_vi_transmit_alt_query_overhead(interface, take8(in) < 250 ? &overhead : NULL); break;
  default: (void)ef_vi_transmit_alt_alloc(interface, driver, number(in), (size_t)take_number(in));
  }
}
static void pio(reader *in, objects *all) {
  ef_pio *buffer = take_buffer(in, all);
  const ef_driver_handle driver = take_driver(in, all);
  switch (take8(in) % 4) {
  case 0: (void)ef_pio_free(buffer, driver); break;
  case 1: (void)ef_pio_unlink_vi(buffer, driver, take_interface(in, all), driver); break;
  case 2: (void)ef_pio_link_vi(buffer, driver, take_interface(in, all), driver); break;
  default: {
    const int result = ef_pio_alloc(buffer, driver, take_domain(in, all), (unsigned)take_number(in), driver);
    KEEP(all, buffers, buffer_count, result, buffer);
  }
  }
}

static void capabilities(reader *in, objects *all) {
  const ef_driver_handle driver = take_driver(in, all);
  const enum ef_vi_capability capability = (enum ef_vi_capability)(take8(in) < 240 ? take8(in) % 60 : number(in));
  unsigned long value;
  unsigned long *out = take8(in) < 250 ? &value : NULL;
  (void)ef_vi_capabilities_get(driver, number(in), capability, out);
  (void)ef_pd_capabilities_get(driver, take_domain(in, all), driver, capability, out);
  (void)ef_vi_capabilities_get_from_pd_flags(driver, number(in), (enum ef_pd_flags)take8(in), capability, out);
  const char *name = ef_vi_capabilities_name(capability);
  if (name != NULL && strlen(name) > 200) __builtin_trap();
}

operation *const control_operations[] = {
  driver_open, driver_close, domain_alloc, domain_alloc, domain_free, memory_alloc, memory_alloc, memory_free,
  interface_alloc, interface_alloc, interface_alloc, interface_free, interface_look, interface_flush, statistics,
  set_alloc, set_filter, spec_make, spec_make, filter, filter, alternatives, pio, capabilities,
};
const unsigned control_operation_count = sizeof control_operations / sizeof control_operations[0];
