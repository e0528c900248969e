/* The two ends of the live bench, both in C, compiled (with zlib) when the bench runs.

   serve PORT COUNT FILE      accepts COUNT sockets; for each line "<round>" on stdin writes the file's text, its marker replaced, as one ready
                              WebSocket frame to every socket in a plain loop, compressed beforehand when the clients offered it; prints
                              "S <round> <begun ns>".
   listen PORT PATH COUNT DEAF KIND ORIGIN OFFER
                              opens COUNT sockets (KIND "ws" or "sio"), of which the first DEAF never read; offers the extensions OFFER when it is
                              not empty; prints "ready <what the server agreed to>", then for each round
                              "R <round> <median ns> <p99 ns> <last ns>": when the marker "@@<6 digits>@@" came. Times are CLOCK_MONOTONIC.
                              The time is taken when the bytes are read. Equal compressed payloads are unpacked once: a thousand
                              browsers would unpack beside each other, here they would only stand in each other's way. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include <zlib.h>

#define MOST 4096
#define ROUNDS 4096
#define ROOM (1 << 20)

static int64_t now_ns(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void die(const char *what) { perror(what); exit(1); }

static void write_all(int fd, const char *bytes, size_t size) {
  while (size) {
    ssize_t n = write(fd, bytes, size);
    if (n < 0) { if (errno == EINTR || errno == EAGAIN) continue; die("write"); }
    bytes += n, size -= n;
  }
}

static size_t head_of(char *out, size_t size) {
  out[0] = (char)0x81;
  if (size < 126) { out[1] = (char)size; return 2; }
  if (size < 65536) { out[1] = 126; out[2] = (char)(size >> 8); out[3] = (char)size; return 4; }
  out[1] = 127;
  for (int i = 0; i < 8; i++) out[2 + i] = (char)((uint64_t)size >> (56 - 8 * i));
  return 10;
}

static size_t pack(char *text, size_t size, char *out) {
  z_stream z = {.next_in = (void *)text, .avail_in = size, .next_out = (void *)out, .avail_out = ROOM};
  if (deflateInit2(&z, 6, Z_DEFLATED, -15, 8, 0) || deflate(&z, Z_SYNC_FLUSH) || z.avail_in) die("deflate");
  size_t packed = z.total_out - 4;
  deflateEnd(&z);
  return packed;
}

/* Text of a compressed message; of the same payload as before without unpacking again. */
static const char *unpack(const char *body, size_t *size) {
  static char last[ROOM], text[ROOM];
  static size_t last_size, text_size;
  if (*size + 4 > ROOM) die("a message too long");
  if (*size != last_size || memcmp(body, last, *size)) {
    memcpy(last, body, *size), memcpy(last + *size, "\0\0\xff\xff", 4), last_size = *size;
    z_stream z = {.next_in = (void *)last, .avail_in = *size + 4, .next_out = (void *)text, .avail_out = ROOM};
    if (inflateInit2(&z, -15) || inflate(&z, Z_SYNC_FLUSH) != Z_OK || z.avail_in) die("inflate");
    text_size = z.total_out;
    inflateEnd(&z);
  }
  *size = text_size;
  return text;
}

static int read_head(int fd, char *buffer, size_t room) {
  size_t used = 0;
  while (used + 1 < room) {
    ssize_t n = read(fd, buffer + used, 1);
    if (n <= 0) return -1;
    used += n;
    buffer[used] = 0;
    if (used >= 4 && !memcmp(buffer + used - 4, "\r\n\r\n", 4)) return (int)used;
  }
  return -1;
}

static int serve(int port, int count, const char *path) {
  FILE *file = fopen(path, "rb");
  if (!file) die(path);
  char *text = malloc(ROOM);
  size_t size = fread(text, 1, ROOM, file);
  fclose(file);
  char *mark = memmem(text, size, "@@", 2);
  if (!mark) { fprintf(stderr, "no marker\n"); return 1; }
  int door = socket(AF_INET, SOCK_STREAM, 0), yes = 1;
  setsockopt(door, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  if (bind(door, (void *)&at, sizeof at) || listen(door, 1024)) die("bind");
  printf("open\n"), fflush(stdout);
  static int fds[MOST];
  int packs = 0;
  for (int i = 0; i < count; i++) {
    char head[4096];
    fds[i] = accept(door, 0, 0);
    if (fds[i] < 0) die("accept");
    setsockopt(fds[i], IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    if (read_head(fds[i], head, sizeof head) < 0) die("handshake");
    packs = strstr(head, "permessage-deflate") != 0;
    const char *plain = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n";
    const char *packed = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                         "Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover; client_no_context_takeover\r\n\r\n";
    const char *answer = packs ? packed : plain;
    write_all(fds[i], answer, strlen(answer));
  }
  char *frame = malloc(ROOM + 16), line[64], *packed = malloc(ROOM);
  while (fgets(line, sizeof line, stdin)) {
    char digits[8];
    int round = atoi(line);
    snprintf(digits, sizeof digits, "%06d", round % 1000000);
    memcpy(mark + 2, digits, 6);
    const char *body = packs ? packed : text;
    size_t length = packs ? pack(text, size, packed) : size, head = head_of(frame, length);
    if (packs) frame[0] |= 0x40;
    memcpy(frame + head, body, length);
    int64_t begun = now_ns();
    for (int i = 0; i < count; i++) write_all(fds[i], frame, head + length);
    printf("S %d %lld\n", round, (long long)begun), fflush(stdout);
  }
  return 0;
}

struct peer { int fd; char *kept; size_t used, room; };

static void say(int fd, int opcode, const char *text, size_t size) {
  char out[256] = {(char)(0x80 | opcode), (char)(0x80 | size), 0, 0, 0, 0};
  memcpy(out + 6, text, size); /* a mask of zeros */
  write_all(fd, out, 6 + size);
}

static int by_size(const void *a, const void *b) {
  int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
  return (x > y) - (x < y);
}

static int64_t times[ROUNDS][MOST];
static int counts[ROUNDS];

static void told(const char *text, size_t size, int64_t at, int wanted) {
  const char *mark = memmem(text, size, "@@", 2);
  if (!mark || mark + 10 > text + size || memcmp(mark + 8, "@@", 2)) return;
  int round = atoi(mark + 2) % ROUNDS;
  if (counts[round] >= wanted) return;
  times[round][counts[round]++] = at;
  if (counts[round] < wanted) return;
  qsort(times[round], wanted, sizeof(int64_t), by_size);
  printf("R %d %lld %lld %lld\n", round, (long long)times[round][wanted / 2], (long long)times[round][wanted * 99 / 100],
         (long long)times[round][wanted - 1]);
  fflush(stdout);
}

static size_t take(struct peer *peer, int64_t at, int wanted, int is_sio) {
  unsigned char *p = (unsigned char *)peer->kept;
  size_t left = peer->used;
  for (;;) {
    if (left < 2) break;
    uint64_t size = p[1] & 127;
    size_t head = 2;
    if (size == 126) { if (left < 4) break; size = p[2] << 8 | p[3], head = 4; }
    else if (size == 127) { if (left < 10) break; size = 0; for (int i = 2; i < 10; i++) size = size << 8 | p[i]; head = 10; }
    if (left < head + size) break;
    int opcode = p[0] & 15;
    char *body = (char *)p + head;
    size_t length = size;
    const char *text = body;
    if (opcode == 1 && (p[0] & 0x40)) text = unpack(body, &length);
    if (opcode == 1) { if (is_sio && size == 1 && body[0] == '2') say(peer->fd, 1, "3", 1); else told(text, length, at, wanted); }
    if (opcode == 9) say(peer->fd, 10, body, size);
    if (opcode == 8) { fprintf(stderr, "closed by the server\n"); exit(1); }
    p += head + size, left -= head + size;
  }
  memmove(peer->kept, p, left);
  return peer->used = left;
}

static int hear(int port, const char *path, int count, int deaf, int is_sio, const char *origin, const char *offer) {
  static struct peer peers[MOST];
  int poll = epoll_create1(0), wanted = count - deaf, yes = 1, packs = 0;
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  for (int i = 0; i < count; i++) {
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    char text[4096], asked[512] = "";
    if (*offer) snprintf(asked, sizeof asked, "Sec-WebSocket-Extensions: %s\r\n", offer);
    int small = 4096; /* who never reads has little room, so that it is the server who must keep what is left */
    if (i < deaf) setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
    if (connect(fd, (void *)&to, sizeof to)) die("connect");
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    int n = snprintf(text, sizeof text,
                     "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nOrigin: %s\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                     "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n%s\r\n", path, port, origin, asked);
    write_all(fd, text, n);
    if (read_head(fd, text, sizeof text) < 0 || !strstr(text, " 101 ")) { fprintf(stderr, "refused: %s\n", text); return 1; }
    packs = strstr(text, "permessage-deflate") != 0;
    if (packs && !strstr(text, "server_no_context_takeover")) { fprintf(stderr, "a history for each socket is not read here\n"); return 1; }
    if (is_sio) say(fd, 1, "40", 2);
    fcntl(fd, F_SETFL, O_NONBLOCK);
    peers[i] = (struct peer){fd, malloc(65536), 0, 65536};
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = &peers[i]};
    if (i >= deaf && epoll_ctl(poll, EPOLL_CTL_ADD, fd, &event)) die("epoll");
  }
  printf("ready %s\n", packs ? "packed" : "plain"), fflush(stdout);
  struct epoll_event events[512];
  for (;;) {
    int n = epoll_wait(poll, events, 512, -1);
    for (int i = 0; i < n; i++) {
      struct peer *peer = events[i].data.ptr;
      if (peer->room - peer->used < 65536) peer->kept = realloc(peer->kept, peer->room *= 2);
      ssize_t got = read(peer->fd, peer->kept + peer->used, peer->room - peer->used);
      if (got == 0) { fprintf(stderr, "the server went away\n"); return 1; }
      if (got < 0) continue;
      peer->used += got;
      take(peer, now_ns(), wanted, is_sio);
    }
  }
}

int main(int argc, char **argv) {
  if (argc == 5 && !strcmp(argv[1], "serve")) return serve(atoi(argv[2]), atoi(argv[3]), argv[4]);
  if (argc == 9 && !strcmp(argv[1], "listen"))
    return hear(atoi(argv[2]), argv[3], atoi(argv[4]), atoi(argv[5]), !strcmp(argv[6], "sio"), argv[7], argv[8]);
  fprintf(stderr, "usage: serve PORT COUNT FILE | listen PORT PATH COUNT DEAF ws|sio ORIGIN OFFER\n");
  return 2;
}
