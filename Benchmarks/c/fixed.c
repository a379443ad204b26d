/* What libmicrohttpd costs by itself: a fixed answer with the daemon options that jitfs uses.
 *
 *   fixed PORT BODYLEN HEADERS
 *
 * GET and HEAD are answered 200 with BODYLEN bytes and HEADERS headers, made anew for each request as a server with
 * something to say must; a PUT of any size is read and answered 204. On SIGTERM it prints the requests it had
 * answered and the CPU time of one, in microseconds.
 *
 *   cc -O2 -o fixed fixed.c -lmicrohttpd
 */
#include <microhttpd.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <netinet/in.h>

static char *body;
static size_t body_length;
static int header_count;
static atomic_ulong requests;

/* The headers of an attribute, as jitfs gives them; more are made up. */
static const char *const headers[][2] = {
  { "Content-Type", "application/json" }, { "ETag", "\"0123456789abcdefj\"" },
  { "Vary", "Accept" }, { "X-Content-Type-Options", "nosniff" },
  { "X-Fifth", "5" }, { "X-Sixth", "6" }, { "X-Seventh", "7" }, { "X-Eighth", "8" },
};
/* As ServerLimits.poolBytes: a head of 16 KiB and what stands beside it. */
#define POOL_BYTES (16384 + 4096)
#define HEADERS_MAX ((int) (sizeof headers / sizeof headers[0]))

static enum MHD_Result
answer (void *cls, struct MHD_Connection *connection, const char *url, const char *method, const char *version,
        const char *data, size_t *size, void **request)
{
  struct MHD_Response *response;
  enum MHD_Result result;
  int is_put = 0 == strcmp (method, "PUT");

  (void) cls; (void) url; (void) version; (void) data;
  if (NULL == *request)
  { /* The first call: an answer here would close the connection. */
    *request = body;
    return MHD_YES;
  }
  if (0 != *size)
  {
    *size = 0;
    return MHD_YES;
  }
  atomic_fetch_add_explicit (&requests, 1, memory_order_relaxed);
  response = is_put ? MHD_create_response_from_buffer (0, "", MHD_RESPMEM_PERSISTENT)
                    : MHD_create_response_from_buffer (body_length, body, MHD_RESPMEM_MUST_COPY);
  if (NULL == response)
    return MHD_NO;
  for (int i = 0; ! is_put && i < header_count; i++)
    MHD_add_response_header (response, headers[i][0], headers[i][1]);
  result = MHD_queue_response (connection, is_put ? MHD_HTTP_NO_CONTENT : MHD_HTTP_OK, response);
  MHD_destroy_response (response);
  return result;
}

int
main (int argc, char **argv)
{
  struct MHD_Daemon *daemon;
  struct sockaddr_in address = { .sin_family = AF_INET };
  struct rusage usage;
  sigset_t signals;
  int which;
  unsigned long count;

  if (4 != argc)
    return fprintf (stderr, "usage: fixed PORT BODYLEN HEADERS\n"), 2;
  address.sin_port = htons ((unsigned short) atoi (argv[1]));
  address.sin_addr.s_addr = htonl (INADDR_LOOPBACK);
  body_length = strtoul (argv[2], NULL, 10);
  header_count = atoi (argv[3]) < HEADERS_MAX ? atoi (argv[3]) : HEADERS_MAX;
  body = malloc (body_length + 1);
  memset (body, 'x', body_length + 1);

  sigemptyset (&signals);
  sigaddset (&signals, SIGTERM);
  sigaddset (&signals, SIGINT);
  sigprocmask (SIG_BLOCK, &signals, NULL);
  daemon = MHD_start_daemon (
    MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_ITC | MHD_ALLOW_SUSPEND_RESUME, 0, NULL, NULL, &answer, NULL,
    MHD_OPTION_SOCK_ADDR, (struct sockaddr *) &address,
    MHD_OPTION_THREAD_POOL_SIZE, 2u,
    MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t) (POOL_BYTES),
    MHD_OPTION_CONNECTION_LIMIT, 1u << 20,
    MHD_OPTION_CONNECTION_TIMEOUT, 35u,
    MHD_OPTION_END);
  if (NULL == daemon)
    return fprintf (stderr, "cannot listen on port %s\n", argv[1]), 1;
  printf ("listening on http://127.0.0.1:%s\n", argv[1]);
  fflush (stdout);

  sigwait (&signals, &which);
  getrusage (RUSAGE_SELF, &usage);
  count = atomic_load (&requests);
  printf ("%lu requests, %.3f us of CPU each\n", count,
          ((double) (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e6
           + (double) (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec)) / (count ? (double) count : 1.0));
  MHD_stop_daemon (daemon);
  return 0;
}
