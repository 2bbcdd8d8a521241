#define _GNU_SOURCE
#include "CLibciul.h"

#include "../CEtherFabric/CEtherFabric.h"
#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

struct ciul_library ciul;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int is_loaded;
static char path[PATH_MAX];

static int find(void *library, struct ciul_library *found, char *reason, size_t room) {
#define CIUL_FIND(name) \
  *(void **)&found->name = dlsym(library, #name); \
  if (!found->name) { \
    snprintf(reason, room, "it has no function " #name); \
    return -ELIBACC; \
  }
  CIUL_FUNCTIONS(CIUL_FIND)
#undef CIUL_FIND
  return 0;
}

static int load(const char *name, char *reason, size_t room) {
  // The library's own functions first: it may hold others of the same names as the program (the emulated adapter's
  // libciul is made of the same modules).
  void *library = dlopen(name, RTLD_NOW | RTLD_LOCAL | RTLD_DEEPBIND);
  if (!library) {
    const char *text = dlerror();
    snprintf(reason, room, "%s", text ? text : "it cannot be opened");
    return -ENOENT;
  }
  struct ciul_library found;
  // A wrong one stays: what it has started may not bear to be unloaded.
  int result = find(library, &found, reason, room);
  if (result) return result;
  Dl_info info;
  void *function = *(void **)&found.ef_driver_open;
  snprintf(path, sizeof path, "%s", dladdr(function, &info) && info.dli_fname ? info.dli_fname : name);
  ciul = found;
  is_loaded = 1;
  return 0;
}

int ciul_load(const char *name, char *reason, size_t room) {
  pthread_mutex_lock(&lock);
  int result = is_loaded ? 0 : load(name, reason, room);
  pthread_mutex_unlock(&lock);
  return result;
}

const char *ciul_loaded_from(void) { return is_loaded ? path : 0; }
