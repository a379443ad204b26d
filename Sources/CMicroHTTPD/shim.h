#ifndef JITFS_CMICROHTTPD_SHIM_H
#define JITFS_CMICROHTTPD_SHIM_H
/* What Swift cannot say: variadic calls, va_list, packed unions, and system headers its Glibc module leaves out. */
#include <microhttpd.h>
#include <errno.h>
#include <fcntl.h>
#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <sys/un.h>
#include <unistd.h>

/* -- variadic calls of libmicrohttpd -- */

static inline struct MHD_Daemon *
jitfs_start_daemon (unsigned int flags, struct MHD_OptionItem *options,
                    MHD_AccessHandlerCallback handler, void *context)
{
  return MHD_start_daemon (flags, 0, NULL, NULL, handler, context,
                           MHD_OPTION_ARRAY, options, MHD_OPTION_END);
}

static inline int jitfs_connection_descriptor (struct MHD_Connection *connection)
{
  const union MHD_ConnectionInfo *info =
    MHD_get_connection_info (connection, MHD_CONNECTION_INFO_CONNECTION_FD);
  return info ? info->connect_fd : -1;
}

static inline void *
jitfs_connection_context (struct MHD_Connection *connection)
{
  const union MHD_ConnectionInfo *info =
    MHD_get_connection_info (connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
  return info ? info->socket_context : NULL;
}


/* Neither a length nor chunks: the end of the connection is the end of the reply. */
static inline void jitfs_end_with_connection (struct MHD_Response *response)
{
  MHD_set_response_options (response, MHD_RF_HTTP_1_0_COMPATIBLE_STRICT, MHD_RO_END);
}

/* -- what libmicrohttpd answers by itself is known only from its log -- */

struct jitfs_log_sink
{
  void (*refused)(void *context, unsigned int status);
  void *context;
};

static inline void jitfs_log (void *sink, const char *format, va_list arguments)
{
  const struct jitfs_log_sink *to = sink;
  if (NULL != strstr (format, "HTTP response code is %u"))
    to->refused (to->context, va_arg (arguments, unsigned int));
}

static inline intptr_t jitfs_logger (void)
{
  return (intptr_t) &jitfs_log;
}

/* -- epoll, eventfd, timerfd -- */

#define JITFS_EPOLL_BATCH 256

struct jitfs_event
{
  uint64_t id;
  uint32_t events;
};

static inline int jitfs_epoll_create (void)
{
  return epoll_create1 (EPOLL_CLOEXEC);
}

static inline int jitfs_epoll_add (int epoll, int descriptor, uint32_t events, uint64_t id)
{
  struct epoll_event event;
  memset (&event, 0, sizeof event);
  event.events = events;
  event.data.u64 = id;
  return epoll_ctl (epoll, EPOLL_CTL_ADD, descriptor, &event);
}

static inline int jitfs_epoll_remove (int epoll, int descriptor)
{
  return epoll_ctl (epoll, EPOLL_CTL_DEL, descriptor, NULL);
}

/* Readable, level-triggered. */
static inline uint32_t jitfs_epoll_readable (void)
{
  return EPOLLIN;
}

/* The other end is gone, or has closed its half: told once. */
static inline uint32_t jitfs_epoll_hangup (void)
{
  return EPOLLRDHUP | EPOLLET;
}

static inline int jitfs_epoll_wait (int epoll, struct jitfs_event *events, int count)
{
  struct epoll_event batch[JITFS_EPOLL_BATCH];
  int n = epoll_wait (epoll, batch, count < JITFS_EPOLL_BATCH ? count : JITFS_EPOLL_BATCH, -1);
  for (int i = 0; i < n; i++)
  {
    events[i].id = batch[i].data.u64;
    events[i].events = batch[i].events;
  }
  return n;
}

static inline int jitfs_eventfd (void)
{
  return eventfd (0, EFD_CLOEXEC | EFD_NONBLOCK);
}

static inline int jitfs_timerfd (void)
{
  return timerfd_create (CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
}

/* Arms for one moment of CLOCK_MONOTONIC; 0 disarms. */
static inline int jitfs_timerfd_arm (int timer, uint64_t nanoseconds)
{
  struct itimerspec when;
  memset (&when, 0, sizeof when);
  when.it_value.tv_sec = (time_t) (nanoseconds / 1000000000u);
  when.it_value.tv_nsec = (long) (nanoseconds % 1000000000u);
  return timerfd_settime (timer, TFD_TIMER_ABSTIME, &when, NULL);
}

/* -- threads -- */

extern int pthread_setname_np (pthread_t, const char *);

static inline void jitfs_name_thread (const char *name)
{
  pthread_setname_np (pthread_self (), name);
}

/* -- sockets -- */

extern int accept4 (int, struct sockaddr *__restrict, socklen_t *__restrict, int);

static inline int jitfs_accept (int listener, struct sockaddr_storage *address, socklen_t *length)
{
  *length = sizeof *address;
  return accept4 (listener, (struct sockaddr *) address, length, SOCK_CLOEXEC | SOCK_NONBLOCK);
}

/* Another number for a descriptor, not less than one given. */
static inline int jitfs_duplicate (int descriptor, int least)
{
  return fcntl (descriptor, F_DUPFD_CLOEXEC, least);
}

/* The process at the other end of a unix socket, as it was when it connected; 0 where the kernel does not say. */
static inline int jitfs_peer_process (int descriptor)
{
  int credentials[3] = { 0, 0, 0 }; /* struct ucred: pid, uid, gid */
  socklen_t length = sizeof credentials;
  if (0 != getsockopt (descriptor, SOL_SOCKET, SO_PEERCRED, credentials, &length))
    return 0;
  return credentials[0];
}

/* tcpi_bytes_received of struct tcp_info, which glibc's header of the same name lacks; 0 where there is none. */
static inline uint64_t jitfs_bytes_received (int descriptor)
{
  unsigned char info[256];
  uint64_t bytes = 0;
  socklen_t length = sizeof info;
  if (0 == getsockopt (descriptor, 6 /* IPPROTO_TCP */, 11 /* TCP_INFO */, info, &length) && length >= 136)
    memcpy (&bytes, info + 128, sizeof bytes);
  return bytes;
}
#endif
