#ifndef JITFS_CLINUXSHIMS_SHIM_H
#define JITFS_CLINUXSHIMS_SHIM_H
// What Swift's Glibc module leaves out.
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <fcntl.h>
#include <linux/openat2.h>
#include <malloc.h>
#include <pthread.h>
#include <sched.h>
#include <sys/eventfd.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <unistd.h>

/// The CPU that the caller runs on; sched_getcpu is declared only with _GNU_SOURCE, which an importer may not have set
/// before its first header.
int sched_getcpu(void);

/// Gives a range of a file back to its file system; the file stays as long as it is. Linux' own, declared as the above.
int fallocate(int descriptor, int mode, off_t offset, off_t length);

/// Names the thread that calls it, in at most 15 bytes; declared as the above.
int pthread_setname_np(pthread_t thread, const char *name);
static inline void jitfs_call_this_thread(const char *name) { pthread_setname_np(pthread_self(), name); }

/// Lets the thread that calls it run before others, where the process may: Linux has priorities of threads. By its
/// number, for the types of <sys/resource.h> belong to Glibc's module.
static inline void jitfs_prefer_this_thread(void) { syscall(SYS_setpriority, 0, 0, -10); }

/// An eventfd, by which one thread ends another's poll; its flags are enumerators, which Swift does not see.
static inline int jitfs_wake_descriptor(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }

/// openat2(2), for which glibc has no function: opens a path and follows no link out of what `resolve` allows.
static inline int jitfs_openat2(int directory, const char *path, unsigned long long flags, unsigned long long resolve) {
    struct open_how how = {.flags = flags, .resolve = resolve};
    return (int)syscall(SYS_openat2, directory, path, &how, sizeof how);
}

/// getdents64(2): records of a directory as the kernel has them, without readdir's buffer of 32 KiB for each.
static inline long jitfs_getdents(int directory, void *records, unsigned long length) {
    return syscall(SYS_getdents64, directory, records, length);
}

/// The magic number of the file system that a descriptor is on; 0 where it cannot be told.
static inline long jitfs_file_system(int descriptor) {
    struct statfs status;
    return fstatfs(descriptor, &status) == 0 ? (long)status.f_type & 0xFFFFFFFFL : 0;
}

#endif
