#pragma once

// Processes of another user, for tests of who may share memory with whom. They end when `hold` is closed.

#include <sys/types.h>

/// Listens under a name. Returns the process, or a negative errno: -EINVAL or -EPERM where no other user can be had.
pid_t stranger_listen(const char *name, unsigned user, int *hold);

/// Connects to a name and offers memory of `size` bytes that begins with `header`, the first eight bytes of which go
/// along with it. Returns the process, or a negative errno.
pid_t stranger_offer(const char *name, unsigned user, const unsigned char header[16], long size, int *hold);

/// Waits for the end of a stranger.
void stranger_end(pid_t process, int hold);
