/*
 * What asked for memory before vm-monitor, as the yardstick of `make bench-vm`:
 *
 *   reference MEMORY_STAT
 *
 * Every 100 ms it takes anonymous memory, active and inactive, from the cgroup's memory.stat. When the mean of the last
 * five looks is 85 % of MemTotal or more it prints "asked", and ends.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define LOOKS 5
#define PERCENT 85
#define EVERY_NS 100000000L

static void fail(const char *what)
{
	perror(what);
	exit(1);
}

/* The number behind `key` in a file of the kernel's. */
static long number_of(const char *path, const char *key)
{
	static char text[16384];
	int fd = open(path, O_RDONLY);
	ssize_t got = fd < 0 ? -1 : read(fd, text, sizeof text - 1);
	if (got < 0)
		fail(path);
	close(fd);
	text[got] = 0;
	char *at = strstr(text, key);
	if (at == NULL)
		fail(key);
	return atol(at + strlen(key));
}

int main(int argc, char **argv)
{
	if (argc != 2) {
		fprintf(stderr, "usage: reference MEMORY_STAT\n");
		return 2;
	}
	long threshold = number_of("/proc/meminfo", "MemTotal:") * 1024 / 100 * PERCENT;
	long looks[LOOKS] = { 0 }, sum = 0;
	struct timespec next;
	clock_gettime(CLOCK_MONOTONIC, &next);
	for (long n = 0;; n++) {
		long used = number_of(argv[1], "\nactive_anon ") + number_of(argv[1], "\ninactive_anon ");
		sum += used - looks[n % LOOKS];
		looks[n % LOOKS] = used;
		if (n >= LOOKS && sum / LOOKS >= threshold)
			break;
		next.tv_nsec += EVERY_NS;
		next.tv_sec += next.tv_nsec / 1000000000L;
		next.tv_nsec %= 1000000000L;
		clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &next, NULL);
	}
	puts("asked");
	return 0;
}
