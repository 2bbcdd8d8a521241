#define _GNU_SOURCE
#include "Stranger.h"

#include <stdint.h>
#include <sys/wait.h>

#include "CLinuxShims.h"

static pid_t start(const char *name, unsigned user, int listens, unsigned long word, long size, int *hold) {
  int ready[2], held[2];
  if (pipe2(ready, O_CLOEXEC) != 0) return -errno;
  if (pipe2(held, O_CLOEXEC) != 0) return -errno;
  pid_t child = fork();
  if (child == 0) {
    // The test has many threads: from here on only system calls.
    close(held[1]);
    int result = setresuid(user, user, user) == 0 ? 0 : -errno;
    if (result == 0) result = listens ? efvi_meeting_listen(name) : efvi_meeting_connect(name);
    if (result >= 0 && !listens) {
      int memory = efvi_meeting_memory("stranger", size);
      result = memory < 0 ? memory : efvi_meeting_offer(result, memory, word);
    }
    (void)!write(ready[1], &result, sizeof result);
    char byte;
    (void)!read(held[0], &byte, 1);
    _exit(0);
  }
  int result = child < 0 ? -errno : 0;
  close(ready[1]);
  close(held[0]);
  if (child > 0 && read(ready[0], &result, sizeof result) != sizeof result) result = -EIO;
  close(ready[0]);
  *hold = held[1];
  if (result >= 0) return child;
  stranger_end(child, held[1]);
  return result;
}

pid_t stranger_listen(const char *name, unsigned user, int *hold) { return start(name, user, 1, 0, 0, hold); }

pid_t stranger_offer(const char *name, unsigned user, unsigned long word, long size, int *hold) {
  return start(name, user, 0, word, size, hold);
}

void stranger_end(pid_t process, int hold) {
  close(hold);
  if (process > 0) waitpid(process, NULL, 0);
}
