#ifndef OBJECTS_H
#define OBJECTS_H

#include "program.h"

#include <etherfabric/capabilities.h>
#include <etherfabric/checksum.h>
#include <etherfabric/ef_vi.h>
#include <etherfabric/efct_vi.h>
#include <etherfabric/memreg.h>
#include <etherfabric/packedstream.h>
#include <etherfabric/pd.h>
#include <etherfabric/pio.h>
#include <etherfabric/timer.h>
#include <etherfabric/vi.h>

// What a program has in its variables: handles in use, freed, never filled in, filled with rubbish, and copies of others.

enum { DRIVERS = 4, DOMAINS = 4, REGISTRATIONS = 4, INTERFACES = 6, SETS = 3, BUFFERS = 3, SPECS = 4, COOKIES = 4 };
enum { MEMORY_BYTES = 4 << 20, EVENTS = 64, KEPT = 64 };

typedef struct {
  ef_driver_handle drivers[DRIVERS];
  ef_pd domains[DOMAINS];
  ef_memreg registrations[REGISTRATIONS];
  ef_addr addresses[REGISTRATIONS]; // of the first byte, 0 where none was obtained
  ef_vi interfaces[INTERFACES];
  // Whether the table of operations was ever filled in: a call through an empty one fails in the program itself.
  char callable[INTERFACES];
  ef_vi_set sets[SETS];
  ef_pio buffers[BUFFERS];
  ef_filter_spec specs[SPECS];
  ef_filter_cookie cookies[COOKIES];
  ef_event events[EVENTS];
  int event_count;
  uint32_t packets[8];
  unsigned packet_count;
  // A copy of all that was obtained: a program loses structures, and inputs run in one process.
  struct {
    ef_driver_handle drivers[KEPT];
    ef_pd domains[KEPT];
    ef_memreg registrations[KEPT];
    ef_vi interfaces[KEPT];
    ef_vi_set sets[KEPT];
    ef_pio buffers[KEPT];
    unsigned driver_count, domain_count, registration_count, interface_count, set_count, buffer_count;
  } kept;
  char *memory; // MEMORY_BYTES, and behind them pages that nobody may touch
} objects;

// Keeps a copy for the end where a call has succeeded. Past KEPT of a kind the oldest are lost.
#define KEEP(all, array, count, result, object) \
  ((result) >= 0 && (object) != NULL ? (void)((all)->kept.array[(all)->kept.count++ % KEPT] = *(object)) : (void)0)

ef_driver_handle take_driver(reader *in, objects *all);
ef_pd *take_domain(reader *in, objects *all);
ef_memreg *take_registration(reader *in, objects *all);
ef_vi *take_interface(reader *in, objects *all);
// One whose operations can be called.
ef_vi *take_callable(reader *in, objects *all);
ef_vi_set *take_set(reader *in, objects *all);
ef_pio *take_buffer(reader *in, objects *all);
ef_filter_spec *take_spec(reader *in, objects *all);
ef_filter_cookie *take_cookie(reader *in, objects *all);
ef_event *take_event(reader *in, objects *all);
// A registered address as often as not.
ef_addr take_address(reader *in, objects *all);
// 64 KiB that can be read and written.
void *take_bytes(reader *in, objects *all);

typedef void operation(reader *in, objects *all);
extern operation *const control_operations[];
extern const unsigned control_operation_count;
extern operation *const data_operations[];
extern const unsigned data_operation_count;

#endif
