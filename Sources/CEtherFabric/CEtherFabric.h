#pragma once

// The API of ef_vi for Swift, which sees no macros: a static inline function `ciul_NAME` for each callable NAME of
// Emulator/CLibrary/api.tsv that exists. Macros and inline functions go through `vi->ops` as in C, functions of the
// library through the table of Library.h.

#if !__has_include(<etherfabric/ef_vi.h>)
#error "Onload's headers have gone since Package.swift was read, or their .pc file has. Run `swift package purge-cache`."
#endif

#include "Shims/Capability.h"
#include "Shims/Checksum.h"
#include "Shims/Driver.h"
#include "Shims/Event.h"
#include "Shims/Filter.h"
#include "Shims/Interface.h"
#include "Shims/PIO.h"
#include "Shims/PackedStream.h"
#include "Shims/Queue.h"
#include "Shims/Receive.h"
#include "Shims/Reference.h"
#include "Shims/Transmit.h"
