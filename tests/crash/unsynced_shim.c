// Records what a program does to the files below one folder, so that the disk after a power loss at
// any moment can be rebuilt (tests/crash/simulated_disk.h). Preloaded into an unchanged program:
//
//   export FOIA_UNSYNCED_ROOT=/abs/data FOIA_UNSYNCED_JOURNAL=/abs/journal
//   LD_PRELOAD=libfoia_unsynced.so foiad --data /abs/data
//
// Every call that changes something below the root is done and appended to the journal in one step;
// fsync and fdatasync are only recorded, which makes it fast. Several processes may share a
// journal. FOIA_UNSYNCED_SPACE=N: after N bytes written below the root the disk is full (ENOSPC,
// after a short write as on a real one). FOIA_UNSYNCED_SYNCS=N: every sync after N fails (EIO).
//
// Not recorded, and so lost at the cut: writes through mmap, stdio, io_uring, sendfile and
// copy_file_range. sync_file_range makes nothing durable.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

// As in simulated_disk.cc.
enum Kind { kCreate = 1, kMakeDir, kWrite, kTruncate, kSync, kRename, kLink, kUnlink };
struct Header {
  uint32_t kind, path_size, other_path_size, data_size;
  uint64_t inode, offset;  // kTruncate: offset is the new size
};

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static char root[PATH_MAX];
static size_t root_size;
static dev_t root_device;
static int journal = -1;
static bool limited;
static uint64_t space;
static uint64_t syncs = UINT64_MAX;  // that still work

// The inodes ever opened below the root: open addressing, never removed. A number that the file
// system uses again for a file elsewhere does no harm: the replay does not know it by a name.
static uint64_t inodes[1 << 18];

__attribute__((constructor)) static void Start(void) {
  const char* root_name = getenv("FOIA_UNSYNCED_ROOT");
  const char* journal_name = getenv("FOIA_UNSYNCED_JOURNAL");
  if (root_name == NULL || journal_name == NULL) return;
  struct stat info;
  if (stat(root_name, &info) != 0) abort();
  root_device = info.st_dev;
  root_size = strlen(root_name);
  memcpy(root, root_name, root_size + 1);
  const int fd = (int)syscall(SYS_openat, AT_FDCWD, journal_name,
                              O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  journal = fcntl(fd, F_DUPFD_CLOEXEC, 800);
  if (journal < 0) abort();
  syscall(SYS_close, fd);
  const char* limit = getenv("FOIA_UNSYNCED_SPACE");
  limited = limit != NULL;
  if (limited) space = strtoull(limit, NULL, 10);
  const char* sync_limit = getenv("FOIA_UNSYNCED_SYNCS");
  if (sync_limit != NULL) syncs = strtoull(sync_limit, NULL, 10);
}

static uint64_t* Slot(uint64_t inode) {
  const size_t count = sizeof(inodes) / sizeof(inodes[0]);
  size_t slot = (size_t)(inode * 0x9e3779b97f4a7c15u) % count;
  while (inodes[slot] != 0 && inodes[slot] != inode) slot = (slot + 1) % count;
  return &inodes[slot];
}

// The inode behind a descriptor when it is one of ours, else 0.
static uint64_t Tracked(int fd) {
  struct stat info;
  if (journal < 0 || fstat(fd, &info) != 0 || info.st_dev != root_device) return 0;
  return *Slot(info.st_ino);
}

// The absolute path when it lies below the root, else false.
static bool Resolve(int dirfd, const char* path, char* out) {
  if (journal < 0 || path == NULL) return false;
  size_t size = 0;
  if (path[0] != '/') {
    if (dirfd == AT_FDCWD) {
      if (getcwd(out, PATH_MAX) == NULL) return false;
      size = strlen(out);
    } else {
      char link_name[64];
      snprintf(link_name, sizeof(link_name), "/proc/self/fd/%d", dirfd);
      const ssize_t count = readlink(link_name, out, PATH_MAX - 1);
      if (count < 0) return false;
      size = (size_t)count;
    }
    out[size++] = '/';
  }
  if (size + strlen(path) + 1 > PATH_MAX) return false;
  strcpy(out + size, path);
  return strncmp(out, root, root_size) == 0 && (out[root_size] == '/' || out[root_size] == 0);
}

// One writev, so that records of several processes do not mix.
static void Record(enum Kind kind, const char* path, const char* other_path, uint64_t inode,
                   uint64_t offset, const struct iovec* data, int data_count, size_t data_size) {
  struct Header header = {kind,
                          path == NULL ? 0 : (uint32_t)strlen(path),
                          other_path == NULL ? 0 : (uint32_t)strlen(other_path),
                          (uint32_t)data_size,
                          inode,
                          offset};
  struct iovec parts[IOV_MAX];
  parts[0] = (struct iovec){&header, sizeof(header)};
  parts[1] = (struct iovec){(void*)path, header.path_size};
  parts[2] = (struct iovec){(void*)other_path, header.other_path_size};
  int count = 3;
  size_t total = sizeof(header) + header.path_size + header.other_path_size + data_size;
  for (int i = 0; i < data_count && data_size > 0; ++i) {
    if (count == IOV_MAX) abort();
    const size_t part = data[i].iov_len < data_size ? data[i].iov_len : data_size;
    parts[count++] = (struct iovec){data[i].iov_base, part};
    data_size -= part;
  }
  if (syscall(SYS_writev, journal, parts, count) != (long)total) abort();
}

static int Open(int dirfd, const char* path, int flags, mode_t mode) {
  char full[PATH_MAX];
  if (!Resolve(dirfd, path, full)) return (int)syscall(SYS_openat, dirfd, path, flags, mode);
  pthread_mutex_lock(&mutex);
  struct stat info;
  const bool existed = fstatat(AT_FDCWD, full, &info, 0) == 0;
  const int fd = (int)syscall(SYS_openat, dirfd, path, flags, mode);
  const int saved_errno = errno;
  if (fd >= 0 && fstat(fd, &info) == 0) {
    *Slot(info.st_ino) = info.st_ino;
    if (!existed) Record(kCreate, full, NULL, info.st_ino, 0, NULL, 0, 0);
    if (existed && (flags & O_TRUNC) != 0) {
      Record(kTruncate, NULL, NULL, info.st_ino, 0, NULL, 0, 0);
    }
  }
  pthread_mutex_unlock(&mutex);
  errno = saved_errno;
  return fd;
}

#define OPEN_MODE(flags)                          \
  mode_t mode = 0;                                \
  if (((flags) & (O_CREAT | __O_TMPFILE)) != 0) { \
    va_list arguments;                            \
    va_start(arguments, flags);                   \
    mode = va_arg(arguments, mode_t);             \
    va_end(arguments);                            \
  }

int open(const char* path, int flags, ...) {
  OPEN_MODE(flags)
  return Open(AT_FDCWD, path, flags, mode);
}
int open64(const char* path, int flags, ...) {
  OPEN_MODE(flags)
  return Open(AT_FDCWD, path, flags, mode);
}
int openat(int dirfd, const char* path, int flags, ...) {
  OPEN_MODE(flags)
  return Open(dirfd, path, flags, mode);
}
int openat64(int dirfd, const char* path, int flags, ...) {
  OPEN_MODE(flags)
  return Open(dirfd, path, flags, mode);
}
int creat(const char* path, mode_t mode) {
  return Open(AT_FDCWD, path, O_CREAT | O_WRONLY | O_TRUNC, mode);
}
int creat64(const char* path, mode_t mode) { return creat(path, mode); }
// What _FORTIFY_SOURCE makes of open without a mode.
int __open_2(const char* path, int flags) { return Open(AT_FDCWD, path, flags, 0); }
int __open64_2(const char* path, int flags) { return Open(AT_FDCWD, path, flags, 0); }
int __openat_2(int dirfd, const char* path, int flags) { return Open(dirfd, path, flags, 0); }
int __openat64_2(int dirfd, const char* path, int flags) { return Open(dirfd, path, flags, 0); }

// offset -1: at the file's position.
static ssize_t Write(int fd, const struct iovec* data, int count, off_t offset) {
  const uint64_t inode = Tracked(fd);
  if (inode == 0) {
    return offset < 0 ? syscall(SYS_writev, fd, data, count)
                      : syscall(SYS_pwritev, fd, data, count, offset, 0);
  }
  pthread_mutex_lock(&mutex);
  struct iovec one;
  if (limited) {
    size_t total = 0;
    for (int i = 0; i < count; ++i) total += data[i].iov_len;
    if (total > space) {
      if (space == 0) {
        pthread_mutex_unlock(&mutex);
        errno = ENOSPC;
        return -1;
      }
      one = data[0];
      if (one.iov_len > space) one.iov_len = space;
      data = &one;
      count = 1;
    }
  }
  const ssize_t written = offset < 0 ? syscall(SYS_writev, fd, data, count)
                                     : syscall(SYS_pwritev, fd, data, count, offset, 0);
  if (written > 0) {
    if (limited) space -= (size_t)written;
    const off_t at = offset >= 0 ? offset : lseek(fd, 0, SEEK_CUR) - written;
    Record(kWrite, NULL, NULL, inode, (uint64_t)at, data, count, (size_t)written);
  }
  pthread_mutex_unlock(&mutex);
  return written;
}

ssize_t write(int fd, const void* bytes, size_t size) {
  const struct iovec data = {(void*)bytes, size};
  return Write(fd, &data, 1, -1);
}
ssize_t pwrite(int fd, const void* bytes, size_t size, off_t offset) {
  const struct iovec data = {(void*)bytes, size};
  return Write(fd, &data, 1, offset);
}
ssize_t pwrite64(int fd, const void* bytes, size_t size, off_t offset) {
  return pwrite(fd, bytes, size, offset);
}
ssize_t writev(int fd, const struct iovec* data, int count) { return Write(fd, data, count, -1); }
ssize_t pwritev(int fd, const struct iovec* data, int count, off_t offset) {
  return Write(fd, data, count, offset);
}
ssize_t pwritev64(int fd, const struct iovec* data, int count, off_t offset) {
  return Write(fd, data, count, offset);
}

// Runs one call that may change the size of a file, and records the size.
static int Resize(int fd, long call, long a, long b, long c) {
  const uint64_t inode = Tracked(fd);
  if (inode == 0) return (int)syscall(call, fd, a, b, c);
  pthread_mutex_lock(&mutex);
  struct stat before, after;
  fstat(fd, &before);
  const int result = (int)syscall(call, fd, a, b, c);
  if (result == 0 && fstat(fd, &after) == 0 && after.st_size != before.st_size) {
    Record(kTruncate, NULL, NULL, inode, (uint64_t)after.st_size, NULL, 0, 0);
  }
  pthread_mutex_unlock(&mutex);
  return result;
}

int ftruncate(int fd, off_t size) { return Resize(fd, SYS_ftruncate, size, 0, 0); }
int ftruncate64(int fd, off_t size) { return Resize(fd, SYS_ftruncate, size, 0, 0); }
int fallocate(int fd, int mode, off_t offset, off_t size) {
  return Resize(fd, SYS_fallocate, mode, offset, size);
}
int fallocate64(int fd, int mode, off_t offset, off_t size) {
  return Resize(fd, SYS_fallocate, mode, offset, size);
}
int posix_fallocate(int fd, off_t offset, off_t size) {
  return Resize(fd, SYS_fallocate, 0, offset, size) == 0 ? 0 : errno;
}
int posix_fallocate64(int fd, off_t offset, off_t size) {
  return posix_fallocate(fd, offset, size);
}
int truncate(const char* path, off_t size) {
  const int fd = Open(AT_FDCWD, path, O_WRONLY | O_CLOEXEC, 0);
  if (fd < 0) return -1;
  const int result = ftruncate(fd, size);
  syscall(SYS_close, fd);
  return result;
}
int truncate64(const char* path, off_t size) { return truncate(path, size); }

static int Sync(int fd, long call) {
  const uint64_t inode = Tracked(fd);
  if (inode == 0) return (int)syscall(call, fd);
  pthread_mutex_lock(&mutex);
  const bool works = syncs > 0;
  if (works) {
    --syncs;
    Record(kSync, NULL, NULL, inode, 0, NULL, 0, 0);
  }
  pthread_mutex_unlock(&mutex);
  if (!works) errno = EIO;
  return works ? 0 : -1;
}
int fsync(int fd) { return Sync(fd, SYS_fsync); }
int fdatasync(int fd) { return Sync(fd, SYS_fdatasync); }

// Runs one call that changes names, and records it when it worked.
static int Name(enum Kind kind, int dirfd, const char* path, int other_dirfd,
                const char* other_path, long flags) {
  char full[PATH_MAX];
  char other_full[PATH_MAX] = "";
  const bool tracked = Resolve(dirfd, path, full);
  if (other_path != NULL && Resolve(other_dirfd, other_path, other_full) != tracked) abort();
  pthread_mutex_lock(&mutex);
  int result = -1;
  switch (kind) {
    case kMakeDir:
      result = (int)syscall(SYS_mkdirat, dirfd, path, flags);
      break;
    case kUnlink:
      result = (int)syscall(SYS_unlinkat, dirfd, path, flags);
      break;
    case kRename:
      result = (int)syscall(SYS_renameat2, dirfd, path, other_dirfd, other_path, flags);
      break;
    case kLink:
      result = (int)syscall(SYS_linkat, dirfd, path, other_dirfd, other_path, flags);
      break;
    default:
      abort();
  }
  const int saved_errno = errno;
  if (tracked && result == 0) {
    struct stat info = {0};
    if (kind == kMakeDir && fstatat(AT_FDCWD, full, &info, 0) != 0) abort();
    Record(kind, full, other_path == NULL ? NULL : other_full, info.st_ino, 0, NULL, 0, 0);
  }
  pthread_mutex_unlock(&mutex);
  errno = saved_errno;
  return result;
}

int mkdir(const char* path, mode_t mode) { return Name(kMakeDir, AT_FDCWD, path, 0, NULL, mode); }
int mkdirat(int dirfd, const char* path, mode_t mode) {
  return Name(kMakeDir, dirfd, path, 0, NULL, mode);
}
int unlink(const char* path) { return Name(kUnlink, AT_FDCWD, path, 0, NULL, 0); }
int unlinkat(int dirfd, const char* path, int flags) {
  return Name(kUnlink, dirfd, path, 0, NULL, flags);
}
int rmdir(const char* path) { return Name(kUnlink, AT_FDCWD, path, 0, NULL, AT_REMOVEDIR); }
int remove(const char* path) {
  struct stat info;
  if (fstatat(AT_FDCWD, path, &info, AT_SYMLINK_NOFOLLOW) != 0) return -1;
  return S_ISDIR(info.st_mode) ? rmdir(path) : unlink(path);
}
int rename(const char* from, const char* to) {
  return Name(kRename, AT_FDCWD, from, AT_FDCWD, to, 0);
}
int renameat(int from_dirfd, const char* from, int to_dirfd, const char* to) {
  return Name(kRename, from_dirfd, from, to_dirfd, to, 0);
}
int renameat2(int from_dirfd, const char* from, int to_dirfd, const char* to, unsigned flags) {
  return Name(kRename, from_dirfd, from, to_dirfd, to, flags);
}
int link(const char* from, const char* to) { return Name(kLink, AT_FDCWD, from, AT_FDCWD, to, 0); }
int linkat(int from_dirfd, const char* from, int to_dirfd, const char* to, int flags) {
  return Name(kLink, from_dirfd, from, to_dirfd, to, flags);
}
