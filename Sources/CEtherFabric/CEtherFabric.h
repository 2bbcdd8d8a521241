#pragma once

// The API of ef_vi for Swift, which sees no macros: a static inline function `ciul_NAME` for each callable NAME of
// Emulator/CLibrary/api.tsv that exists. Macros and inline functions go through `vi->ops` as in C, functions of the
// library through the table of Library.h.

#if !__has_include(<etherfabric/ef_vi.h>)
#error "Onload's headers have gone since Package.swift was read, or their .pc file has. Run `swift package purge-cache`."
#endif

#ifdef __swift__
// First the C library's types by its own module: those of headers that are not in it, such as struct iovec, would
// belong to this one, and programs would have to import it for them.
#pragma clang module import SwiftGlibc
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
