#define _GNU_SOURCE
#include "Stranger.h"

#include <stdint.h>
#include <sys/wait.h>

#include "CLinuxShims.h"

static pid_t start(const char *name, unsigned user, const unsigned char *header, long size, int *hold) {
  int ready[2], held[2];
  if (pipe2(ready, O_CLOEXEC) != 0) return -errno;
  if (pipe2(held, O_CLOEXEC) != 0) return -errno;
  pid_t child = fork();
  if (child == 0) {
    // The test has many threads: from here on only system calls.
    close(held[1]);
    int result = setresuid(user, user, user) == 0 ? 0 : -errno;
    if (result == 0) result = header ? efvi_meeting_connect(name) : efvi_meeting_listen(name);
    if (result >= 0 && header) {
      int memory = efvi_meeting_memory("stranger", size);
      uint64_t word;
      memcpy(&word, header, sizeof word);
      if (memory >= 0 && pwrite(memory, header, 16, 0) == 16) result = efvi_meeting_offer(result, memory, word);
      else result = -EIO;
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

pid_t stranger_listen(const char *name, unsigned user, int *hold) { return start(name, user, NULL, 0, hold); }

pid_t stranger_offer(const char *name, unsigned user, const unsigned char header[16], long size, int *hold) {
  return start(name, user, header, size, hold);
}

void stranger_end(pid_t process, int hold) {
  close(hold);
  if (process > 0) waitpid(process, NULL, 0);
}
