#include "CEmulatorRegistration.h"

#include "CBackendTable.h"

// Written in Swift (Emulator/Device/EmulatorEntry.swift).
extern void *efvi_emulator_open(const char *device);

static int is_registered;

__attribute__((constructor)) static void register_emulator(void) {
  is_registered = efvi_backend_register("emu", efvi_emulator_open) == 0;
}

int efvi_emulator_is_registered(void) { return is_registered; }
