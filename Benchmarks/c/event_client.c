/* A client that has events recorded, to be timed: one connection, or one open file, nothing in flight but one call.
 *
 *   event_client marker FILE TEXT COUNT            COUNT write(2) of TEXT to a trace_marker of the kernel
 *   event_client post PORT TARGET TYPE BODY COUNT  COUNT POSTs of the file BODY to a daemon on loopback
 *
 * Prints nanoseconds of wall time a call.
 *
 *   cc -O2 -o event_client event_client.c
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

static void
die (const char *what)
{
  fprintf (stderr, "event_client: %s: %s\n", what, strerror (errno));
  exit (1);
}

static uint64_t
now (void)
{
  struct timespec time;
  clock_gettime (CLOCK_MONOTONIC, &time);
  return (uint64_t) time.tv_sec * 1000000000u + time.tv_nsec;
}

static void
mark (const char *path, const char *text, long count)
{
  size_t length = strlen (text);
  int file = open (path, O_WRONLY);
  if (file < 0)
    die (path);
  uint64_t start = now ();
  for (long index = 0; index < count; index++)
    if (write (file, text, length) != (ssize_t) length)
      die ("write");
  printf ("%.1f\n", (double) (now () - start) / count);
}

static char *
read_whole (const char *path, size_t *length)
{
  struct stat status;
  int file = open (path, O_RDONLY);
  if (file < 0 || fstat (file, &status))
    die (path);
  *length = status.st_size;
  char *bytes = malloc (*length + 1);
  if (!bytes || read (file, bytes, *length) != (ssize_t) *length)
    die (path);
  close (file);
  return bytes;
}

/* Reads an answer with a length; dies where it is no 200. */
static void
receive (int stream)
{
  char answer[8192];
  size_t count = 0;
  for (;;)
    {
      ssize_t more = read (stream, answer + count, sizeof answer - 1 - count);
      if (more <= 0)
        die ("receive");
      count += more;
      answer[count] = 0;
      char *end = strstr (answer, "\r\n\r\n"), *length = strcasestr (answer, "content-length:");
      if (!end || !length)
        continue;
      if (memcmp (answer, "HTTP/1.1 200", 12))
        {
          fprintf (stderr, "event_client: %s\n", answer);
          exit (1);
        }
      if (count >= (size_t) (end + 4 - answer) + strtoul (length + 15, NULL, 10))
        return;
    }
}

static void
post (int port, const char *target, const char *type, const char *path, long count)
{
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons (port) };
  address.sin_addr.s_addr = htonl (INADDR_LOOPBACK);
  int stream = socket (AF_INET, SOCK_STREAM, 0), yes = 1;
  if (stream < 0 || connect (stream, (struct sockaddr *) &address, sizeof address))
    die ("connect");
  setsockopt (stream, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  size_t length;
  char head[512], *body = read_whole (path, &length);
  int head_length = snprintf (head, sizeof head,
                              "POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Type: %s\r\nContent-Length: %zu\r\n\r\n",
                              target, type, length);
  uint64_t start = now ();
  for (long index = 0; index < count; index++)
    {
      struct iovec parts[2] = { { head, head_length }, { body, length } };
      int first = 0;
      while (first < 2)
        {
          ssize_t sent = writev (stream, parts + first, 2 - first);
          if (sent < 0)
            die ("send");
          while (first < 2 && (size_t) sent >= parts[first].iov_len)
            sent -= parts[first++].iov_len;
          if (first < 2)
            parts[first].iov_base = (char *) parts[first].iov_base + sent, parts[first].iov_len -= sent;
        }
      receive (stream);
    }
  printf ("%.1f\n", (double) (now () - start) / count);
}

int
main (int argc, char **argv)
{
  if (argc == 5 && !strcmp (argv[1], "marker"))
    mark (argv[2], argv[3], atol (argv[4]));
  else if (argc == 7 && !strcmp (argv[1], "post"))
    post (atoi (argv[2]), argv[3], argv[4], argv[5], atol (argv[6]));
  else
    {
      fprintf (stderr, "see the head of event_client.c\n");
      return 2;
    }
  return 0;
}
