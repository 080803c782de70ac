/*
 * How memory.high was used before vm-monitor, as the yardstick of `make bench-vm`:
 *
 *   ramp CGROUP START_MIB STEP_KIB
 *
 * memory.high begins at START_MIB. Whenever the kernel reports that it was reached it is raised by STEP_KIB, at most once
 * in 25 ms. Lifted by SIGTERM.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <time.h>
#include <unistd.h>

#define EVERY_NS 25000000L

static char high_path[256];

static void fail(const char *what)
{
	perror(what);
	exit(1);
}

static void set_high(const char *text)
{
	int fd = open(high_path, O_WRONLY);
	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		fail(high_path);
	close(fd);
}

static void lift(int signal)
{
	(void)signal;
	set_high("max");
	_exit(0);
}

static long reached(const char *path)
{
	char text[1024];
	int fd = open(path, O_RDONLY);
	ssize_t got = fd < 0 ? -1 : read(fd, text, sizeof text - 1);
	if (got < 0)
		fail(path);
	close(fd);
	text[got] = 0;
	char *at = strstr(text, "\nhigh ");
	return at == NULL ? 0 : atol(at + 6);
}

int main(int argc, char **argv)
{
	if (argc != 4) {
		fprintf(stderr, "usage: ramp CGROUP START_MIB STEP_KIB\n");
		return 2;
	}
	char events[256], text[32];
	snprintf(high_path, sizeof high_path, "%s/memory.high", argv[1]);
	snprintf(events, sizeof events, "%s/memory.events", argv[1]);
	signal(SIGTERM, lift);
	int watched = inotify_init1(IN_CLOEXEC);
	if (watched < 0 || inotify_add_watch(watched, events, IN_MODIFY) < 0)
		fail(events);
	long high = atol(argv[2]) << 20, before = reached(events);
	snprintf(text, sizeof text, "%ld", high);
	set_high(text);
	puts("set");
	fflush(stdout);
	for (;;) {
		char event[4096];
		if (read(watched, event, sizeof event) < 0)
			fail("inotify");
		long now = reached(events);
		if (now == before)
			continue;
		before = now;
		high += atol(argv[3]) << 10;
		snprintf(text, sizeof text, "%ld", high);
		set_high(text);
		nanosleep(&(struct timespec){ .tv_nsec = EVERY_NS }, NULL);
	}
}
