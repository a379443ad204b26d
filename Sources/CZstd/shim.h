#ifndef JITFS_CZSTD_SHIM_H
#define JITFS_CZSTD_SHIM_H
#define ZSTD_STATIC_LINKING_ONLY
#define ZDICT_STATIC_LINKING_ONLY
#include <zdict.h>
#include <zstd.h>
#include <zstd_errors.h>
#endif
