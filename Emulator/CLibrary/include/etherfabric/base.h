#ifndef __EFAB_BASE_H__
#define __EFAB_BASE_H__

// Opening a device, and waiting for it.

#include <etherfabric/ef_vi.h>

#ifdef __cplusplus
extern "C" {
#endif

struct timeval;

// The page of the adapter: memory is registered in multiples of it.
#define EF_VI_NIC_PAGE_SHIFT 12
#define EF_VI_NIC_PAGE_SIZE (1 << EF_VI_NIC_PAGE_SHIFT)

// For printf of an ef_addr.
#define EF_ADDR_FMT "%" PRIx64
#define EF_INVALID_ADDR ((ef_addr)-1)

// Stores a handle, which the calls below and in other headers take.
extern int ef_driver_open(ef_driver_handle *);
// As close(2): -1 with errno set on failure. What was allocated over the handle goes with it.
extern int ef_driver_close(ef_driver_handle);

// Blocks until there is an event after `current` (ef_eventq_current) or time has run out; NULL: without end. E:
// -ETIMEDOUT. T and U: 0 then too, -1 on failure, and a time of zero is without end.
extern int ef_eventq_wait(ef_vi *, ef_driver_handle, unsigned current, const struct timeval *timeout);

#ifdef __cplusplus
}
#endif

#endif
