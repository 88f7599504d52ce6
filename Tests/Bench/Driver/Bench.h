// What the parts of the benchmark's driver share. Every part ends the program with a sentence on
// standard error when it meets something that it cannot measure: a wrong figure is worse than none.
#ifndef BENCH_H
#define BENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// MARK: Clock and samples (Samples.c)

/// Nanoseconds of the monotonic clock.
uint64_t now(void);
void pause_for(uint64_t nanoseconds);
_Noreturn void die(const char *format, ...) __attribute__((format(printf, 1, 2)));

/// A growing list of numbers.
struct samples {
    double *values;
    size_t count;
    size_t capacity;
};

void add_sample(struct samples *samples, double value);
/// The value below which `share` (0 to 1) of the samples lie; the samples get sorted.
double percentile(struct samples *samples, double share);
/// The middle value, the order of the samples kept.
double median(const struct samples *samples);
double least(const struct samples *samples);
double most(const struct samples *samples);

/// Prints a series, and appends it to the file that $BENCH_RESULTS names, as
/// `name<TAB>unit<TAB>value value ...` with the values in the order of the rounds.
void record(const char *name, const char *unit, const struct samples *samples);
void record_one(const char *name, const char *unit, double value);

/// Reads `--name value` pairs into `options`, which ends with a null name; the index of the first
/// argument that is none.
struct option_value {
    const char *name;
    double *number;
    const char **text;
};
int read_options(int count, char **arguments, const struct option_value *options);

// MARK: Sockets (Sockets.c)

/// Listens on a Unix socket ("/path", replaced) or on a port of 127.0.0.1 (0: any, told in *port).
int listen_at(const char *address, int *port);
/// Connects, blocking, to "/path" or to a port of 127.0.0.1; -1 if nobody listens.
int try_connect(const char *address);
int connect_to(const char *address);
void send_all(int socket, const char *bytes, size_t count);
void raise_descriptors(void);

/// Bytes that came and are not used up yet.
struct buffer {
    char *bytes;
    size_t count;
    size_t capacity;
};

/// Receives what is there; false when it is the end. `flags` as of recv.
bool receive(int socket, struct buffer *buffer, int flags, bool *would_block);
void consume(struct buffer *buffer, size_t count);
void append(struct buffer *buffer, const void *bytes, size_t count);
void append_text(struct buffer *buffer, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

// MARK: Calls (Calls.c)

/// How one sees where an answer ends.
enum framing {
    framed_by_line,
    /// Lines of deltas, and at last the line with the result.
    framed_by_result,
    /// HTTP/1.1, by Content-Length or in chunks.
    framed_by_body,
};

/// One kind of request, sent again and again, and how its answers end.
struct call {
    enum framing framing;
    bool is_stream;
    struct buffer request;
};

/// `NAME=KIND@ADDRESS[#PID]` of the command line: what is measured, how, where, and which process
/// answers (0: unknown).
struct target {
    char name[64];
    char address[128];
    int pid;
    struct call call;
};

struct target parse_target(const char *text);
/// Bytes of the first whole answer in the buffer, 0 if it is not whole. Dies of an error answer.
size_t answer_length(const struct call *call, const struct buffer *buffer);
/// Sends the request once and waits for its answer, which then still stands in `buffer`. In
/// `first`, if not null, comes when the first piece of a stream had arrived.
size_t ask(int socket, const struct call *call, struct buffer *buffer, uint64_t *first);

// MARK: Processes (Processes.c)

/// Nanoseconds that all threads of a process have run.
double time_on_processor(int pid);

// MARK: Commands, each told by its usage in Main.c

int run_echo(int count, char **arguments);
int run_backend(int count, char **arguments);
int run_load(int count, char **arguments);
int run_lone(int count, char **arguments);
int run_streams(int count, char **arguments);
int run_flood(int count, char **arguments);
int run_start(int count, char **arguments);
int run_once(int count, char **arguments);
int run_memory(int count, char **arguments);
int run_hold(int count, char **arguments);
int run_idle(int count, char **arguments);
int run_await(int count, char **arguments);
int run_queue(int count, char **arguments);
int run_longest(int count, char **arguments);
int run_drain(int count, char **arguments);
int run_pin(int count, char **arguments);
int run_report(int count, char **arguments);
int run_compare(int count, char **arguments);
int run_against(int count, char **arguments);

#endif
