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

/// A program and how it is told apart: the words that start it, or a target and then those words.
struct program {
    char name[64];
    struct target target;
    char **words;
    struct samples samples;
};

/// The words of a text, parted at spaces, a null after the last.
static char **split_words(char *text) {
    char **words = calloc(64, sizeof(char *));
    int used = 0;
    for (char *word = strtok(text, " "); word && used < 63; word = strtok(NULL, " "))
        words[used++] = word;
    return words;
}

/// Milliseconds from fork to the first answer; the program is ended again.
static double start_once(const struct program *program) {
    const char *address = program->target.address;
    struct buffer buffer = {0};
    unlink(address);
    uint64_t start = now();
    pid_t child = begin(program->words);
    int socket;
    while ((socket = try_connect(address)) < 0) {
        if (waitpid(child, NULL, WNOHANG) != 0)
            die("%s ended before it answered", program->words[0]);
        if (now() - start > 10000000000u)
            die("%s did not answer within 10 s", program->words[0]);
        pause_for(50000);
    }
    ask(socket, &program->target.call, &buffer, NULL);
    double time = (double)(now() - start) / 1e6;
    close(socket);
    free(buffer.bytes);
    kill(child, SIGTERM);
    expect_success(child, program->words[0]);
    return time;
}

static double run_whole(const struct program *program) {
    uint64_t start = now();
    expect_success(begin(program->words), program->name);
    return (double)(now() - start) / 1e6;
}

/// Programs take turns, round by round; a round is the median of some runs.
static void run_in_turns(struct program *programs, int count, int rounds, const char *name,
                         double (*run)(const struct program *)) {
    for (int round = 0; round < rounds; round++)
        for (int turn = 0; turn < count; turn++) {
            struct program *program = &programs[(turn + round) % count];
            struct samples each = {0};
            for (int i = 0; i < runs_per_round; i++) add_sample(&each, run(program));
            add_sample(&program->samples, median(&each));
            free(each.values);
        }
    for (int i = 0; i < count; i++) {
        char label[160];
        snprintf(label, sizeof label, "%s.%s", name, programs[i].name);
        record(label, "ms", &programs[i].samples);
    }
}

int run_start(int count, char **arguments) {
    double rounds = 15;
    const char *name = "start";
    struct option_value options[] = {
        {"rounds", &rounds, NULL}, {"name", NULL, &name}, {NULL, NULL, NULL}};
    int first = read_options(count, arguments, options), kinds = count - first;
    if (kinds < 1) die("usage: start [--rounds R] 'TARGET PROGRAM ARGUMENT...'...");
    struct program *programs = calloc((size_t)kinds, sizeof *programs);
    for (int i = 0; i < kinds; i++) {
        char **words = split_words(arguments[first + i]);
        if (!words[0] || !words[1]) die("%s is not TARGET PROGRAM", arguments[first + i]);
        programs[i].target = parse_target(words[0]);
        programs[i].words = words + 1;
        snprintf(programs[i].name, sizeof programs[i].name, "%s", programs[i].target.name);
    }
    run_in_turns(programs, kinds, (int)rounds, name, start_once);
    return 0;
}

int run_once(int count, char **arguments) {
    double rounds = 15;
    const char *name = "once";
    struct option_value options[] = {
        {"rounds", &rounds, NULL}, {"name", NULL, &name}, {NULL, NULL, NULL}};
    int first = read_options(count, arguments, options), kinds = count - first;
    if (kinds < 1) die("usage: once [--rounds R] 'NAME=PROGRAM ARGUMENT...'...");
    struct program *programs = calloc((size_t)kinds, sizeof *programs);
    for (int i = 0; i < kinds; i++) {
        char *text = arguments[first + i], *sign = strchr(text, '=');
        if (!sign) die("%s is not NAME=PROGRAM", text);
        *sign = 0;
        snprintf(programs[i].name, sizeof programs[i].name, "%s", text);
        programs[i].words = split_words(sign + 1);
    }
    run_in_turns(programs, kinds, (int)rounds, name, run_whole);
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
    if (count < 2) die("usage: memory NAME PID...");
    char label[128];
    struct samples whole = {0}, own = {0};
    for (int i = 1; i < count; i++) {
        add_sample(&whole, resident(atoi(arguments[i]), "VmRSS:"));
        add_sample(&own, resident(atoi(arguments[i]), "RssAnon:"));
    }
    snprintf(label, sizeof label, "%s.rss", arguments[0]);
    record(label, "MiB", &whole);
    snprintf(label, sizeof label, "%s.anon", arguments[0]);
    record(label, "MiB", &own);
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
