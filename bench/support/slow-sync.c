// Makes every fsync and fdatasync of one process last longer, as on a NAS, and counts them: loaded with LD_PRELOAD.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static struct timespec delay;
// Of the main thread, and of all others.
static _Atomic uint64_t *counts;

__attribute__((constructor)) static void begin(void) {
  const char *milliseconds = getenv("SLOW_SYNC_MILLISECONDS");
  const char *path = getenv("SLOW_SYNC_COUNTS");
  long each = milliseconds == NULL ? 0 : strtol(milliseconds, NULL, 10);
  delay.tv_sec = each / 1000;
  delay.tv_nsec = each % 1000 * 1000000;
  int file = path == NULL ? -1 : open(path, O_RDWR);
  if (file >= 0) {
    void *shared = mmap(NULL, 2 * sizeof(uint64_t), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (shared != MAP_FAILED) counts = shared;
    close(file);
  }
  // Not for the programs that it starts.
  unsetenv("LD_PRELOAD");
}

static void slow(void) {
  if (counts != NULL) atomic_fetch_add(&counts[syscall(SYS_gettid) == getpid() ? 0 : 1], 1);
  if (delay.tv_sec > 0 || delay.tv_nsec > 0) nanosleep(&delay, NULL);
}

int fsync(int file) {
  static int (*next)(int);
  if (next == NULL) next = (int (*)(int))dlsym(RTLD_NEXT, "fsync");
  slow();
  return next(file);
}

int fdatasync(int file) {
  static int (*next)(int);
  if (next == NULL) next = (int (*)(int))dlsym(RTLD_NEXT, "fdatasync");
  slow();
  return next(file);
}
