#pragma once

// A backend (the emulator, libciul) enters itself here under the scheme of its device strings before
// `main`, so that the API finds it without importing it: imports point one way.

#ifdef __cplusplus
extern "C" {
#endif

// Returns a +1 reference to a Swift object that holds an `any AdapterBackend` or an error.
typedef void *(*efvi_backend_open_fn)(const char *device);

// Returns 0, or -1 when the table is full. `scheme` must outlive the process.
int efvi_backend_register(const char *scheme, efvi_backend_open_fn open);

// Returns the opener of a scheme, or NULL.
efvi_backend_open_fn efvi_backend_find(const char *scheme);

// The scheme in slot `index`, or NULL past the end.
const char *efvi_backend_scheme(int index);

#ifdef __cplusplus
}
#endif
