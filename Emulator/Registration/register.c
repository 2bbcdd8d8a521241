#include "CBackendTable.h"
#include "CEmulatorRegistration.h"

// Written in Swift (Emulator/Device/EmulatorEntry.swift).
extern void *efvi_emulator_open(const char *device);

__attribute__((constructor)) static void register_emulator(void) {
  efvi_backend_register("emu", efvi_emulator_open);
}
