/*
 * For LD_PRELOAD: makes the kernel fail, or the process die, at a chosen call.
 *   FAULT_DIR     only calls on paths beneath this folder count, which is spelled without links
 *   FAULT_CALLS   the kinds that count, of open (for writing or making), write, sync, rename, mkdir, truncate, or alloc
 *                 (aligned memory of at least FAULT_BYTES that a library asks for whose path holds FAULT_FROM); default: all
 *                 but alloc
 *   FAULT_AT      the number of the call that fails, from 1 on; without it none does
 *   FAULT_ERRNO   as a number; 0 kills the process with SIGKILL, in a write after half of its bytes
 *   FAULT_STICKY  1: all that count from there on fail
 *   FAULT_LOG     a file that gets a line for each call that counts: its kind and path
 */
#define _GNU_SOURCE
#undef _FORTIFY_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

static atomic_long count;

static void *real(const char *name) {
  void *found = dlsym(RTLD_NEXT, name);
  if (found == NULL) {
    abort();
  }
  return found;
}

#define REAL(type, name)                         \
  static type (*next)();                         \
  if (next == NULL) {                            \
    next = (type (*)()) real(name);              \
  }

/* Whether such a path counts; what it is relative to is found by the descriptor, as is the path of a file where it is NULL. */
static int beneath(int fd, const char *path, char *whole) {
  const char *folder = getenv("FAULT_DIR");
  if (folder == NULL) {
    return 0;
  }
  if (path != NULL && path[0] == '/') {
    snprintf(whole, PATH_MAX, "%s", path);
  } else {
    char link[64];
    char base[PATH_MAX];
    snprintf(link, sizeof link, fd == AT_FDCWD ? "/proc/self/cwd" : "/proc/self/fd/%d", fd);
    long length = syscall(SYS_readlink, link, base, sizeof base - 1);
    if (length < 0) {
      return 0;
    }
    base[length] = 0;
    if (path == NULL) {
      memcpy(whole, base, (size_t) length + 1);
    } else if (snprintf(whole, PATH_MAX, "%s/%s", base, path) >= PATH_MAX) {
      return 0;
    }
  }
  size_t length = strlen(folder);
  return strncmp(whole, folder, length) == 0 && (whole[length] == '/' || whole[length] == 0);
}

static int counts(const char *kind) {
  const char *kinds = getenv("FAULT_CALLS");
  return strstr(kinds != NULL ? kinds : "open,write,sync,rename,mkdir,truncate", kind) != NULL;
}

/* Counts a call: 0 to let it pass, else the number of the error, or -1 to die. */
static int fault(const char *kind, const char *path) {
  long number = atomic_fetch_add(&count, 1) + 1;
  const char *log = getenv("FAULT_LOG");
  if (log != NULL) {
    char line[PATH_MAX + 32];
    int length = snprintf(line, sizeof line, "%s %s\n", kind, path);
    long to = syscall(SYS_openat, AT_FDCWD, log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    if (to >= 0) {
      syscall(SYS_write, to, line, (size_t) length);
      syscall(SYS_close, to);
    }
  }
  const char *at = getenv("FAULT_AT");
  const char *sticky = getenv("FAULT_STICKY");
  long chosen = at != NULL ? atol(at) : 0;
  if (chosen <= 0 || number < chosen || (number > chosen && (sticky == NULL || sticky[0] != '1'))) {
    return 0;
  }
  const char *error = getenv("FAULT_ERRNO");
  int code = error != NULL ? atoi(error) : EIO;
  return code == 0 ? -1 : code;
}

/* The same for what leaves nothing behind half-way. */
static int fails(const char *kind, int fd, const char *path) {
  char whole[PATH_MAX];
  if (!counts(kind) || !beneath(fd, path, whole)) {
    return 0;
  }
  int code = fault(kind, whole);
  if (code < 0) {
    kill(getpid(), SIGKILL);
  }
  errno = code;
  return code != 0;
}

static int fails_open(int fd, const char *path, int flags) {
  return (flags & (O_WRONLY | O_RDWR | O_CREAT)) != 0 && fails("open", fd, path);
}

#define MODE                                         \
  mode_t mode = 0;                                   \
  if ((flags & (O_CREAT | O_TMPFILE)) != 0) {        \
    va_list rest;                                    \
    va_start(rest, flags);                           \
    mode = (mode_t) va_arg(rest, int);               \
    va_end(rest);                                    \
  }

#define OPEN(name)                                   \
  int name(const char *path, int flags, ...) {       \
    MODE                                             \
    if (fails_open(AT_FDCWD, path, flags)) {         \
      return -1;                                     \
    }                                                \
    REAL(int, #name)                                 \
    return next(path, flags, mode);                  \
  }
OPEN(open)
OPEN(open64)

#define OPENAT(name)                                       \
  int name(int fd, const char *path, int flags, ...) {     \
    MODE                                                   \
    if (fails_open(fd, path, flags)) {                     \
      return -1;                                           \
    }                                                      \
    REAL(int, #name)                                       \
    return next(fd, path, flags, mode);                    \
  }
OPENAT(openat)
OPENAT(openat64)

#define CREAT(name)                                        \
  int name(const char *path, mode_t mode) {                \
    if (fails("open", AT_FDCWD, path)) {                   \
      return -1;                                           \
    }                                                      \
    REAL(int, #name)                                       \
    return next(path, mode);                               \
  }
CREAT(creat)
CREAT(creat64)

/* Whether a write fails; one that dies asks for half of it first. */
static int fails_write(int fd, const void *bytes, size_t length) {
  char whole[PATH_MAX];
  if (fd <= 2 || !counts("write") || !beneath(fd, NULL, whole)) {
    return 0;
  }
  int code = fault("write", whole);
  if (code < 0) {
    syscall(SYS_write, fd, bytes, length / 2);
    kill(getpid(), SIGKILL);
  }
  errno = code;
  return code != 0;
}

ssize_t write(int fd, const void *bytes, size_t length) {
  if (fails_write(fd, bytes, length)) {
    return -1;
  }
  REAL(ssize_t, "write")
  return next(fd, bytes, length);
}

#define PWRITE(name)                                                       \
  ssize_t name(int fd, const void *bytes, size_t length, off_t at) {       \
    if (fails_write(fd, bytes, length)) {                                  \
      return -1;                                                           \
    }                                                                      \
    REAL(ssize_t, #name)                                                   \
    return next(fd, bytes, length, at);                                    \
  }
PWRITE(pwrite)
PWRITE(pwrite64)

ssize_t writev(int fd, const struct iovec *parts, int number) {
  if (fails_write(fd, number > 0 ? parts[0].iov_base : NULL, number > 0 ? parts[0].iov_len : 0)) {
    return -1;
  }
  REAL(ssize_t, "writev")
  return next(fd, parts, number);
}

#define SENDFILE(name)                                                     \
  ssize_t name(int to, int from, off_t *at, size_t length) {               \
    if (fails_write(to, "", 0)) {                                          \
      return -1;                                                           \
    }                                                                      \
    REAL(ssize_t, #name)                                                   \
    return next(to, from, at, length);                                     \
  }
SENDFILE(sendfile)
SENDFILE(sendfile64)

ssize_t copy_file_range(int from, off_t *from_at, int to, off_t *to_at, size_t length, unsigned int flags) {
  if (fails_write(to, "", 0)) {
    return -1;
  }
  REAL(ssize_t, "copy_file_range")
  return next(from, from_at, to, to_at, length, flags);
}

#define ON_FILE(name, kind)                                \
  int name(int fd) {                                       \
    if (fails(kind, fd, NULL)) {                           \
      return -1;                                           \
    }                                                      \
    REAL(int, #name)                                       \
    return next(fd);                                       \
  }
ON_FILE(fsync, "sync")
ON_FILE(fdatasync, "sync")

#define TRUNCATE(name)                                     \
  int name(int fd, off_t length) {                         \
    if (fails("truncate", fd, NULL)) {                     \
      return -1;                                           \
    }                                                      \
    REAL(int, #name)                                       \
    return next(fd, length);                               \
  }
TRUNCATE(ftruncate)
TRUNCATE(ftruncate64)

int rename(const char *from, const char *to) {
  if (fails("rename", AT_FDCWD, to)) {
    return -1;
  }
  REAL(int, "rename")
  return next(from, to);
}

int renameat(int from_fd, const char *from, int to_fd, const char *to) {
  if (fails("rename", to_fd, to)) {
    return -1;
  }
  REAL(int, "renameat")
  return next(from_fd, from, to_fd, to);
}

int mkdir(const char *path, mode_t mode) {
  if (fails("mkdir", AT_FDCWD, path)) {
    return -1;
  }
  REAL(int, "mkdir")
  return next(path, mode);
}

int mkdirat(int fd, const char *path, mode_t mode) {
  if (fails("mkdir", fd, path)) {
    return -1;
  }
  REAL(int, "mkdirat")
  return next(fd, path, mode);
}

/* Whether code at such an address is of the libraries that count. */
static int is_from(const void *caller) {
  const char *from = getenv("FAULT_FROM");
  Dl_info found;
  return from == NULL || (dladdr(caller, &found) != 0 && strstr(found.dli_fname, from) != NULL);
}

int posix_memalign(void **memory, size_t alignment, size_t length) {
  const char *least = getenv("FAULT_BYTES");
  if (least != NULL && length >= (size_t) atol(least) && counts("alloc") && is_from(__builtin_return_address(0))) {
    char bytes[32];
    snprintf(bytes, sizeof bytes, "%zu", length);
    int code = fault("alloc", bytes);
    if (code < 0) {
      kill(getpid(), SIGKILL);
    }
    if (code != 0) {
      return code;
    }
  }
  REAL(int, "posix_memalign")
  return next(memory, alignment, length);
}
