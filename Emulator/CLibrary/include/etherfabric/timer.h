#ifndef __ETHERFABRIC_TOOLS_H__
#define __ETHERFABRIC_TOOLS_H__

// The timer of an event queue (EF_VI_ENABLE_EV_TIMER). E only; nothing happens elsewhere. Times are microseconds.

#include <etherfabric/ef_vi.h>

// Started by the next event; started now.
#define ef_eventq_timer_prime(vi, microseconds) (vi)->ops.eventq_timer_prime((vi), (microseconds))
#define ef_eventq_timer_run(vi, microseconds) (vi)->ops.eventq_timer_run((vi), (microseconds))
// Stopped.
#define ef_eventq_timer_clear(vi) (vi)->ops.eventq_timer_clear((vi))
// Expires as soon as it is started.
#define ef_eventq_timer_zero(vi) (vi)->ops.eventq_timer_zero((vi))

#endif
