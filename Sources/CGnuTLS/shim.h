#ifndef JITFS_CGNUTLS_SHIM_H
#define JITFS_CGNUTLS_SHIM_H
#include <gnutls/gnutls.h>
#endif
