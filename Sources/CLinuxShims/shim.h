#ifndef JITFS_CLINUXSHIMS_SHIM_H
#define JITFS_CLINUXSHIMS_SHIM_H
// What Swift's Glibc module leaves out.
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <malloc.h>
#include <sched.h>

/// The CPU that the caller runs on; sched_getcpu is declared only with _GNU_SOURCE, which an importer may not have set
/// before its first header.
int sched_getcpu(void);

#endif
