/*
 * What the kernel alone takes for an open load: due requests go out on idle connections, answers are read and thrown
 * away. No parsing, no figures, no time-outs. Arguments: port, requests/s, seconds, microseconds between wake-ups.
 * Prints microseconds of CPU a request, the share of them in the kernel, and requests/s.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

enum { CONNECTIONS = 64, EVENTS = 256, SECOND_NS = 1000000000 };
static const char request[] = "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";

static void need(int is_so, const char *what) {
  if (!is_so) {
    perror(what);
    exit(1);
  }
}

static int64_t clock_ns(clockid_t clock) {
  struct timespec time;
  clock_gettime(clock, &time);
  return (int64_t)time.tv_sec * SECOND_NS + time.tv_nsec;
}

static int opened(int port) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr = {htonl(INADDR_LOOPBACK)}};
  int fd = socket(AF_INET, SOCK_STREAM, 0), on = 1;
  need(fd >= 0 && !setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on), "socket");
  need(!connect(fd, (struct sockaddr *)&address, sizeof address), "connect");
  return fd;
}

static void watch(int poller, int fd) {
  struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
  need(!epoll_ctl(poller, EPOLL_CTL_ADD, fd, &event), "epoll_ctl");
}

int main(int count, char **argument) {
  need(count == 5, "port, requests/s, seconds, microseconds between wake-ups");
  int port = atoi(argument[1]);
  int64_t gap_ns = SECOND_NS / atoi(argument[2]), length_ns = (int64_t)atoi(argument[3]) * SECOND_NS;
  int64_t apart_ns = atoi(argument[4]) * 1000;
  int idle[CONNECTIONS], idles = 0, poller = epoll_create1(0), timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
  char answer[65536];
  struct epoll_event ready[EVENTS];
  prctl(PR_SET_TIMERSLACK, 1, 0, 0, 0);
  watch(poller, timer);
  while (idles < CONNECTIONS) watch(poller, idle[idles++] = opened(port));
  int64_t begin = clock_ns(CLOCK_MONOTONIC), due = begin, waited = 0, set = 0, answered = 0;
  int64_t cpu = clock_ns(CLOCK_PROCESS_CPUTIME_ID);
  while (due < begin + length_ns) {
    for (int64_t now = clock_ns(CLOCK_MONOTONIC); due <= now && idles; due += gap_ns)
      need(write(idle[--idles], request, sizeof request - 1) == sizeof request - 1, "write");
    int64_t rest = waited + apart_ns - clock_ns(CLOCK_MONOTONIC);
    if (rest > 0) nanosleep(&(struct timespec){.tv_nsec = rest}, NULL);
    waited = clock_ns(CLOCK_MONOTONIC);
    if (due > waited && due != set) {
      set = due;
      struct itimerspec at = {.it_value = {.tv_sec = due / SECOND_NS, .tv_nsec = due % SECOND_NS}};
      need(!timerfd_settime(timer, TFD_TIMER_ABSTIME, &at, NULL), "timerfd_settime");
    }
    int found = epoll_wait(poller, ready, EVENTS, due <= waited && idles ? 0 : -1);
    for (int i = 0; i < found; i++) {
      if (ready[i].data.fd == timer) {
        set = 0;
      } else {
        need(read(ready[i].data.fd, answer, sizeof answer) > 0, "read");
        idle[idles++] = ready[i].data.fd;
        answered++;
      }
    }
  }
  double cpu_us = (clock_ns(CLOCK_PROCESS_CPUTIME_ID) - cpu) / 1e3;
  double seconds = (double)(clock_ns(CLOCK_MONOTONIC) - begin) / SECOND_NS;
  struct rusage used;
  getrusage(RUSAGE_SELF, &used);
  double user_us = used.ru_utime.tv_sec * 1e6 + used.ru_utime.tv_usec;
  double kernel_us = used.ru_stime.tv_sec * 1e6 + used.ru_stime.tv_usec;
  printf("%.2f %.3f %.0f\n", cpu_us / answered, kernel_us / (user_us + kernel_us), answered / seconds);
  return 0;
}
