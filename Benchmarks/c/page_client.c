/* A client that keeps pages somewhere, to be timed: one page a call, one connection, nothing in flight but that.
 *
 *   page_client STORE ADDRESS PAGES STATE PHASE SLOTS COUNT SEED
 *
 * STORE    jitfs   ADDRESS is a unix socket of a daemon with a pool ramzswap0; pages go as they are
 *          redis   ADDRESS is a unix socket; pages are compressed here, by zstd at level 1 with a context that is kept
 *          nbd     ADDRESS is a unix socket of an NBD server
 *          device  ADDRESS is a block device, opened with O_DIRECT
 *          none    nothing is kept: what zstd alone takes, both ways
 * PAGES    a file of 4 KiB pages; STATE a file that remembers which was put where, made by the first phase
 * PHASE    load (COUNT slots in order), put (COUNT slots at random, over what is there), get (COUNT at random, compared
 *          with what was put), discard (COUNT at random of all)
 *
 * Prints nanoseconds of wall time an operation.
 *
 *   cc -O2 -o page_client page_client.c $(pkg-config --cflags --libs hiredis libnbd libzstd)
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <hiredis/hiredis.h>
#include <libnbd.h>
#include <linux/fs.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>
#include <zstd.h>

#define PAGE 4096

static void
die (const char *what)
{
  fprintf (stderr, "page_client: %s: %s\n", what, strerror (errno));
  exit (1);
}

static uint64_t
now (void)
{
  struct timespec time;
  clock_gettime (CLOCK_MONOTONIC, &time);
  return (uint64_t) time.tv_sec * 1000000000u + time.tv_nsec;
}

static uint64_t random_state;

/* xorshift64* (Vigna 2016). */
static uint64_t
next_random (void)
{
  random_state ^= random_state >> 12;
  random_state ^= random_state << 25;
  random_state ^= random_state >> 27;
  return random_state * 0x2545F4914F6CDD1DULL;
}

static ZSTD_CCtx *compressor;
static ZSTD_DCtx *decompressor;
static char frame[ZSTD_COMPRESSBOUND (PAGE)];

static size_t
pack (const char *page)
{
  return ZSTD_compressCCtx (compressor, frame, sizeof frame, page, PAGE, 1);
}

static int
unpack (const char *bytes, size_t length, char *page)
{
  return ZSTD_decompressDCtx (decompressor, page, PAGE, bytes, length) == PAGE;
}

/* jitfs */

static int stream;
static char answer[16384];
static size_t answered;

static void
connect_to (const char *path)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  strncpy (address.sun_path, path, sizeof address.sun_path - 1);
  stream = socket (AF_UNIX, SOCK_STREAM, 0);
  if (stream < 0 || connect (stream, (struct sockaddr *) &address, sizeof address))
    die (path);
}

static void
send_all (struct iovec *parts, int count)
{
  while (count > 0)
    {
      ssize_t sent = writev (stream, parts, count);
      if (sent < 0)
        die ("send");
      while (count > 0 && (size_t) sent >= parts->iov_len)
        sent -= (parts++)->iov_len, count--;
      if (count > 0)
        parts->iov_base = (char *) parts->iov_base + sent, parts->iov_len -= sent;
    }
}

/* Reads an answer; gives its status, and its body's length and place. */
static int
receive (size_t *length, char **body)
{
  char *end = NULL;
  answered = 0;
  while (!end)
    {
      ssize_t got = recv (stream, answer + answered, sizeof answer - answered - 1, 0);
      if (got <= 0)
        die ("receive");
      answered += got;
      answer[answered] = 0;
      end = memmem (answer, answered, "\r\n\r\n", 4);
    }
  *body = end + 4;
  *end = 0;
  char *field = strcasestr (answer, "\ncontent-length:");
  *length = field ? strtoul (field + 16, NULL, 10) : 0;
  while (answered < (size_t) (*body - answer) + *length)
    {
      ssize_t got = recv (stream, answer + answered, sizeof answer - answered, 0);
      if (got <= 0)
        die ("receive");
      answered += got;
    }
  return atoi (answer + 9);
}

static void
jitfs_call (const char *method, uint32_t slot, const char *page, int expected)
{
  char head[160];
  size_t length;
  char *body;
  int count = snprintf (head, sizeof head, "%s /pool/ramzswap0/pages/%u HTTP/1.1\r\nHost: localhost\r\n%s\r\n",
                        method, slot, page ? "Content-Length: 4096\r\n" : "");
  struct iovec parts[2] = { { head, count }, { (void *) page, PAGE } };
  send_all (parts, page ? 2 : 1);
  int status = receive (&length, &body);
  if (status != expected)
    {
      fprintf (stderr, "page_client: %s %u: %d\n", method, slot, status);
      exit (1);
    }
}

static void
jitfs_put (uint32_t slot, const char *page)
{
  jitfs_call ("PUT", slot, page, 204);
}

static const char *
jitfs_get (uint32_t slot)
{
  jitfs_call ("GET", slot, NULL, 200);
  return answer + answered - PAGE;
}

static void
jitfs_discard (uint32_t slot)
{
  jitfs_call ("DELETE", slot, NULL, 204);
}

/* redis */

static redisContext *redis;
static char got_page[PAGE] __attribute__ ((aligned (PAGE)));

static redisReply *
redis_call (int count, const char **words, const size_t *lengths)
{
  redisReply *reply = redisCommandArgv (redis, count, words, lengths);
  if (!reply || reply->type == REDIS_REPLY_ERROR)
    die (reply ? reply->str : redis->errstr);
  return reply;
}

static void
redis_put (uint32_t slot, const char *page)
{
  const char *words[] = { "SET", (char *) &slot, frame };
  size_t lengths[] = { 3, sizeof slot, pack (page) };
  freeReplyObject (redis_call (3, words, lengths));
}

static const char *
redis_get (uint32_t slot)
{
  const char *words[] = { "GET", (char *) &slot };
  size_t lengths[] = { 3, sizeof slot };
  redisReply *reply = redis_call (2, words, lengths);
  if (reply->type != REDIS_REPLY_STRING || !unpack (reply->str, reply->len, got_page))
    die ("redis has no page");
  freeReplyObject (reply);
  return got_page;
}

static void
redis_discard (uint32_t slot)
{
  const char *words[] = { "DEL", (char *) &slot };
  size_t lengths[] = { 3, sizeof slot };
  freeReplyObject (redis_call (2, words, lengths));
}

/* NBD */

static struct nbd_handle *nbd;

static void
nbd_check (int result)
{
  if (result < 0)
    {
      fprintf (stderr, "page_client: %s\n", nbd_get_error ());
      exit (1);
    }
}

static void
nbd_put (uint32_t slot, const char *page)
{
  nbd_check (nbd_pwrite (nbd, page, PAGE, (uint64_t) slot * PAGE, 0));
}

static const char *
nbd_get (uint32_t slot)
{
  nbd_check (nbd_pread (nbd, got_page, PAGE, (uint64_t) slot * PAGE, 0));
  return got_page;
}

static void
nbd_discard (uint32_t slot)
{
  nbd_check (nbd_trim (nbd, PAGE, (uint64_t) slot * PAGE, 0));
}

/* A block device */

static int device;
static char direct[PAGE] __attribute__ ((aligned (PAGE)));

static void
device_put (uint32_t slot, const char *page)
{
  memcpy (direct, page, PAGE);
  if (pwrite (device, direct, PAGE, (off_t) slot * PAGE) != PAGE)
    die ("write");
}

static const char *
device_get (uint32_t slot)
{
  if (pread (device, got_page, PAGE, (off_t) slot * PAGE) != PAGE)
    die ("read");
  return got_page;
}

static void
device_discard (uint32_t slot)
{
  uint64_t range[2] = { (uint64_t) slot * PAGE, PAGE };
  if (ioctl (device, BLKDISCARD, range))
    die ("discard");
}

/* Nothing but zstd */

static void
none_put (uint32_t slot, const char *page)
{
  (void) slot;
  pack (page);
}

static const char *
none_get (uint32_t slot)
{
  (void) slot;
  return NULL;
}

static void
none_discard (uint32_t slot)
{
  (void) slot;
}

/* What is timed */

static char *pages;
static uint32_t page_count;
/* One more than the page that a slot has; 0 for none. */
static uint32_t *state;

static void *
map (const char *path, size_t size, size_t *actual)
{
  struct stat status;
  int file = open (path, size ? O_RDWR | O_CREAT : O_RDONLY, 0600);
  if (file < 0 || (size && ftruncate (file, size)) || fstat (file, &status))
    die (path);
  *actual = status.st_size;
  void *start = mmap (NULL, *actual, size ? PROT_READ | PROT_WRITE : PROT_READ, MAP_SHARED, file, 0);
  if (start == MAP_FAILED)
    die (path);
  close (file);
  return start;
}

int
main (int argc, char **argv)
{
  void (*put) (uint32_t, const char *);
  const char *(*get) (uint32_t);
  void (*discard) (uint32_t);
  if (argc != 9)
    {
      fprintf (stderr, "page_client STORE ADDRESS PAGES STATE PHASE SLOTS COUNT SEED\n");
      return 2;
    }
  const char *store = argv[1], *address = argv[2], *phase = argv[5];
  uint32_t slots = strtoul (argv[6], NULL, 10), count = strtoul (argv[7], NULL, 10);
  random_state = strtoull (argv[8], NULL, 10) * 2 + 1;
  size_t size;
  pages = map (argv[3], 0, &size);
  page_count = size / PAGE;
  state = map (argv[4], slots * sizeof *state, &size);
  compressor = ZSTD_createCCtx ();
  decompressor = ZSTD_createDCtx ();
  if (!strcmp (store, "jitfs"))
    connect_to (address), put = jitfs_put, get = jitfs_get, discard = jitfs_discard;
  else if (!strcmp (store, "redis"))
    {
      redis = redisConnectUnix (address);
      if (!redis || redis->err)
        die (address);
      put = redis_put, get = redis_get, discard = redis_discard;
    }
  else if (!strcmp (store, "nbd"))
    {
      nbd = nbd_create ();
      if (!nbd)
        die ("nbd");
      nbd_check (nbd_connect_unix (nbd, address));
      put = nbd_put, get = nbd_get, discard = nbd_discard;
    }
  else if (!strcmp (store, "device"))
    {
      device = open (address, O_RDWR | O_DIRECT);
      if (device < 0)
        die (address);
      put = device_put, get = device_get, discard = device_discard;
    }
  else
    put = none_put, get = none_get, discard = none_discard;

  int loads = !strcmp (phase, "load"), gets = !strcmp (phase, "get"), discards = !strcmp (phase, "discard");
  uint64_t spent = 0;
  for (uint32_t index = 0; index < count; index++)
    {
      uint32_t slot = loads ? index : next_random () % slots;
      if (gets)
        {
          if (!state[slot] && strcmp (store, "none"))
            {
              /* Nothing is there; the slots are many. */
              index--;
              continue;
            }
          const char *expected = pages + (size_t) (state[slot] ? state[slot] - 1 : index % page_count) * PAGE;
          size_t length = strcmp (store, "none") ? 0 : pack (expected);
          uint64_t start = now ();
          const char *page = length ? (unpack (frame, length, got_page), got_page) : get (slot);
          spent += now () - start;
          if (memcmp (page, expected, PAGE))
            {
              fprintf (stderr, "page_client: slot %u is another page\n", slot);
              return 1;
            }
          continue;
        }
      uint32_t chosen = loads ? index % page_count : next_random () % page_count;
      uint64_t start = now ();
      if (discards)
        discard (slot);
      else
        put (slot, pages + (size_t) chosen * PAGE);
      spent += now () - start;
      state[slot] = discards ? 0 : chosen + 1;
    }
  printf ("%llu\n", (unsigned long long) (spent / (count ? count : 1)));
  return 0;
}
