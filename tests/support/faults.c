/* What a disk and a clock may do to a program, on request; loaded with LD_PRELOAD.

   A call counts if its name is in FAULTS_CALLS (names with blanks between) and its path, or that of
   its descriptor, contains FAULTS_PATH. Calls are counted over all processes together, in the file
   FAULTS_COUNT. The first FAULTS_AFTER pass, the next FAULTS_TIMES (0: all that come) meet what
   FAULTS_DO says:

     a number   the call fails with this errno
     short      a write stores only half of what it is given
     full       the first write stores only half, later calls fail with ENOSPC
     kill       the process is killed before the call

   FAULTS_CLOCK names a file of 8 bytes: the seconds by which the wall clock is off. It may change
   at any moment; other clocks stay as they are. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define REAL(name) ((__typeof__(&name))real(#name))

static const char *calls, *path_part, *what;
static uint64_t after, times;
static uint64_t *count;
static int64_t *clock_offset;

static void *real(const char *name) { return dlsym(RTLD_NEXT, name); }

/* Map the 8 bytes of a file that other processes see, too. */
static void *shared_number(const char *variable)
{
    const char *path = getenv(variable);
    if (path == NULL)
        return NULL;
    int file = (int)syscall(SYS_openat, AT_FDCWD, path, O_RDWR | O_CLOEXEC);
    if (file < 0)
        return NULL;
    void *page = mmap(NULL, 8, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    syscall(SYS_close, file);
    return page == MAP_FAILED ? NULL : page;
}

__attribute__((constructor)) static void prepare(void)
{
    const char *text;
    calls = getenv("FAULTS_CALLS");
    path_part = getenv("FAULTS_PATH");
    what = getenv("FAULTS_DO");
    after = (text = getenv("FAULTS_AFTER")) ? strtoull(text, NULL, 10) : 0;
    times = (text = getenv("FAULTS_TIMES")) ? strtoull(text, NULL, 10) : 0;
    count = shared_number("FAULTS_COUNT");
    clock_offset = shared_number("FAULTS_CLOCK");
}

static int is_listed(const char *call)
{
    size_t size = strlen(call);
    for (const char *at = calls; (at = strstr(at, call)) != NULL; at += size)
        if ((at == calls || at[-1] == ' ') && (at[size] == ' ' || at[size] == '\0'))
            return 1;
    return 0;
}

/* Count a call; return whether it meets the fault, and as the how many-th. */
static uint64_t hit(const char *call, const char *path)
{
    if (count == NULL || calls == NULL || path_part == NULL || what == NULL || !is_listed(call) ||
        strstr(path, path_part) == NULL)
        return 0;
    uint64_t number = __atomic_add_fetch(count, 1, __ATOMIC_SEQ_CST);
    if (number <= after || (times != 0 && number > after + times))
        return 0;
    if (strcmp(what, "kill") == 0)
        kill(getpid(), SIGKILL);
    return number - after;
}

static uint64_t hit_file(const char *call, int file)
{
    char link[64], path[PATH_MAX];
    if (count == NULL)
        return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t size = readlink(link, path, sizeof path - 1);
    if (size < 0)
        return 0;
    path[size] = '\0';
    return hit(call, path);
}

static int fails(uint64_t number)
{
    if (number == 0 || strcmp(what, "short") == 0)
        return 0;
    errno = strcmp(what, "full") == 0 ? ENOSPC : atoi(what);
    return 1;
}

/* Return how many bytes a write may store, -1 for a failure. */
static ssize_t allowed(const char *call, int file, size_t size)
{
    uint64_t number = hit_file(call, file);
    int partial = number != 0 && (strcmp(what, "short") == 0 ||
                                  (number == 1 && strcmp(what, "full") == 0));
    if (partial && size > 1)
        return (ssize_t)(size / 2);
    return fails(number) ? -1 : (ssize_t)size;
}

#define WRITES(flags) (((flags) & (O_WRONLY | O_RDWR | O_CREAT)) != 0)

#define OPEN(name)                                                                                 \
    int name(const char *path, int flags, ...)                                                     \
    {                                                                                              \
        va_list rest;                                                                              \
        va_start(rest, flags);                                                                     \
        mode_t mode = va_arg(rest, mode_t);                                                        \
        va_end(rest);                                                                              \
        return WRITES(flags) && fails(hit("open", path)) ? -1 : REAL(name)(path, flags, mode);     \
    }
OPEN(open)
OPEN(open64)

#define OPENAT(name)                                                                               \
    int name(int folder, const char *path, int flags, ...)                                         \
    {                                                                                              \
        va_list rest;                                                                              \
        va_start(rest, flags);                                                                     \
        mode_t mode = va_arg(rest, mode_t);                                                        \
        va_end(rest);                                                                              \
        return WRITES(flags) && fails(hit("open", path)) ? -1                                      \
                                                         : REAL(name)(folder, path, flags, mode);  \
    }
OPENAT(openat)
OPENAT(openat64)

ssize_t write(int file, const void *data, size_t size)
{
    ssize_t some = allowed("write", file, size);
    return some < 0 ? -1 : REAL(write)(file, data, (size_t)some);
}

#define PWRITE(name, offset_type)                                                                  \
    ssize_t name(int file, const void *data, size_t size, offset_type offset)                      \
    {                                                                                              \
        ssize_t some = allowed("pwrite", file, size);                                              \
        return some < 0 ? -1 : REAL(name)(file, data, (size_t)some, offset);                       \
    }
PWRITE(pwrite, off_t)
PWRITE(pwrite64, off64_t)

ssize_t read(int file, void *data, size_t size)
{
    return fails(hit_file("read", file)) ? -1 : REAL(read)(file, data, size);
}

int fsync(int file) { return fails(hit_file("fsync", file)) ? -1 : REAL(fsync)(file); }

int fdatasync(int file) { return fails(hit_file("fdatasync", file)) ? -1 : REAL(fdatasync)(file); }

int rename(const char *from, const char *to)
{
    return fails(hit("rename", to)) ? -1 : REAL(rename)(from, to);
}

int mkdir(const char *path, mode_t mode)
{
    return fails(hit("mkdir", path)) ? -1 : REAL(mkdir)(path, mode);
}

#define FTRUNCATE(name, offset_type)                                                               \
    int name(int file, offset_type size)                                                           \
    {                                                                                              \
        return fails(hit_file("ftruncate", file)) ? -1 : REAL(name)(file, size);                   \
    }
FTRUNCATE(ftruncate, off_t)
FTRUNCATE(ftruncate64, off64_t)

#define TRUNCATE(name, offset_type)                                                                \
    int name(const char *path, offset_type size)                                                   \
    {                                                                                              \
        return fails(hit("truncate", path)) ? -1 : REAL(name)(path, size);                         \
    }
TRUNCATE(truncate, off_t)
TRUNCATE(truncate64, off64_t)

static int64_t seconds_off(void)
{
    return clock_offset == NULL ? 0 : __atomic_load_n(clock_offset, __ATOMIC_SEQ_CST);
}

int clock_gettime(clockid_t clock, struct timespec *now)
{
    int result = REAL(clock_gettime)(clock, now);
    if (result == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE))
        now->tv_sec += seconds_off();
    return result;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone)
{
    int result = REAL(gettimeofday)(now, zone);
    if (result == 0)
        now->tv_sec += seconds_off();
    return result;
}

time_t time(time_t *told)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (told != NULL)
        *told = now.tv_sec;
    return now.tv_sec;
}
