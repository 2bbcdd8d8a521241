#include "CBackendTable.h"
#include "CHardwareRegistration.h"

// Written in Swift (Sources/HardwareBackend/HardwareEntry.swift).
extern void *efvi_hardware_open(const char *device);

__attribute__((constructor)) static void register_hardware(void) {
  efvi_backend_register("sfc", efvi_hardware_open);
}
