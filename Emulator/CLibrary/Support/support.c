#include "CiulSupport.h"

#include <linux/membarrier.h>
#include <sys/syscall.h>
#include <unistd.h>

__attribute__((aligned(4096), visibility("hidden"))) char ciul_slots[ciul_slot_count * ciul_slot_bytes];

static int membarrier(int command) { return (int)syscall(SYS_membarrier, command, 0, 0); }

int ciul_prepare_process_barrier(void) { return membarrier(MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED); }

int ciul_process_barrier(void) { return membarrier(MEMBARRIER_CMD_PRIVATE_EXPEDITED); }
