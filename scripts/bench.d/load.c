/* The load generator of scripts/bench: sends prepared HTTP requests over kept connections, one after the other on each, and counts
 * the answers and how long they took.
 *
 *   load HOST PORT CONNECTIONS REQUESTS FILE PREFIX
 *
 * FILE holds requests, each after a line with its length in bytes. Thirty-two `#` in a request are replaced by a delivery id that
 * no other request has: PREFIX (up to 12 characters) and a number. Prints one line of JSON: requests, seconds, statuses, and the
 * percentiles of the latency in milliseconds. A closed connection is opened again and counted. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define ID_LENGTH 32

struct request { char *bytes, *id; size_t length; };

struct connection {
  int descriptor;
  char *bytes;          /* the request being sent: a copy with its own id */
  size_t length, sent, received;
  double start;
  uint32_t events;      /* what epoll watches for */
  char head[8192];
  long expected;        /* bytes of the answer; -1 until its head is there */
};

static struct sockaddr_in address;
static struct request *requests;
static size_t request_count, largest;
static long wanted, begun, finished, reconnected, statuses[600];
static double *latencies;
static const char *prefix;
static int epoll;

static void die(const char *what) {
  fprintf(stderr, "load: %s: %s\n", what, strerror(errno));
  exit(1);
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec + time.tv_nsec / 1e9;
}

static void read_requests(const char *path) {
  FILE *file = fopen(path, "rb");
  size_t length;
  if (!file) die(path);
  while (fscanf(file, "%zu", &length) == 1 && fgetc(file) == '\n') {
    requests = realloc(requests, (request_count + 1) * sizeof *requests);
    struct request *request = &requests[request_count++];
    request->bytes = malloc(length + 1);
    request->length = length;
    if (fread(request->bytes, 1, length, file) != length) die("the file of requests is cut off");
    request->bytes[length] = 0;
    request->id = strstr(request->bytes, "################################");
    if (length > largest) largest = length;
  }
  fclose(file);
  if (!request_count) die("no requests in the file");
}

static void watch(struct connection *connection, int operation, uint32_t events) {
  if (operation == EPOLL_CTL_MOD && connection->events == events) return;
  connection->events = events;
  struct epoll_event event = {.events = events, .data.ptr = connection};
  if (epoll_ctl(epoll, operation, connection->descriptor, &event) != 0) die("epoll_ctl");
}

static void open_connection(struct connection *connection) {
  int yes = 1;
  connection->descriptor = socket(AF_INET, SOCK_STREAM, 0);
  if (connection->descriptor < 0 || connect(connection->descriptor, (struct sockaddr *)&address, sizeof address) != 0) die("connect");
  setsockopt(connection->descriptor, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  watch(connection, EPOLL_CTL_ADD, EPOLLIN | EPOLLOUT);
}

/* The next request on this connection, or none when enough have begun. */
static int begin(struct connection *connection) {
  if (begun >= wanted) return 0;
  struct request *request = &requests[begun % request_count];
  memcpy(connection->bytes, request->bytes, request->length);
  if (request->id) {
    char *id = connection->bytes + (request->id - request->bytes), number[32];
    snprintf(number, sizeof number, "%020ld", begun);
    memset(id, '0', ID_LENGTH);
    memcpy(id, prefix, strlen(prefix));
    memcpy(id + ID_LENGTH - 20, number, 20);
  }
  begun++;
  connection->length = request->length;
  connection->sent = connection->received = 0;
  connection->expected = -1;
  connection->start = now();
  return 1;
}

/* Sends what the socket takes; 0 when the connection is gone. */
static int push(struct connection *connection) {
  while (connection->sent < connection->length) {
    ssize_t count = send(connection->descriptor, connection->bytes + connection->sent, connection->length - connection->sent, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (count < 0) {
      if (errno == EAGAIN) {
        watch(connection, EPOLL_CTL_MOD, EPOLLIN | EPOLLOUT);
        return 1;
      }
      return 0;
    }
    connection->sent += count;
  }
  watch(connection, EPOLL_CTL_MOD, EPOLLIN);
  return 1;
}

static long answer_length(struct connection *connection) {
  connection->head[connection->received < sizeof connection->head ? connection->received : sizeof connection->head - 1] = 0;
  char *end = strstr(connection->head, "\r\n\r\n");
  if (!end) return -1;
  for (char *line = connection->head; line < end; line = strchr(line, '\n') + 1)
    if (strncasecmp(line, "Content-Length:", 15) == 0) return end + 4 - connection->head + atol(line + 15);
  errno = EPROTO;
  die("an answer without Content-Length");
  return 0;
}

/* Reads; 0 when the connection is gone, 1 when more is to come, 2 when the answer is complete. */
static int pull(struct connection *connection) {
  char rest[8192];
  for (;;) {
    int in_head = connection->received < sizeof connection->head - 1;
    char *target = in_head ? connection->head + connection->received : rest;
    ssize_t count = recv(connection->descriptor, target, in_head ? sizeof connection->head - 1 - connection->received : sizeof rest, MSG_DONTWAIT);
    if (count <= 0) return count < 0 && errno == EAGAIN;
    connection->received += count;
    if (connection->expected < 0) connection->expected = answer_length(connection);
    if (connection->expected >= 0 && connection->received >= (size_t)connection->expected) return 2;
  }
}

static void note(struct connection *connection) {
  int status = atoi(connection->head + 9);
  latencies[finished++] = (now() - connection->start) * 1000;
  statuses[status > 0 && status < 600 ? status : 0]++;
}

/* One turn of a connection whose socket is ready; 0 once it has nothing more to do. */
static int turn(struct connection *connection) {
  int state = connection->sent < connection->length ? push(connection) : 1;
  if (state) state = pull(connection);
  if (state == 2) {
    note(connection);
    if (!begin(connection)) return 0;
    state = push(connection);
  }
  if (!state) {
    close(connection->descriptor);
    reconnected++;
    connection->sent = connection->received = 0;
    connection->expected = -1;
    open_connection(connection);
  }
  return 1;
}

static int by_value(const void *left, const void *right) {
  double difference = *(const double *)left - *(const double *)right;
  return difference < 0 ? -1 : difference > 0;
}

static void report(double seconds) {
  qsort(latencies, finished, sizeof *latencies, by_value);
  printf("{\"requests\":%ld,\"seconds\":%.3f,\"per_second\":%.1f,\"p50_ms\":%.3f,\"p99_ms\":%.3f,\"max_ms\":%.3f,\"reconnected\":%ld,\"statuses\":{",
         finished, seconds, finished / seconds, latencies[finished / 2], latencies[(long)(finished * 0.99)], latencies[finished - 1], reconnected);
  const char *comma = "";
  for (int status = 0; status < 600; status++)
    if (statuses[status]) {
      printf("%s\"%d\":%ld", comma, status, statuses[status]);
      comma = ",";
    }
  puts("}}");
}

int main(int count, char **arguments) {
  if (count != 7) {
    fputs("usage: load HOST PORT CONNECTIONS REQUESTS FILE PREFIX\n", stderr);
    return 2;
  }
  address.sin_family = AF_INET;
  address.sin_port = htons(atoi(arguments[2]));
  if (inet_pton(AF_INET, arguments[1], &address.sin_addr) != 1) die("address");
  long connections = atol(arguments[3]);
  wanted = atol(arguments[4]);
  prefix = arguments[6];
  if (connections < 1 || wanted < connections || strlen(prefix) > 12) die("numbers");
  read_requests(arguments[5]);
  latencies = calloc(wanted, sizeof *latencies);
  epoll = epoll_create1(0);
  struct connection *all = calloc(connections, sizeof *all);
  double start = now();
  for (long i = 0; i < connections; i++) {
    all[i].bytes = malloc(largest);
    begin(&all[i]);
    open_connection(&all[i]);
  }
  while (finished < wanted) {
    struct epoll_event events[64];
    int ready = epoll_wait(epoll, events, 64, 30000);
    if (ready == 0) {
      errno = ETIMEDOUT;
      die("no answer for 30 seconds");
    }
    for (int i = 0; i < ready; i++) {
      struct connection *connection = events[i].data.ptr;
      if (!turn(connection)) watch(connection, EPOLL_CTL_DEL, 0);
    }
  }
  report(now() - start);
  return 0;
}
