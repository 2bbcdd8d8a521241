#ifndef ETHERFABRIC_INTERNAL_PLATFORM_H
#define ETHERFABRIC_INTERNAL_PLATFORM_H

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <time.h>
// glibc hides struct timespec from programs in strict C99, all but here.
#if defined(__has_include)
#if __has_include(<bits/types/struct_timespec.h>)
#include <bits/types/struct_timespec.h>
#endif
#endif

#if !defined(__GNUC__)
#error "The etherfabric headers need GCC, Clang or a compiler that speaks their extensions."
#endif

// Attributes, under the names that programs use.
#define EF_VI_ALIGN(bytes) __attribute__((aligned(bytes)))
#define ef_vi_inline static inline
#define ef_vi_noinline __attribute__((noinline))
#define ef_vi_cold __attribute__((cold))
#define ef_vi_pure __attribute__((pure))

// Alignment in bytes at which buffers for DMA start best: a cache line.
#if defined(__powerpc__) || defined(__powerpc64__)
#define EF_VI_DMA_ALIGN 128
#else
#define EF_VI_DMA_ALIGN 64
#endif

#define ef_timespec struct timespec

#endif
