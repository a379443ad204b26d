#ifndef JITFS_CMICROHTTPD_SHIM_H
#define JITFS_CMICROHTTPD_SHIM_H
#include <microhttpd.h>
#endif
