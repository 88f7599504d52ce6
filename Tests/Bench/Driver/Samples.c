// The clock, lists of measurements, and the file that they are written to.
#include "Bench.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

uint64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

void pause_for(uint64_t nanoseconds) {
    struct timespec time = {(time_t)(nanoseconds / 1000000000u), (long)(nanoseconds % 1000000000u)};
    while (nanosleep(&time, &time) != 0 && errno == EINTR) {
    }
}

void die(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    fputs("BenchDriver: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    exit(70);
}

void add_sample(struct samples *samples, double value) {
    if (samples->count == samples->capacity) {
        samples->capacity = samples->capacity ? samples->capacity * 2 : 64;
        samples->values = realloc(samples->values, samples->capacity * sizeof(double));
        if (!samples->values) die("out of memory");
    }
    samples->values[samples->count++] = value;
}

static int by_value(const void *left, const void *right) {
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

double percentile(struct samples *samples, double share) {
    if (samples->count == 0) die("no samples");
    qsort(samples->values, samples->count, sizeof(double), by_value);
    size_t index = (size_t)(share * (double)samples->count);
    return samples->values[index < samples->count ? index : samples->count - 1];
}

double median(const struct samples *samples) {
    struct samples copy = {0};
    for (size_t i = 0; i < samples->count; i++) add_sample(&copy, samples->values[i]);
    double low = percentile(&copy, 0.5);
    size_t middle = copy.count / 2;
    if (copy.count % 2 == 0) low = (copy.values[middle - 1] + copy.values[middle]) / 2;
    free(copy.values);
    return low;
}

double least(const struct samples *samples) {
    double value = samples->values[0];
    for (size_t i = 1; i < samples->count; i++)
        if (samples->values[i] < value) value = samples->values[i];
    return value;
}

double most(const struct samples *samples) {
    double value = samples->values[0];
    for (size_t i = 1; i < samples->count; i++)
        if (samples->values[i] > value) value = samples->values[i];
    return value;
}

void record(const char *name, const char *unit, const struct samples *samples) {
    printf("  %-34s %14.4g %14.4g %14.4g  %s\n", name, least(samples), median(samples),
           most(samples), unit);
    fflush(stdout);
    const char *path = getenv("BENCH_RESULTS");
    if (!path) return;
    FILE *file = fopen(path, "a");
    if (!file) die("cannot write %s: %s", path, strerror(errno));
    fprintf(file, "%s\t%s\t", name, unit);
    for (size_t i = 0; i < samples->count; i++)
        fprintf(file, "%s%.9g", i ? " " : "", samples->values[i]);
    fputc('\n', file);
    fclose(file);
}

void record_one(const char *name, const char *unit, double value) {
    struct samples samples = {0};
    add_sample(&samples, value);
    record(name, unit, &samples);
    free(samples.values);
}

int read_options(int count, char **arguments, const struct option_value *options) {
    int at = 0;
    while (at < count && strncmp(arguments[at], "--", 2) == 0) {
        if (strcmp(arguments[at], "--") == 0) return at + 1;
        const struct option_value *option = options;
        while (option->name && strcmp(option->name, arguments[at] + 2) != 0) option++;
        if (!option->name) die("unknown option %s", arguments[at]);
        if (at + 1 >= count) die("%s needs a value", arguments[at]);
        if (option->number) *option->number = atof(arguments[at + 1]);
        if (option->text) *option->text = arguments[at + 1];
        at += 2;
    }
    return at;
}
