#include "objects.h"

#include <string.h>

// An index of a slot; past the last one for null, and now and then the slot becomes rubbish first.
static int choose(reader *in, int count, void *slots, size_t size) {
  const uint8_t byte = take8(in);
  if (byte >= 250) return -1;
  const int index = byte % count;
  char *slot = (char *)slots + (size_t)index * size;
  if (byte == 249) memset(slot, 0, size);
  if (byte == 248) memset(slot, 0xa5, size);
  if (byte == 247) memcpy(slot, (char *)slots + (size_t)((index + 1) % count) * size, size);
  return index;
}

#define TAKE(in, array) \
  int index = choose((in), (int)(sizeof(array) / sizeof((array)[0])), (array), sizeof((array)[0])); \
  return index < 0 ? NULL : &(array)[index]

ef_driver_handle take_driver(reader *in, objects *all) {
  const uint8_t byte = take8(in);
  return byte < 240 ? all->drivers[byte % DRIVERS] : (ef_driver_handle)take_number(in);
}

ef_pd *take_domain(reader *in, objects *all) { TAKE(in, all->domains); }
ef_memreg *take_registration(reader *in, objects *all) { TAKE(in, all->registrations); }
ef_vi_set *take_set(reader *in, objects *all) { TAKE(in, all->sets); }
ef_pio *take_buffer(reader *in, objects *all) { TAKE(in, all->buffers); }
ef_filter_cookie *take_cookie(reader *in, objects *all) { TAKE(in, all->cookies); }
ef_filter_spec *take_spec(reader *in, objects *all) { TAKE(in, all->specs); }

ef_vi *take_interface(reader *in, objects *all) {
  const uint8_t byte = take8(in);
  if (byte >= 250) return NULL;
  const int index = byte % INTERFACES;
  if (byte == 249) memset(&all->interfaces[index], 0, sizeof(ef_vi)), all->callable[index] = 0;
  if (byte == 248) memset(&all->interfaces[index], 0xa5, sizeof(ef_vi)), all->callable[index] = 0;
  if (byte == 247) {
    const int other = (index + 1) % INTERFACES;
    all->interfaces[index] = all->interfaces[other];
    all->callable[index] = all->callable[other];
  }
  return &all->interfaces[index];
}

ef_vi *take_callable(reader *in, objects *all) {
  const int first = take8(in) % INTERFACES;
  for (int step = 0; step < INTERFACES; step++) {
    const int index = (first + step) % INTERFACES;
    if (all->callable[index]) return &all->interfaces[index];
  }
  return NULL;
}

ef_event *take_event(reader *in, objects *all) {
  const uint8_t byte = take8(in);
  if (byte >= 252) return NULL;
  ef_event *event = &all->events[byte % EVENTS];
  if (byte < 64) {
    for (size_t index = 0; index < sizeof *event; index++) ((uint8_t *)event)[index] = take8(in);
  } else if (all->event_count > 0) {
    event = &all->events[byte % all->event_count];
  }
  return event;
}

ef_addr take_address(reader *in, objects *all) {
  const uint8_t byte = take8(in);
  const uint32_t offset = take16(in);
  const ef_addr base = all->addresses[byte % REGISTRATIONS];
  return byte < 200 && base != 0 ? base + offset : (ef_addr)take_number(in);
}

void *take_bytes(reader *in, objects *all) {
  const uint8_t byte = take8(in);
  return byte >= 252 ? NULL : all->memory + (MEMORY_BYTES - 0x20000) - byte * 64;
}
