#include "CBackendTable.h"
#include "CEmulatorRegistration.h"

#include <pthread.h>

// Written in Swift (Emulator/Device/EmulatorEntry.swift).
extern void *efvi_emulator_open(const char *device);

static void enter(void) { efvi_backend_register("emu", efvi_emulator_open); }

void efvi_emulator_register(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, enter);
}

__attribute__((constructor)) static void register_emulator(void) { efvi_emulator_register(); }
