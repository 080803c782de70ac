/*
 * Runs shell scripts for the harness, one TCP connection a script. It is made to work also when the guest has hardly
 * any memory left: small, static, locked into memory, never chosen by the OOM killer (its scripts may be).
 *
 * Request: length of the script, length of its stdin (32 bits each, big-endian), the script, the stdin.
 * Answer: frames of a kind (one byte), a length (32 bits, big-endian) and so many bytes:
 *   p  process id of the shell in decimal; first
 *   o  stdout, e  stderr; as they come
 *   x  exit status in decimal, 128 + n for signal n; last
 * A connection that the harness closes before the end kills the script's process group.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <fcntl.h>
#include <unistd.h>

#define PORT 10400
#define MAX_SCRIPT_BYTES (64 << 10)
#define MAX_STDIN_BYTES (64 << 20)

static void fail(const char *what)
{
	dprintf(2, "command-server: %s: %s\n", what, strerror(errno));
	_exit(1);
}

static void write_text(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY);
	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		fail(path);
	close(fd);
}

static void read_exactly(int fd, void *buffer, size_t size)
{
	for (char *at = buffer; size > 0;) {
		ssize_t got = read(fd, at, size);
		if (got <= 0)
			_exit(1);
		at += got;
		size -= got;
	}
}

static void write_exactly(int fd, const void *buffer, size_t size)
{
	for (const char *at = buffer; size > 0;) {
		ssize_t put = write(fd, at, size);
		if (put <= 0)
			_exit(1);
		at += put;
		size -= put;
	}
}

static void send_frame(int connection, char kind, const void *bytes, uint32_t size)
{
	char head[5] = { kind };
	uint32_t length = htonl(size);
	memcpy(head + 1, &length, sizeof length);
	write_exactly(connection, head, sizeof head);
	write_exactly(connection, bytes, size);
}

static void send_number(int connection, char kind, int number)
{
	char text[16];
	send_frame(connection, kind, text, snprintf(text, sizeof text, "%d", number));
}

/* A file in memory with the script's stdin: the connection is then read only to see its end. */
static int receive_stdin(int connection, uint32_t size)
{
	char buffer[1 << 16];
	int file = memfd_create("stdin", 0);
	if (file < 0)
		fail("memfd_create");
	while (size > 0) {
		size_t part = size < sizeof buffer ? size : sizeof buffer;
		read_exactly(connection, buffer, part);
		write_exactly(file, buffer, part);
		size -= part;
	}
	lseek(file, 0, SEEK_SET);
	return file;
}

static _Noreturn void run_script(const char *script, int in, int out, int err)
{
	setsid();
	write_text("/proc/self/oom_score_adj", "0");
	dup2(in, 0);
	dup2(out, 1);
	dup2(err, 2);
	closefrom(3);
	signal(SIGPIPE, SIG_DFL);
	execl("/bin/sh", "sh", "-c", script, NULL);
	_exit(127);
}

/* Takes what is there; 0 at the end of the stream. */
static int forward(int from, int connection, char kind)
{
	char buffer[1 << 14];
	ssize_t got = read(from, buffer, sizeof buffer);
	if (got > 0)
		send_frame(connection, kind, buffer, got);
	return got > 0;
}

static void drain(int from, int connection, char kind)
{
	fcntl(from, F_SETFL, O_NONBLOCK);
	while (forward(from, connection, kind))
		;
}

/* Until the shell itself has ended: what it left in the background may go on, unheard. */
static void supervise(int connection, pid_t pid, int out, int err)
{
	int ended = pidfd_open(pid, 0);
	if (ended < 0)
		fail("pidfd_open");
	struct pollfd fds[] = {
		{ .fd = ended, .events = POLLIN },
		{ .fd = connection, .events = POLLIN },
		{ .fd = out, .events = POLLIN },
		{ .fd = err, .events = POLLIN },
	};
	while (!fds[0].revents) {
		if (poll(fds, 4, -1) < 0)
			fail("poll");
		if (fds[2].revents && !forward(out, connection, 'o'))
			fds[2].fd = -1;
		if (fds[3].revents && !forward(err, connection, 'e'))
			fds[3].fd = -1;
		if (fds[1].revents) {
			kill(-pid, SIGKILL);
			_exit(0);
		}
	}
	drain(out, connection, 'o');
	drain(err, connection, 'e');
	int status;
	waitpid(pid, &status, 0);
	send_number(connection, 'x', WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status));
}

static void serve(int connection)
{
	uint32_t sizes[2];
	read_exactly(connection, sizes, sizeof sizes);
	uint32_t script_bytes = ntohl(sizes[0]), stdin_bytes = ntohl(sizes[1]);
	if (script_bytes > MAX_SCRIPT_BYTES || stdin_bytes > MAX_STDIN_BYTES)
		_exit(1);
	char *script = calloc(1, script_bytes + 1);
	read_exactly(connection, script, script_bytes);
	int in = receive_stdin(connection, stdin_bytes);

	int out[2], err[2];
	if (pipe(out) < 0 || pipe(err) < 0)
		fail("pipe");
	pid_t pid = fork();
	if (pid < 0)
		fail("fork");
	if (pid == 0)
		run_script(script, in, out[1], err[1]);
	close(in);
	close(out[1]);
	close(err[1]);
	send_number(connection, 'p', pid);
	supervise(connection, pid, out[0], err[0]);
}

int main(void)
{
	int yes = 1, listener = socket(AF_INET, SOCK_STREAM, 0);
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(PORT) };
	setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
	if (bind(listener, (struct sockaddr *)&address, sizeof address) < 0 || listen(listener, 64) < 0)
		fail("listen");
	write_text("/proc/self/oom_score_adj", "-1000");
	mlockall(MCL_CURRENT | MCL_FUTURE);
	signal(SIGCHLD, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	/* The harness waits for this line on the console. */
	dprintf(1, "guest: ready\n");
	for (;;) {
		int connection = accept(listener, NULL, NULL);
		if (connection < 0)
			continue;
		setsockopt(connection, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
		if (fork() == 0) {
			signal(SIGCHLD, SIG_DFL);
			close(listener);
			serve(connection);
			_exit(0);
		}
		close(connection);
	}
}
