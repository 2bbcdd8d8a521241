#ifndef PROGRAM_H
#define PROGRAM_H

#include <stddef.h>
#include <stdint.h>

// The bytes of an input, read as the calls of a program that knows no rule of ef_vi.

typedef struct {
  const uint8_t *next;
  const uint8_t *end;
} reader;

static inline uint8_t take8(reader *in) { return in->next < in->end ? *in->next++ : 0; }
static inline uint16_t take16(reader *in) {
  uint16_t low = take8(in);
  return (uint16_t)(low | take8(in) << 8);
}
static inline uint32_t take32(reader *in) {
  uint32_t low = take16(in);
  return low | (uint32_t)take16(in) << 16;
}

// A number as callers get them wrong: small, at a limit, or anything.
static inline int64_t take_number(reader *in) {
  static const int64_t limits[] = {
    0, 1, -1, 8, 60, 64, 127, 128, 512, 1024, 1500, 1518, 2048, 4095, 4096, 4097, 8192, 16383, 16384, 32768,
    65535, 65536, 0x100000, INT32_MAX, INT32_MIN, UINT32_MAX, INT64_MAX, INT64_MIN,
  };
  uint8_t kind = take8(in);
  if (kind < 128) return kind & 31;
  if (kind < 224) return limits[kind % (sizeof limits / sizeof limits[0])];
  return kind & 1 ? (int64_t)(int32_t)take32(in) : (int64_t)take16(in);
}

// Runs the program of `size` bytes, and gives back all that it left.
void run_program(const uint8_t *data, size_t size);

#endif
