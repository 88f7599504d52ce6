// Series and goals as the report reads them.
#ifndef RESULTS_H
#define RESULTS_H

#include "Bench.h"

#include <stdio.h>

enum { series_max = 400, goals_max = 100 };

struct series {
    char name[128];
    char unit[16];
    struct samples samples;
};

/// One line of goals.tsv: what is promised of which series.
struct goal {
    char topic[64];
    char text[160];
    char kind[16];
    char left[128];
    char right[128];
    char floor[128];
    char sense[4];
    double limit;
    char unit[16];
    /// "open": not met yet, and told without failing; "kept": may not be lost.
    char state[16];
    /// What came of it.
    double figure;
    enum verdict { met, missed, skipped, still_open } verdict;
};

struct report {
    struct series series[series_max];
    int series_count;
    struct goal goals[goals_max];
    int goal_count;
    /// `key<TAB>value` lines about the machine.
    struct buffer machine;
};

extern const char *const verdict_words[];

/// Adds the series of a results file to the report.
void read_series(struct report *report, const char *path);
/// Null if nothing was measured under that name.
const struct samples *find_series(const struct report *report, const char *name);
/// `left / right` (or `left - right`) of each round.
struct samples pair_rounds(const struct samples *left, const struct samples *right, bool divides);

void read_report(struct report *report, const char *results, const char *goals,
                 const char *machine);
void write_json(const struct report *report, const char *name, const char *path);
void write_markdown(const struct report *report, const char *method, const char *path);
/// The figure and its limit in words.
void describe_goal(const struct goal *goal, char *figure, char *limit, size_t size);

#endif
