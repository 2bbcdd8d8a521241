#include "CBackendTable.h"

#include <string.h>

enum { capacity = 8 };

static struct {
  const char *scheme;
  efvi_backend_open_fn open;
} table[capacity];

static int count;

int efvi_backend_register(const char *scheme, efvi_backend_open_fn open) {
  if (count == capacity) return -1;
  table[count].scheme = scheme;
  table[count].open = open;
  count += 1;
  return 0;
}

efvi_backend_open_fn efvi_backend_find(const char *scheme) {
  for (int i = 0; i < count; i++)
    if (strcmp(table[i].scheme, scheme) == 0) return table[i].open;
  return 0;
}

const char *efvi_backend_scheme(int index) {
  return index >= 0 && index < count ? table[index].scheme : 0;
}
