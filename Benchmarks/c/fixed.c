/* What libmicrohttpd costs by itself: a fixed answer with the daemon options that jitfs uses.
 *
 *   fixed PORT BODYLEN HEADERS [PAGES]
 *
 * GET and HEAD are answered 200 with BODYLEN bytes and HEADERS headers, made anew for each request as a server with
 * something to say must; a PUT of any size is read and answered 204. On SIGTERM it prints the requests it had
 * answered and the CPU time of one, in microseconds.
 *
 * With PAGES, a file of 4 KiB pages, bare zstd at level 1 is added: a PUT compresses its body and throws the frame away,
 * a GET decompresses one page of the file after the other, each thread with contexts that it keeps. Nothing is stored.
 *
 *   cc -O2 -o fixed fixed.c -lmicrohttpd -lzstd
 */
#include <microhttpd.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <netinet/in.h>
#include <zstd.h>

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

#define PAGE 4096

/* The frames of the pages in PAGES, and the threads' contexts. */
static unsigned page_count;
static char (*frames)[ZSTD_COMPRESSBOUND (PAGE)];
static size_t *frame_lengths;
static _Thread_local ZSTD_CCtx *compressor;
static _Thread_local ZSTD_DCtx *decompressor;
static _Thread_local unsigned turn;
static _Thread_local char page[PAGE];

/* A request in the making; the pages that are put are gathered as a server that stores them must. */
struct upload
{
  size_t length;
  char bytes[PAGE];
};
static char without_upload;

static void
load_pages (const char *path)
{
  FILE *file = fopen (path, "rb");
  ZSTD_CCtx *context = ZSTD_createCCtx ();

  ZSTD_CCtx_setParameter (context, ZSTD_c_compressionLevel, 1);
  while (NULL != file && 1 == fread (page, PAGE, 1, file))
  {
    frames = realloc (frames, (page_count + 1) * sizeof *frames);
    frame_lengths = realloc (frame_lengths, (page_count + 1) * sizeof *frame_lengths);
    frame_lengths[page_count] = ZSTD_compress2 (context, frames[page_count], sizeof *frames, page, PAGE);
    page_count++;
  }
  if (0 == page_count)
    fprintf (stderr, "no pages in %s\n", path), exit (2);
  fclose (file);
  ZSTD_freeCCtx (context);
}

static void
compress_page (const struct upload *upload)
{
  static _Thread_local char frame[ZSTD_COMPRESSBOUND (PAGE)];

  if (NULL == compressor)
  {
    compressor = ZSTD_createCCtx ();
    ZSTD_CCtx_setParameter (compressor, ZSTD_c_compressionLevel, 1);
  }
  ZSTD_compress2 (compressor, frame, sizeof frame, upload->bytes, upload->length);
}

static void
decompress_page (void)
{
  if (NULL == decompressor)
    decompressor = ZSTD_createDCtx ();
  turn = (turn + 1) % page_count;
  ZSTD_decompressDCtx (decompressor, page, PAGE, frames[turn], frame_lengths[turn]);
}

static void
completed (void *cls, struct MHD_Connection *connection, void **request, enum MHD_RequestTerminationCode code)
{
  (void) cls; (void) connection; (void) code;
  if (NULL != *request && &without_upload != *request)
    free (*request);
  *request = NULL;
}

static enum MHD_Result
answer (void *cls, struct MHD_Connection *connection, const char *url, const char *method, const char *version,
        const char *data, size_t *size, void **request)
{
  struct MHD_Response *response;
  enum MHD_Result result;
  int is_put = 0 == strcmp (method, "PUT");

  (void) cls; (void) url; (void) version;
  if (NULL == *request)
  { /* The first call: an answer here would close the connection. */
    *request = is_put && 0 != page_count ? malloc (sizeof (struct upload)) : &without_upload;
    if (&without_upload != *request)
      ((struct upload *) *request)->length = 0;
    return MHD_YES;
  }
  if (0 != *size)
  {
    struct upload *upload = *request;

    if (&without_upload != *request && *size <= PAGE - upload->length)
    {
      memcpy (upload->bytes + upload->length, data, *size);
      upload->length += *size;
    }
    *size = 0;
    return MHD_YES;
  }
  atomic_fetch_add_explicit (&requests, 1, memory_order_relaxed);
  if (0 != page_count && is_put)
    compress_page (*request);
  if (0 != page_count && ! is_put)
    decompress_page ();
  response = is_put ? MHD_create_response_from_buffer (0, "", MHD_RESPMEM_PERSISTENT)
                    : MHD_create_response_from_buffer (body_length, 0 != page_count ? page : body,
                                                       MHD_RESPMEM_MUST_COPY);
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

  if (4 != argc && 5 != argc)
    return fprintf (stderr, "usage: fixed PORT BODYLEN HEADERS [PAGES]\n"), 2;
  if (5 == argc)
    load_pages (argv[4]);
  address.sin_port = htons ((unsigned short) atoi (argv[1]));
  address.sin_addr.s_addr = htonl (INADDR_LOOPBACK);
  body_length = 5 == argc ? PAGE : strtoul (argv[2], NULL, 10);
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
    MHD_OPTION_NOTIFY_COMPLETED, &completed, NULL,
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
