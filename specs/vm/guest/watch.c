/*
 * Tells when files change, without a process for each look: under emulation those would take a CPU of their own.
 *
 *   watch EVERY_MS FILE...
 *
 * Prints a line when a file's text has changed, and one for each at the start: CLOCK_BOOTTIME in ms, the number of the
 * file from 0, and the text with "|" for line breaks, or "-" when there is no such file. Of each file the first 4 KiB.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define MAX_FILES 16
#define MAX_TEXT 4096

static void read_text(const char *path, char *text)
{
	int fd = open(path, O_RDONLY);
	ssize_t got = fd < 0 ? -1 : read(fd, text, MAX_TEXT - 1);
	if (fd >= 0)
		close(fd);
	if (got < 0) {
		strcpy(text, "-");
		return;
	}
	while (got > 0 && text[got - 1] == '\n')
		got--;
	text[got] = 0;
	for (char *at = text; (at = strchr(at, '\n')); )
		*at = '|';
}

int main(int argc, char **argv)
{
	static char last[MAX_FILES][MAX_TEXT], text[MAX_TEXT];
	int files = argc - 2;
	if (files < 1 || files > MAX_FILES) {
		fprintf(stderr, "usage: watch EVERY_MS FILE... (at most %d)\n", MAX_FILES);
		return 2;
	}
	struct timespec pause = { .tv_nsec = atol(argv[1]) * 1000000L };
	/* A text that no file has. */
	for (int file = 0; file < files; file++)
		strcpy(last[file], "\n");
	for (;;) {
		for (int file = 0; file < files; file++) {
			read_text(argv[file + 2], text);
			if (strcmp(text, last[file]) == 0)
				continue;
			struct timespec now;
			clock_gettime(CLOCK_BOOTTIME, &now);
			dprintf(1, "%ld.%03ld %d %s\n", now.tv_sec * 1000 + now.tv_nsec / 1000000, now.tv_nsec / 1000 % 1000, file, text);
			strcpy(last[file], text);
		}
		nanosleep(&pause, NULL);
	}
}
