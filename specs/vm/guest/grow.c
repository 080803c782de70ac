/*
 * Takes memory at a steady rate, as a query does that sorts or builds an index, and half a CPU at most: where the
 * guest is slow it grows more slowly:
 *
 *   grow anon|shm|file FROM_MIB TO_MIB MIB_PER_S
 *
 * FROM_MIB are taken at once. After each MiB it writes a line to /run/grow.PID: CLOCK_BOOTTIME in ms, and how much it
 * has, so that it can be seen when it was held up. It prints such a line when it has FROM_MIB, then every 100 ms (each
 * costs as much as some MiB under emulation), and when it has TO_MIB. Then it keeps all until it is killed. anon is
 * private memory, shm a segment in /dev/shm, file the page cache of a file that is written.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define MIB (1L << 20)
#define STEP (256L << 10)
#define PAGE 4096
/* One that was held up longer than this goes on from there at its rate, and does not rush to catch up. */
#define MAX_BEHIND_NS 50000000L
#define PRINT_NS 100000000L

static void fail(const char *what)
{
	perror(what);
	exit(1);
}

static int64_t now_ns(void)
{
	struct timespec now;
	clock_gettime(CLOCK_BOOTTIME, &now);
	return now.tv_sec * 1000000000L + now.tv_nsec;
}

static void sleep_until(int64_t ns)
{
	struct timespec until = { .tv_sec = ns / 1000000000L, .tv_nsec = ns % 1000000000L };
	clock_nanosleep(CLOCK_BOOTTIME, TIMER_ABSTIME, &until, NULL);
}

/* A file without a name: nothing is left behind when we are killed. */
static int open_unnamed(const char *directory)
{
	int fd = open(directory, O_TMPFILE | O_RDWR, 0600);
	if (fd < 0)
		fail(directory);
	return fd;
}

static char *map_memory(const char *kind, long bytes)
{
	/* No reservation: it may be more than the VM has yet. */
	int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, fd = -1;
	if (strcmp(kind, "shm") == 0) {
		flags = MAP_SHARED;
		fd = open_unnamed("/dev/shm");
		if (ftruncate(fd, bytes) < 0)
			fail("ftruncate");
	}
	char *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, flags, fd, 0);
	if (memory == MAP_FAILED)
		fail("mmap");
	/* By huge pages where there are any: emulation makes each fault dear, and would set the rate in our place. */
	madvise(memory, bytes, MADV_HUGEPAGE);
	return memory;
}

static int open_record(void)
{
	char path[32];
	snprintf(path, sizeof path, "/run/grow.%d", getpid());
	int fd = open(path, O_CREAT | O_WRONLY | O_TRUNC, 0644);
	if (fd < 0)
		fail(path);
	return fd;
}

static void tell(int fd, int64_t now, long have)
{
	dprintf(fd, "%ld.%03ld %ld\n", now / 1000000, now / 1000 % 1000, have / MIB);
}

static void take(char *memory, int file, long at)
{
	static char content[STEP];
	if (file >= 0 && write(file, content, STEP) != STEP)
		fail("write");
	for (long page = at; file < 0 && page < at + STEP; page += PAGE)
		memory[page] = 1;
}

int main(int argc, char **argv)
{
	if (argc != 5) {
		fprintf(stderr, "usage: grow anon|shm|file FROM_MIB TO_MIB MIB_PER_S\n");
		return 2;
	}
	long from = atol(argv[2]) * MIB, to = atol(argv[3]) * MIB, rate = atol(argv[4]) * MIB;
	int file = strcmp(argv[1], "file") == 0 ? open_unnamed("/var/tmp") : -1;
	char *memory = file < 0 ? map_memory(argv[1], to) : NULL;
	int record = open_record();
	int64_t step_ns = STEP * 1000000000L / rate, due = now_ns(), print = 0;

	for (long have = STEP; have <= to; have += STEP) {
		int64_t began = now_ns();
		take(memory, file, have - STEP);
		int64_t now = now_ns(), took = now - began;
		if (have % MIB == 0 && have >= from) {
			tell(record, now, have);
			if (now >= print || have == to) {
				tell(1, now, have);
				print = now + PRINT_NS;
			}
		}
		due = have <= from || due + step_ns < now - MAX_BEHIND_NS ? now : due + step_ns;
		if (have > from && due < now + took)
			due = now + took;
		sleep_until(due);
	}
	for (;;)
		pause();
}
