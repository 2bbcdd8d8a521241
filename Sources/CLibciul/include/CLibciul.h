#pragma once

// Finds libciul at run time. A program with the backend starts on a host without it.

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

// Opens the library of this file name and fills the table of CEtherFabric. Once: later calls change nothing and return 0
// for whatever name. On failure `reason` gets a text that ends within `room` bytes.
// Returns 0; -ENOENT where the library cannot be opened; -ELIBACC where it lacks a function.
int ciul_load(const char *name, char *reason, size_t room);

// The file that the library was loaded from; NULL before.
const char *ciul_loaded_from(void);

#ifdef __cplusplus
}
#endif
