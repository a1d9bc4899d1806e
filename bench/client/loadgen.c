// loadgen: speaks for many pairs of browsers at once, so that the client is never the slower end.
//
// The runner (../bench.py) lets visitors and mentors come through the service's real door, each over a socket of its
// own, and hands every open socket to this program. From then on this program is both browsers of each pair: it posts
// envelopes whose bodies carry a mark, looks for the mark at the other end, and counts what is lost, doubled, altered
// or out of order, and how long it took. It knows WebSocket frames; what stands around a body comes from the runner, so
// that it can speak for the pairs of a peer as well (XMPP over WebSocket), which has no acknowledgements.
//
// Usage: loadgen CONTROL_FD PID[,PID...]     CONTROL_FD is a SOCK_SEQPACKET socket; each packet is one command:
//   side PAIR v|m SEQUENCE \t HEAD \t MIDDLE \t TAIL \t RECEIVED_HEAD \t RECEIVED_TAIL      with the socket beside it
//   dialect LENGTH ACKNOWLEDGES \t ENVELOPE_START \t BODY_START \t BODY_END     of a body; ours without this command
//   quiet MOST_S                     wait until others on this machine take little, at most so long
//   sat SECONDS WINDOW RECEIPTS      closed loop: WINDOW messages in flight per direction of each pair
//   lat SECONDS RATE RECEIPTS        open loop: RATE messages a second per pair, timed from when they were due
//   idle SECONDS                     beats only; then the service's resident memory
// and each command but `side` and `dialect` is answered with one packet of JSON. When the runner hangs up, this program ends.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { MOST_SIDES = 20000, MOST_BODY = 2000, MARK = 25, WARM_UP_MS = 700, BEAT_EVERY_S = 15 };
#define SECOND 1000000000ull

typedef struct { char *bytes; size_t used, room; } Buffer;

// One browser. `sent`, `posted`, `heard` count this side's messages: said, acknowledged, and arrived at the other side.
typedef struct Side Side;
struct Side {
  int fd;
  char who;
  Side *peer;
  uint64_t base, sent, posted, heard, beat_at;
  char *head, *middle, *tail, *received_head, *received_tail;
  Buffer in, out;
};

static Side sides[MOST_SIDES];
static int pairs, poller, control, pids[64], pid_count;
static int receipts, window_size;
static uint64_t loop_until;  // closed loop: until when a done message is followed by the next
static uint64_t delivered, acknowledged, delivered_marks, doubled, lost, altered, refused, dead, stray;
static char filler[MOST_BODY];
// How a system words an envelope; without acknowledgements a message counts as posted when it is said.
static struct { int length, acknowledges; char *start, *body, *end; } dialect = {
    379, 1, "{\"type\":\"envelope\"", "\"body\":\"", "\""};

static void die(const char *why, ...) {
  va_list rest;
  va_start(rest, why);
  vfprintf(stderr, why, rest);
  fputc('\n', stderr);
  exit(2);
}

static uint64_t now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (uint64_t)t.tv_sec * SECOND + t.tv_nsec;
}

static void append(Buffer *b, const void *bytes, size_t n) {
  if (b->used + n > b->room) {
    b->room = (b->used + n) * 2 + 256;
    if (!(b->bytes = realloc(b->bytes, b->room))) die("no memory");
  }
  memcpy(b->bytes + b->used, bytes, n);
  b->used += n;
}

static void drop(Buffer *b, size_t n) {
  memmove(b->bytes, b->bytes + n, b->used - n);
  b->used -= n;
}

// -- how long it took: a histogram with 32 steps per doubling (3 % apart), in nanoseconds

enum { STEPS = 64 * 32 };
static uint64_t steps[STEPS], measured;

static void note(uint64_t ns) {
  int step = (int)ns;
  if (ns >= 64) {
    int e = 63 - __builtin_clzll(ns);
    step = 64 + (e - 6) * 32 + (int)((ns >> (e - 5)) & 31);
  }
  if (step < STEPS) steps[step]++, measured++;
}

static double quantile_us(double q) {
  uint64_t rank = (uint64_t)(q * measured), seen = 0;
  for (int i = 0; i < STEPS; i++)
    if ((seen += steps[i]) > rank) {
      int e = (i - 64) / 32 + 6;
      return (i < 64 ? (double)i : (double)((uint64_t)(32 + (i - 64) % 32) << (e - 5))) / 1e3;
    }
  return 0;
}

// -- frames out

static void leave(Side *s) {
  if (s->fd < 0) return;
  close(s->fd);
  s->fd = -1;
  dead++;
}

static void watch(Side *s, int op, uint32_t events) {
  struct epoll_event e = {.events = events, .data.ptr = s};
  if (epoll_ctl(poller, op, s->fd, &e)) die("epoll: %s", strerror(errno));
}

static void write_out(Side *s) {
  ssize_t n = send(s->fd, s->out.bytes, s->out.used, MSG_NOSIGNAL);
  if (n > 0) drop(&s->out, (size_t)n);
  else if (n < 0 && errno != EAGAIN) { leave(s); return; }
  watch(s, EPOLL_CTL_MOD, s->out.used ? EPOLLIN | EPOLLOUT : EPOLLIN);
}

static void frame_out(Side *s, int opcode, const char *text, size_t n) {
  static const unsigned char mask[4] = {0x37, 0xfa, 0x21, 0x3d};
  static char frame[65536 + 8];
  if (s->fd < 0) return;
  size_t at = 2;
  frame[0] = (char)(0x80 | opcode);
  if (n < 126) frame[1] = (char)(0x80 | n);
  else frame[1] = (char)(0x80 | 126), frame[2] = (char)(n >> 8), frame[3] = (char)n, at = 4;
  memcpy(frame + at, mask, 4);
  at += 4;
  for (size_t i = 0; i < n; i++) frame[at + i] = text[i] ^ mask[i & 3];
  size_t total = at + n;
  if (!s->out.used) {
    ssize_t gone = send(s->fd, frame, total, MSG_NOSIGNAL);
    if (gone == (ssize_t)total) return;
    if (gone < 0 && errno != EAGAIN) { leave(s); return; }
    size_t skip = gone > 0 ? (size_t)gone : 0;
    append(&s->out, frame + skip, total - skip);
    watch(s, EPOLL_CTL_MOD, EPOLLIN | EPOLLOUT);
  } else append(&s->out, frame, total);
}

// A body is `V` or `M`, the time it was due, the sender's count, and filler: as long as a sealed short line.
static void say(Side *s, uint64_t due) {
  static char text[4096];
  int n = snprintf(text, sizeof text, "%s%llu%s%c%016llx%08llx", s->head, (unsigned long long)(s->base + s->sent),
                   s->middle, s->who == 'v' ? 'V' : 'M', (unsigned long long)due, (unsigned long long)s->sent);
  memcpy(text + n, filler, (size_t)(dialect.length - MARK));
  n += dialect.length - MARK;
  n += snprintf(text + n, sizeof text - (size_t)n, "%s", s->tail);
  s->sent++;
  if (!dialect.acknowledges) s->posted++;
  s->beat_at = due;
  frame_out(s, 1, text, (size_t)n);
}

static void go_on(Side *s) {
  uint64_t t = now();
  if (t >= loop_until) return;
  while (s->sent - (s->heard < s->posted ? s->heard : s->posted) < (uint64_t)window_size) say(s, t);
}

// -- frames in

static int starts(const char *text, size_t n, const char *with) {
  size_t m = strlen(with);
  return n >= m && !memcmp(text, with, m);
}

static uint64_t number(const char *text, size_t n, const char *name) {
  char *at = memmem(text, n, name, strlen(name));
  return at ? strtoull(at + strlen(name), 0, 10) : UINT64_MAX;
}

static void envelope_in(Side *s, const char *text, size_t n) {
  Side *from = s->peer;
  char *body = memmem(text, n, dialect.body, strlen(dialect.body)), hex[17] = {0};
  size_t length = (size_t)dialect.length;
  if (body) body += strlen(dialect.body);
  if (!body || (size_t)(body - text) + length + 1 > n) { stray++; return; }
  if (*body != (from->who == 'v' ? 'V' : 'M') || body[length] != *dialect.end ||
      memcmp(body + MARK, filler, length - MARK)) {
    altered++;
    return;
  }
  memcpy(hex, body + 1, 16);
  uint64_t due = strtoull(hex, 0, 16);
  memcpy(hex, body + 17, 8);
  hex[8] = 0;
  uint64_t count = strtoull(hex, 0, 16);
  if (count < from->heard) { doubled++; return; }
  lost += count - from->heard;  // a number that was jumped over; what comes late counts as doubled too
  from->heard = count + 1;
  delivered++;
  uint64_t t = now();
  note(t > due ? t - due : 0);
  if (receipts) {
    static char said[256];
    int m = snprintf(said, sizeof said, "%s%llu%s", s->received_head,
                     (unsigned long long)number(text, n, "\"sequence\":") + 1, s->received_tail);
    frame_out(s, 1, said, (size_t)m);
  }
  go_on(from);
}

static void text_in(Side *s, const char *text, size_t n) {
  if (starts(text, n, dialect.start)) {
    if (!dialect.acknowledges && memmem(text, n, "type='error'", 12)) refused++;
    else envelope_in(s, text, n);
  }
  else if (starts(text, n, "{\"type\":\"posted\"")) {
    if (number(text, n, "\"sequence\":") != s->base + s->posted) altered++;
    s->posted++;
    acknowledged++;
    go_on(s);
  } else if (starts(text, n, "{\"type\":\"delivered\"")) delivered_marks++;
  else if (starts(text, n, "{\"type\":\"error\"") || starts(text, n, "{\"type\":\"ended\"")) {
    if (!refused++) fprintf(stderr, "refused: %.*s\n", (int)n, text);
  }
}

static void read_frames(Side *s) {
  size_t at = 0;
  while (s->fd >= 0 && s->in.used - at >= 2) {
    unsigned char *p = (unsigned char *)s->in.bytes + at;
    size_t head = 2, n = p[1];
    if (n == 126) {
      if (s->in.used - at < 4) break;
      n = (size_t)p[2] << 8 | p[3], head = 4;
    } else if (n > 126) die("not at the beginning of a frame, or one larger than the protocol has");
    if (s->in.used - at < head + n) break;
    int opcode = p[0] & 15;
    at += head + n;
    if (p[0] == 0x81) text_in(s, (char *)p + head, n);
    else if (opcode == 9) frame_out(s, 10, (char *)p + head, n);
    else if (opcode == 8) { leave(s); break; }
    else die("a frame of kind %d", p[0]);
  }
  drop(&s->in, at);
}

static int spin;

// Serve what is ready; wait for it at most so long. A spinning wait finds a frame the moment it comes.
static void serve(uint64_t most_ns) {
  struct epoll_event ready[512];
  static char bytes[1 << 18];
  uint64_t until = now() + most_ns;
  int n;
  do n = epoll_wait(poller, ready, 512, spin ? 0 : (int)(most_ns / 1000000));
  while (spin && !n && now() < until);
  for (int i = 0; i < n; i++) {
    Side *s = ready[i].data.ptr;
    if (!s || s->fd < 0) continue;
    if (ready[i].events & EPOLLOUT) write_out(s);
    if (s->fd < 0 || !(ready[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR))) continue;
    ssize_t got = recv(s->fd, bytes, sizeof bytes, 0);
    if (got > 0) append(&s->in, bytes, (size_t)got), read_frames(s);
    else if (got == 0 || errno != EAGAIN) leave(s);
  }
}

static void beat(void) {
  static const char frame[] = "{\"type\":\"beat\"}";
  uint64_t t = now();
  if (!dialect.acknowledges) return;  // a peer pings us instead
  for (int i = 0; i < 2 * pairs; i++)
    if (sides[i].fd >= 0 && t - sides[i].beat_at > BEAT_EVERY_S * SECOND) {
      frame_out(&sides[i], 1, frame, sizeof frame - 1);
      sides[i].beat_at = t;
      if (i % 64 == 63) serve(0);
    }
}

// -- what it cost

typedef struct { double server_s, client_s, all_s; uint64_t at; } Cost;

static double server_seconds(void) {
  double ticks = 0;
  for (int i = 0; i < pid_count; i++) {
    char path[64], line[1024], *rest;
    unsigned long user, kernel;
    snprintf(path, sizeof path, "/proc/%d/stat", pids[i]);
    FILE *f = fopen(path, "r");
    if (!f) continue;
    if (fgets(line, sizeof line, f) && (rest = strrchr(line, ')')) &&
        sscanf(rest + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &kernel) == 2)
      ticks += (double)(user + kernel);
    fclose(f);
  }
  return ticks / (double)sysconf(_SC_CLK_TCK);
}

static long server_kib(void) {
  long total = 0, kib;
  for (int i = 0; i < pid_count; i++) {
    char path[64], line[256];
    snprintf(path, sizeof path, "/proc/%d/status", pids[i]);
    FILE *f = fopen(path, "r");
    if (!f) continue;
    while (fgets(line, sizeof line, f))
      if (sscanf(line, "VmRSS: %ld", &kib) == 1) total += kib;
    fclose(f);
  }
  return total;
}

static Cost cost(void) {
  struct rusage own;
  getrusage(RUSAGE_SELF, &own);
  unsigned long user = 0, nice = 0, kernel = 0, idle, wait, irq = 0, soft = 0;
  FILE *f = fopen("/proc/stat", "r");
  if (!f || fscanf(f, "cpu %lu %lu %lu %lu %lu %lu %lu", &user, &nice, &kernel, &idle, &wait, &irq, &soft) != 7)
    die("/proc/stat");
  fclose(f);
  return (Cost){server_seconds(),
                (double)(own.ru_utime.tv_sec + own.ru_stime.tv_sec) +
                    (double)(own.ru_utime.tv_usec + own.ru_stime.tv_usec) / 1e6,
                (double)(user + nice + kernel + irq + soft) / (double)sysconf(_SC_CLK_TCK), now()};
}

// -- phases

static void answer(const char *format, ...) {
  char text[2048];
  va_list rest;
  va_start(rest, format);
  int n = vsnprintf(text, sizeof text, format, rest);
  va_end(rest);
  if (send(control, text, (size_t)n, 0) != n) die("the runner is gone");
}

static void begin(void) {
  memset(steps, 0, sizeof steps);
  measured = delivered = acknowledged = delivered_marks = doubled = lost = altered = refused = stray = 0;
}

static uint64_t underway(void) {
  uint64_t n = 0;
  for (int i = 0; i < 2 * pairs; i++) n += 2 * sides[i].sent - sides[i].heard - sides[i].posted;
  return n;
}

static void report(const char *phase, double argument, Cost from, Cost to, uint64_t done) {
  double p50 = quantile_us(.5), p90 = quantile_us(.9), p99 = quantile_us(.99), most = quantile_us(.999999);
  double seconds = (double)(to.at - from.at) / 1e9, server = to.server_s - from.server_s;
  double client = to.client_s - from.client_s;
  for (uint64_t until = now() + 5 * SECOND; underway() && now() < until;) serve(20000000);
  uint64_t heard_less = 0, posted_less = 0;
  for (int i = 0; i < 2 * pairs; i++) {
    heard_less += sides[i].sent - sides[i].heard;
    posted_less += sides[i].sent - sides[i].posted;
    sides[i].heard = sides[i].posted = sides[i].sent;
  }
  answer("{\"phase\":\"%s\",\"pairs\":%d,\"argument\":%g,\"receipts\":%d,\"seconds\":%.3f,\"done\":%llu,"
         "\"server_cpu_s\":%.2f,\"client_cpu_s\":%.2f,\"foreign_cpu_s\":%.2f,"
         "\"p50_us\":%.1f,\"p90_us\":%.1f,\"p99_us\":%.1f,\"most_us\":%.1f,\"lost\":%llu,\"unacknowledged\":%llu,"
         "\"doubled\":%llu,\"altered\":%llu,\"refused\":%llu,\"stray\":%llu,\"dead\":%llu,\"receipts_seen\":%llu,"
         "\"rss_kib\":%ld}",
         phase, pairs, argument, receipts, seconds, (unsigned long long)done, server, client,
         to.all_s - from.all_s - server - client, p50, p90, p99, most, (unsigned long long)(lost + heard_less),
         (unsigned long long)posted_less, (unsigned long long)doubled, (unsigned long long)altered,
         (unsigned long long)refused, (unsigned long long)stray, (unsigned long long)dead,
         (unsigned long long)delivered_marks, server_kib());
}

static void saturate(double seconds) {
  spin = 1;
  begin();
  uint64_t measure_at = now() + WARM_UP_MS * 1000000ull;
  loop_until = measure_at + (uint64_t)(seconds * 1e9);
  for (int i = 0; i < 2 * pairs; i++) {
    go_on(&sides[i]);
    if (i % 64 == 63) serve(0);
  }
  while (now() < measure_at) serve(20000000);
  memset(steps, 0, sizeof steps);
  measured = 0;
  uint64_t before_d = delivered, before_a = acknowledged;
  Cost from = cost();
  while (now() < loop_until) serve(20000000);
  Cost to = cost();
  uint64_t heard = delivered - before_d, posted = acknowledged - before_a;
  loop_until = 0;
  report("sat", window_size, from, to, dialect.acknowledges && posted < heard ? posted : heard);
}

static int by_offset(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return x < y ? -1 : x > y;
}

static void measure_latency(double seconds, double rate) {
  double *offset = malloc((size_t)pairs * sizeof *offset);  // each pair speaks at a moment of its own
  if (!offset) die("no memory");
  for (int i = 0; i < pairs; i++) offset[i] = rand() / (double)RAND_MAX;
  qsort(offset, (size_t)pairs, sizeof *offset, by_offset);
  spin = 1;
  begin();
  Cost from = cost();
  uint64_t start = now() + 20000000, end = start + (uint64_t)(seconds * 1e9);
  for (uint64_t k = 0;; k++) {
    uint64_t round = k / (uint64_t)pairs, pair = k % (uint64_t)pairs;
    uint64_t due = start + (uint64_t)(((double)round + offset[pair]) / rate * 1e9);
    if (due >= end) break;
    for (uint64_t t; (t = now()) < due;) serve(due - t);
    // A stride spreads neighbours in time over the pairs; both sides take turns.
    uint64_t who = pair * 7919 % (uint64_t)pairs;
    say(&sides[2 * who + (round + who) % 2], due);
    if (k % 32 == 31) serve(0);
  }
  while (now() < end) serve(20000000);
  Cost to = cost();
  free(offset);
  report("lat", rate, from, to, delivered);
}

static void idle(double seconds) {
  begin();
  Cost from = cost();
  for (uint64_t until = now() + (uint64_t)(seconds * 1e9); now() < until;) serve(50000000), beat();
  report("idle", 0, from, cost(), 0);
}

static void wait_for_quiet(double most_s) {
  double foreign = 0;
  for (uint64_t until = now() + (uint64_t)(most_s * 1e9); now() < until;) {
    Cost a = cost();
    for (uint64_t t = now() + 400000000; now() < t;) serve(50000000), beat();
    Cost b = cost();
    foreign = b.all_s - a.all_s - (b.server_s - a.server_s) - (b.client_s - a.client_s);
    if (foreign < 0.06) break;
  }
  answer("{\"phase\":\"quiet\",\"foreign_share\":%.2f}", foreign / 0.4);
}

// -- commands

static void adopt(char *text, int fd) {
  int pair, used;
  unsigned long long sequence;
  char who;
  if (sscanf(text, "side %d %c %llu\t%n", &pair, &who, &sequence, &used) != 3 || 2 * pair + 1 >= MOST_SIDES)
    die("side: %s", text);
  Side *s = &sides[2 * pair + (who == 'm')];
  *s = (Side){.fd = fd, .who = who, .peer = &sides[2 * pair + (who == 'v')], .base = sequence, .beat_at = now()};
  char **parts[] = {&s->head, &s->middle, &s->tail, &s->received_head, &s->received_tail}, *rest = text + used;
  for (int i = 0; i < 5; i++) *parts[i] = strdup(strsep(&rest, "\t"));
  fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
  watch(s, EPOLL_CTL_ADD, EPOLLIN);
  if (pair >= pairs) pairs = pair + 1;
}

static void learn(char *text) {
  int used;
  if (sscanf(text, "dialect %d %d\t%n", &dialect.length, &dialect.acknowledges, &used) != 2 ||
      dialect.length <= MARK || dialect.length > MOST_BODY)
    die("dialect: %s", text);
  char **parts[] = {&dialect.start, &dialect.body, &dialect.end}, *rest = text + used;
  for (int i = 0; i < 3; i++) *parts[i] = strdup(strsep(&rest, "\t"));
}

static void obey(void) {
  static char text[4096];
  char beside[CMSG_SPACE(sizeof(int))];
  struct iovec whole = {text, sizeof text - 1};
  struct msghdr message = {.msg_iov = &whole, .msg_iovlen = 1, .msg_control = beside, .msg_controllen = sizeof beside};
  ssize_t n = recvmsg(control, &message, MSG_CMSG_CLOEXEC);
  if (n <= 0) exit(0);
  text[n] = 0;
  double a = 0, b = 0;
  char word[16] = {0};
  int fields = sscanf(text, "%15s %lf %lf %d", word, &a, &b, &receipts);
  if (!strcmp(word, "side")) {
    struct cmsghdr *c = CMSG_FIRSTHDR(&message);
    if (!c || c->cmsg_type != SCM_RIGHTS) die("a side without its socket");
    int fd;
    memcpy(&fd, CMSG_DATA(c), sizeof fd);
    adopt(text, fd);
    return;
  }
  if (!strcmp(word, "dialect")) {
    learn(text);
    return;
  }
  if (!strcmp(word, "sat") && fields == 4) window_size = (int)b, saturate(a);
  else if (!strcmp(word, "lat") && fields == 4) measure_latency(a, b);
  else if (!strcmp(word, "idle")) idle(a);
  else if (!strcmp(word, "quiet")) wait_for_quiet(a);
  else die("command: %s", text);
  spin = 0;
}

int main(int count, char **words) {
  if (count != 3) die("usage: loadgen CONTROL_FD PID[,PID...]");
  control = atoi(words[1]);
  for (char *at = strtok(words[2], ","); at && pid_count < 64; at = strtok(0, ",")) pids[pid_count++] = atoi(at);
  memset(filler, 'x', sizeof filler);
  srand(42);
  for (int i = 0; i < MOST_SIDES; i++) sides[i].fd = -1;
  poller = epoll_create1(EPOLL_CLOEXEC);
  struct epoll_event e = {.events = EPOLLIN};
  if (epoll_ctl(poller, EPOLL_CTL_ADD, control, &e)) die("CONTROL_FD: %s", strerror(errno));
  for (;;) {
    struct epoll_event first;
    // A command is obeyed as soon as it is there; until then what the service sends is read and passed over.
    if (recv(control, &(char){0}, 1, MSG_PEEK | MSG_DONTWAIT) >= 0) obey();
    else if (epoll_wait(poller, &first, 1, 1000) > 0) serve(0);
    beat();
  }
}
