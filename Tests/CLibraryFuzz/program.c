#define _GNU_SOURCE
#include "objects.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

// Wires in memory, whose ports the names of the program choose. The first byte chooses the adapter.
static const char *const devices[] = {
  "emu:cable", "emu:cable?nic=8000", "emu:cable?nic=x3", "emu:cable?nic=x4", "emu:cable?nic=x4-express",
  "emu:cable?drop=0.1,seed=7",
};

static char *memory(void) {
  static char *bytes;
  if (bytes == NULL) {
    bytes = mmap(NULL, MEMORY_BYTES + 0x100000, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (bytes == MAP_FAILED || mprotect(bytes, MEMORY_BYTES, PROT_READ | PROT_WRITE) != 0) abort();
  }
  return bytes;
}

// What most programs begin with, so that an input need not find it out: two ports of one cable, so that what is sent
// arrives.
static void begin(objects *all) {
  int result = ef_driver_open(&all->drivers[0]);
  KEEP(all, drivers, driver_count, result, &all->drivers[0]);
  const ef_driver_handle driver = all->drivers[0];
  for (int index = 0; index < 2; index++) {
    ef_pd *domain = &all->domains[index];
    result = ef_pd_alloc_by_name(domain, driver, index == 0 ? "fuzz/0" : "fuzz/1", EF_PD_DEFAULT);
    KEEP(all, domains, domain_count, result, domain);
    ef_memreg *registration = &all->registrations[index];
    result = ef_memreg_alloc(registration, driver, domain, driver, all->memory, 1 << 20);
    KEEP(all, registrations, registration_count, result, registration);
    if (result == 0) all->addresses[index] = registration->mr_dma_addrs[0];
    ef_vi *interface = &all->interfaces[index];
    result = ef_vi_alloc_from_pd(interface, driver, domain, driver, -1, -1, -1, NULL, -1, EF_VI_FLAGS_DEFAULT);
    KEEP(all, interfaces, interface_count, result, interface);
    all->callable[index] = result >= 0;
  }
  ef_filter_spec_init(&all->specs[0], EF_FILTER_FLAG_NONE);
  (void)ef_filter_spec_set_unicast_all(&all->specs[0]);
}

// Gives everything back, what the program has given back a second time.
static void end(objects *all) {
  const ef_driver_handle driver = all->kept.driver_count > 0 ? all->kept.drivers[0] : -1;
  for (int index = KEPT - 1; index >= 0; index--) {
    (void)ef_vi_free(&all->kept.interfaces[index], driver);
    (void)ef_vi_set_free(&all->kept.sets[index], driver);
    (void)ef_pio_free(&all->kept.buffers[index], driver);
    (void)ef_memreg_free(&all->kept.registrations[index], driver);
  }
  for (int index = 0; index < KEPT; index++) (void)ef_pd_free(&all->kept.domains[index], driver);
  for (unsigned index = 0; index < all->kept.driver_count && index < KEPT; index++)
    (void)ef_driver_close(all->kept.drivers[index]);
}

void run_program(const uint8_t *data, size_t size) {
  static objects all;
  reader in = {data, data + size};
  memset(&all, 0, sizeof all);
  memset(all.drivers, 0xff, sizeof all.drivers);
  all.memory = memory();
  const uint8_t first = take8(&in);
  setenv("EFVI_DEVICE", devices[first % (sizeof devices / sizeof devices[0])], 1);
  if (first < 200) begin(&all);
  for (int step = 0; step < 256 && in.next < in.end; step++) {
    const uint8_t byte = take8(&in);
    if (byte & 1)
      data_operations[(byte >> 1) % data_operation_count](&in, &all);
    else
      control_operations[(byte >> 1) % control_operation_count](&in, &all);
  }
  end(&all);
}

#ifdef REPLAY
// Runs the inputs that it is given, one after the other.
int main(int count, char **paths) {
  static uint8_t data[1 << 16];
  for (int index = 1; index < count; index++) {
    FILE *file = fopen(paths[index], "rb");
    if (file == NULL) return perror(paths[index]), 1;
    const size_t size = fread(data, 1, sizeof data, file);
    fclose(file);
    run_program(data, size);
  }
  printf("%d programs\n", count - 1);
  return 0;
}
#else
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  run_program(data, size);
  return 0;
}
#endif
