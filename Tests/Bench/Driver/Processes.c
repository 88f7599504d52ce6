// What processes cost: how fast one starts and answers, what it holds, what it burns while idle.
#include "Bench.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/// Starts of a program that make up one round.
enum { runs_per_round = 5 };

/// Starts a program with its words, its output thrown away. Errors of the program still show.
static pid_t begin(char *const *words) {
    pid_t parent = getpid();
    pid_t child = vfork();
    if (child < 0) die("cannot fork: %s", strerror(errno));
    if (child > 0) return child;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(127);
    int nowhere = open("/dev/null", O_RDWR);
    dup2(nowhere, 0);
    dup2(nowhere, 1);
    execvp(words[0], words);
    _exit(127);
}

static void expect_success(pid_t child, const char *name) {
    int status = 0;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        die("%s ended with status %d", name, WIFEXITED(status) ? WEXITSTATUS(status) : -1);
}

/// Milliseconds from fork to the answer to a ping; the daemon is ended again.
static double start_once(const char *address, char *const *words) {
    static struct call call;
    if (call.request.count == 0) call = parse_target("start=ping@0").call;
    struct buffer buffer = {0};
    unlink(address);
    uint64_t start = now();
    pid_t child = begin(words);
    int socket;
    while ((socket = try_connect(address)) < 0) {
        if (waitpid(child, NULL, WNOHANG) != 0) die("%s ended before it answered", words[0]);
        if (now() - start > 10000000000u) die("%s did not answer within 10 s", words[0]);
        pause_for(50000);
    }
    ask(socket, &call, &buffer, NULL);
    double time = (double)(now() - start) / 1e6;
    close(socket);
    free(buffer.bytes);
    kill(child, SIGTERM);
    expect_success(child, words[0]);
    return time;
}

int run_start(int count, char **arguments) {
    double rounds = 15;
    const char *name = "start";
    struct option_value options[] = {
        {"rounds", &rounds, NULL}, {"name", NULL, &name}, {NULL, NULL, NULL}};
    int first = read_options(count, arguments, options);
    if (count - first < 2) die("usage: start [--rounds R] ADDRESS PROGRAM [ARGUMENT...]");
    struct samples samples = {0};
    for (int round = 0; round < (int)rounds; round++) {
        struct samples each = {0};
        for (int run = 0; run < runs_per_round; run++)
            add_sample(&each, start_once(arguments[first], arguments + first + 1));
        add_sample(&samples, median(&each));
        free(each.values);
    }
    record(name, "ms", &samples);
    return 0;
}

/// `NAME=PROGRAM ARGUMENT ...`, parted at spaces.
static char **split_words(char *text, char **name) {
    char **words = calloc(64, sizeof(char *));
    char *at = strchr(text, '=');
    if (!at) die("%s is not NAME=PROGRAM", text);
    *at = 0;
    *name = text;
    int used = 0;
    for (char *word = strtok(at + 1, " "); word && used < 63; word = strtok(NULL, " "))
        words[used++] = word;
    return words;
}

/// The median of some whole runs, in milliseconds.
static double run_several(char *const *words, const char *name) {
    struct samples each = {0};
    for (int run = 0; run < runs_per_round; run++) {
        uint64_t start = now();
        expect_success(begin(words), name);
        add_sample(&each, (double)(now() - start) / 1e6);
    }
    double middle = median(&each);
    free(each.values);
    return middle;
}

int run_once(int count, char **arguments) {
    double rounds = 15;
    const char *name = "once";
    struct option_value options[] = {
        {"rounds", &rounds, NULL}, {"name", NULL, &name}, {NULL, NULL, NULL}};
    int first = read_options(count, arguments, options);
    int kinds = count - first;
    if (kinds < 1 || kinds > 8) die("usage: once [--rounds R] 'NAME=PROGRAM ARGUMENT...'...");
    char *names[8], **words[8];
    struct samples samples[8] = {0};
    for (int i = 0; i < kinds; i++) words[i] = split_words(arguments[first + i], &names[i]);
    for (int round = 0; round < (int)rounds; round++)
        for (int turn = 0; turn < kinds; turn++) {
            int i = (turn + round) % kinds;
            add_sample(&samples[i], run_several(words[i], names[i]));
        }
    for (int i = 0; i < kinds; i++) {
        char label[128];
        snprintf(label, sizeof label, "%s.%s", name, names[i]);
        record(label, "ms", &samples[i]);
    }
    return 0;
}

/// MiB that /proc/PID/status tells under `field`.
static double resident(int pid, const char *field) {
    char path[64], line[256];
    snprintf(path, sizeof path, "/proc/%d/status", pid);
    FILE *file = fopen(path, "r");
    if (!file) die("no process %d", pid);
    long kibibytes = -1;
    while (fgets(line, sizeof line, file))
        if (strncmp(line, field, strlen(field)) == 0) kibibytes = atol(line + strlen(field));
    fclose(file);
    if (kibibytes < 0) die("%s is not told", field);
    return (double)kibibytes / 1024;
}

int run_memory(int count, char **arguments) {
    if (count != 2) die("usage: memory NAME PID");
    char label[128];
    int pid = atoi(arguments[1]);
    snprintf(label, sizeof label, "%s.rss", arguments[0]);
    record_one(label, "MiB", resident(pid, "VmRSS:"));
    snprintf(label, sizeof label, "%s.anon", arguments[0]);
    record_one(label, "MiB", resident(pid, "RssAnon:"));
    return 0;
}

int run_hold(int count, char **arguments) {
    if (count != 4) die("usage: hold NAME CONNECTIONS ADDRESS PID");
    raise_descriptors();
    int connections = atoi(arguments[1]), pid = atoi(arguments[3]);
    struct call call = parse_target("hold=ping@0").call;
    struct buffer buffer = {0};
    double before = resident(pid, "VmRSS:");
    for (int i = 0; i < connections; i++) {
        int socket = connect_to(arguments[2]);
        consume(&buffer, ask(socket, &call, &buffer, NULL));
    }
    pause_for(200000000);
    record_one(arguments[0], "MiB", resident(pid, "VmRSS:") - before);
    return 0;
}

double time_on_processor(int pid) {
    char path[300];
    snprintf(path, sizeof path, "/proc/%d/task", pid);
    DIR *threads = opendir(path);
    if (!threads) die("no process %d", pid);
    double sum = 0;
    for (struct dirent *thread; (thread = readdir(threads));) {
        if (thread->d_name[0] == '.') continue;
        snprintf(path, sizeof path, "/proc/%d/task/%s/schedstat", pid, thread->d_name);
        FILE *file = fopen(path, "r");
        unsigned long long spent = 0;
        if (!file || fscanf(file, "%llu", &spent) != 1) die("the kernel does not tell %s", path);
        fclose(file);
        sum += (double)spent;
    }
    closedir(threads);
    return sum;
}

int run_idle(int count, char **arguments) {
    double seconds = 20;
    struct option_value options[] = {{"seconds", &seconds, NULL}, {NULL, NULL, NULL}};
    int first = read_options(count, arguments, options);
    if (count - first != 2) die("usage: idle [--seconds S] NAME PID");
    int pid = atoi(arguments[first + 1]);
    uint64_t start = now();
    double before = time_on_processor(pid);
    pause_for((uint64_t)(seconds * 1e9));
    double spent = time_on_processor(pid) - before;
    record_one(arguments[first], "%", 100 * spent / (double)(now() - start));
    return 0;
}

/// Whether a server at the target answers it well now.
static bool answers(const struct target *target) {
    int socket = try_connect(target->address);
    if (socket < 0) return false;
    struct buffer buffer = {0};
    send_all(socket, target->call.request.bytes, target->call.request.count);
    bool is_good = receive(socket, &buffer, 0, NULL)
        && !memmem(buffer.bytes, buffer.count, "\"error\":", 8)
        && (target->call.framing != framed_by_body || !memcmp(buffer.bytes, "HTTP/1.1 200", 12));
    free(buffer.bytes);
    close(socket);
    return is_good;
}

int run_await(int count, char **arguments) {
    if (count != 1) die("usage: await TARGET");
    struct target target = parse_target(arguments[0]);
    uint64_t start = now();
    while (!answers(&target)) {
        if (now() - start > 10000000000u) die("%s does not answer", target.name);
        pause_for(10000000);
    }
    return 0;
}

/// Binds all threads of processes; those that have ended by now do not matter.
int run_pin(int count, char **arguments) {
    if (count < 2) die("usage: pin PROCESSOR|all PID...");
    cpu_set_t set;
    CPU_ZERO(&set);
    bool all = strcmp(arguments[0], "all") == 0;
    for (int cpu = 0; all && cpu < CPU_SETSIZE; cpu++) CPU_SET(cpu, &set);
    if (!all) CPU_SET(atoi(arguments[0]), &set);
    for (int i = 1; i < count; i++) {
        char path[64];
        snprintf(path, sizeof path, "/proc/%s/task", arguments[i]);
        DIR *threads = opendir(path);
        if (!threads) continue;
        for (struct dirent *thread; (thread = readdir(threads));)
            if (thread->d_name[0] != '.') sched_setaffinity(atoi(thread->d_name), sizeof set, &set);
        closedir(threads);
    }
    return 0;
}
