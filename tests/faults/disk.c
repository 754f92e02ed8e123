/* Stands between a process and the disk: records what changes below one folder, and fails a change on demand.

   SQLite calls libc directly, so only a preloaded library sees its writes. Build: see disk.py.
   fault_disk_watch() says which folder, and where to record.  */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

#define FDS 65536
#define REAL(name) ((__typeof__(&name))real(#name))

static char root[PATH_MAX];
static size_t root_length;
static int log_fd = -1;
static unsigned char watched[FDS];
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

static long countdown; /* changes until the first that fails; 0: none will */
static long seen;      /* changes since fault_disk_arm() */
static int failure;    /* errno */
static int sticky;     /* all later ones fail too */

static void *real(const char *name) { return dlsym(RTLD_NEXT, name); }

/* folder: absolute, no trailing slash. log: where to record, or empty. */
void fault_disk_watch(const char *folder, const char *log) {
    snprintf(root, sizeof root, "%s", folder);
    root_length = strlen(root);
    if (*log)
        log_fd = REAL(open64)(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
}

void fault_disk_arm(long nth, int error, int from_there_on) {
    seen = 0;
    failure = error;
    sticky = from_there_on;
    countdown = nth;
}

long fault_disk_seen(void) { return seen; }

/* 1 if this change has to fail. */
static int fails(void) {
    pthread_mutex_lock(&mutex);
    seen++;
    int now = countdown && (sticky ? seen >= countdown : seen == countdown);
    pthread_mutex_unlock(&mutex);
    if (now)
        errno = failure;
    return now;
}

static int below_root(const char *path) {
    return root_length && !strncmp(path, root, root_length) && (path[root_length] == '/' || !path[root_length]);
}

static void put(char kind, uint64_t inode, int64_t offset, const void *first, uint32_t n1, const void *second,
                uint32_t n2) {
    if (log_fd < 0)
        return;
    int before = errno;
    struct __attribute__((packed)) { char kind; uint64_t inode; int64_t offset; uint32_t n1, n2; } head = {
        kind, inode, offset, n1, n2};
    struct iovec parts[3] = {{&head, sizeof head}, {(void *)first, n1}, {(void *)second, n2}};
    pthread_mutex_lock(&mutex);
    if (REAL(writev)(log_fd, parts, 3) < 0)
        abort();
    pthread_mutex_unlock(&mutex);
    errno = before;
}

void fault_disk_acknowledge(const char *text) { put('A', 0, 0, text, strlen(text), "", 0); }

static uint64_t inode_of(int fd) {
    struct stat found;
    return fstat(fd, &found) ? 0 : found.st_ino;
}

static void put_path(char kind, const char *path) { put(kind, 0, 0, path, strlen(path), "", 0); }

static int is_watched(int fd) { return fd >= 0 && fd < FDS && watched[fd]; }

static int opened(int fd, const char *path, int flags, int there_before) {
    if (fd < 0)
        return fd;
    if (fd < FDS)
        watched[fd] = below_root(path);
    if (!is_watched(fd))
        return fd;
    if ((flags & O_CREAT) && !there_before)
        put('C', inode_of(fd), 0, path, strlen(path), "", 0);
    else if (flags & O_TRUNC)
        put('T', inode_of(fd), 0, "", 0, "", 0);
    return fd;
}

static int changes(const char *path, int flags, int *there) {
    *there = 1;
    if (!below_root(path))
        return 0;
    *there = !access(path, F_OK);
    return ((flags & O_CREAT) && !*there) || (flags & O_TRUNC);
}

#define OPEN(name)                                                                                                     \
    int name(const char *path, int flags, ...) {                                                                       \
        va_list rest;                                                                                                  \
        va_start(rest, flags);                                                                                         \
        mode_t mode = va_arg(rest, mode_t);                                                                            \
        va_end(rest);                                                                                                  \
        int there;                                                                                                     \
        if (changes(path, flags, &there) && fails())                                                                   \
            return -1;                                                                                                 \
        return opened(REAL(name)(path, flags, mode), path, flags, there);                                              \
    }
OPEN(open)
OPEN(open64)

#define OPENAT(name)                                                                                                   \
    int name(int folder, const char *path, int flags, ...) {                                                           \
        va_list rest;                                                                                                  \
        va_start(rest, flags);                                                                                         \
        mode_t mode = va_arg(rest, mode_t);                                                                            \
        va_end(rest);                                                                                                  \
        int there;                                                                                                     \
        if (changes(path, flags, &there) && fails())                                                                   \
            return -1;                                                                                                 \
        return opened(REAL(name)(folder, path, flags, mode), path, flags, there);                                      \
    }
OPENAT(openat)
OPENAT(openat64)

int close(int fd) {
    if (fd >= 0 && fd < FDS)
        watched[fd] = 0;
    return REAL(close)(fd);
}

ssize_t write(int fd, const void *data, size_t size) {
    if (!is_watched(fd))
        return REAL(write)(fd, data, size);
    if (fails())
        return -1;
    off_t at = (fcntl(fd, F_GETFL) & O_APPEND) ? lseek(fd, 0, SEEK_END) : lseek(fd, 0, SEEK_CUR);
    ssize_t done = REAL(write)(fd, data, size);
    if (done > 0)
        put('W', inode_of(fd), at, data, done, "", 0);
    return done;
}

#define PWRITE(name, offset_t)                                                                                         \
    ssize_t name(int fd, const void *data, size_t size, offset_t at) {                                                 \
        if (is_watched(fd) && fails())                                                                                 \
            return -1;                                                                                                 \
        ssize_t done = REAL(name)(fd, data, size, at);                                                                 \
        if (done > 0 && is_watched(fd))                                                                                \
            put('W', inode_of(fd), at, data, done, "", 0);                                                             \
        return done;                                                                                                   \
    }
PWRITE(pwrite, off_t)
PWRITE(pwrite64, off64_t)

#define FTRUNCATE(name, offset_t)                                                                                      \
    int name(int fd, offset_t size) {                                                                                  \
        if (is_watched(fd) && fails())                                                                                 \
            return -1;                                                                                                 \
        int done = REAL(name)(fd, size);                                                                               \
        if (!done && is_watched(fd))                                                                                   \
            put('T', inode_of(fd), size, "", 0, "", 0);                                                                \
        return done;                                                                                                   \
    }
FTRUNCATE(ftruncate, off_t)
FTRUNCATE(ftruncate64, off64_t)

static int synced(int fd, int done) {
    struct stat found;
    if (!done && is_watched(fd) && !fstat(fd, &found)) {
        char link[64], path[PATH_MAX];
        snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
        ssize_t length = S_ISDIR(found.st_mode) ? readlink(link, path, sizeof path) : 0;
        put(S_ISDIR(found.st_mode) ? 'D' : 'S', found.st_ino, 0, path, length > 0 ? length : 0, "", 0);
    }
    return done;
}

#define FSYNC(name)                                                                                                    \
    int name(int fd) {                                                                                                 \
        if (is_watched(fd) && fails())                                                                                 \
            return -1;                                                                                                 \
        return synced(fd, REAL(name)(fd));                                                                             \
    }
FSYNC(fsync)
FSYNC(fdatasync)

int rename(const char *from, const char *to) {
    int ours = below_root(to);
    if (ours && fails())
        return -1;
    int done = REAL(rename)(from, to);
    if (!done && ours)
        put('R', 0, 0, from, strlen(from), to, strlen(to));
    return done;
}

int renameat(int from_folder, const char *from, int to_folder, const char *to) {
    int ours = below_root(to);
    if (ours && fails())
        return -1;
    int done = REAL(renameat)(from_folder, from, to_folder, to);
    if (!done && ours)
        put('R', 0, 0, from, strlen(from), to, strlen(to));
    return done;
}

int unlink(const char *path) {
    /* A full disk still removes. */
    if (below_root(path) && failure != ENOSPC && fails())
        return -1;
    int done = REAL(unlink)(path);
    if (!done && below_root(path))
        put_path('U', path);
    return done;
}

int mkdir(const char *path, mode_t mode) {
    if (below_root(path) && access(path, F_OK) && fails())
        return -1;
    int done = REAL(mkdir)(path, mode);
    if (!done && below_root(path))
        put_path('M', path);
    return done;
}
