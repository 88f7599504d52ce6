// Reads what was measured and what was promised, and compares the two. Ratios and differences are
// taken round by round and then their median: what disturbed both sides of a round cancels out.
#include "Results.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

const char *const verdict_words[] = {"met", "MISSED", "skipped", "open"};

static FILE *open_file(const char *path) {
    FILE *file = fopen(path, "r");
    if (!file) die("cannot read %s: %s", path, strerror(errno));
    return file;
}

void read_series(struct report *report, const char *path) {
    FILE *file = open_file(path);
    char *line = NULL;
    size_t room = 0;
    while (getline(&line, &room, file) > 0 && report->series_count < series_max) {
        struct series *series = &report->series[report->series_count];
        int used = 0;
        if (sscanf(line, "%127[^\t]\t%15[^\t]\t%n", series->name, series->unit, &used) != 2)
            die("%s holds a line that is no series: %s", path, line);
        char *at = line + used, *next;
        for (double value = strtod(at, &next); next != at; value = strtod(at, &next)) {
            add_sample(&series->samples, value);
            at = next;
        }
        if (series->samples.count > 0) report->series_count++;
    }
    free(line);
    fclose(file);
}

static void read_goals(struct report *report, const char *path) {
    FILE *file = open_file(path);
    char *line = NULL;
    size_t room = 0;
    while (getline(&line, &room, file) > 0 && report->goal_count < goals_max) {
        if (line[0] == '#' || line[0] == '\n') continue;
        struct goal *goal = &report->goals[report->goal_count++];
        int fields = sscanf(line,
                            "%63[^\t]\t%159[^\t]\t%15[^\t]\t%127[^\t]\t%127[^\t]\t%127[^\t]\t%3[^\t]"
                            "\t%lf\t%15[^\t]\t%15[^\n]",
                            goal->topic, goal->text, goal->kind, goal->left, goal->right,
                            goal->floor, goal->sense, &goal->limit, goal->unit, goal->state);
        if (fields != 10) die("%s holds a line that is no goal: %s", path, line);
        if (strcmp(goal->state, "kept") != 0 && strcmp(goal->state, "open") != 0)
            die("a goal is kept or open, not %s", goal->state);
    }
    free(line);
    fclose(file);
}

const struct samples *find_series(const struct report *report, const char *name) {
    for (int i = 0; i < report->series_count; i++)
        if (strcmp(report->series[i].name, name) == 0) return &report->series[i].samples;
    return NULL;
}

struct samples pair_rounds(const struct samples *left, const struct samples *right, bool divides) {
    struct samples each = {0};
    for (size_t i = 0; i < left->count && i < right->count; i++)
        add_sample(&each, divides ? left->values[i] / right->values[i]
                                  : left->values[i] - right->values[i]);
    return each;
}

static double middle_of(struct samples each) {
    double middle = median(&each);
    free(each.values);
    return middle;
}

/// What the left adds to the floor, by what the right adds to it. Of the medians of both: in one
/// round the right may add next to nothing, and a quotient of that says nothing.
static double added_ratio(const struct samples *left, const struct samples *right,
                          const struct samples *floor) {
    return middle_of(pair_rounds(left, floor, false)) / middle_of(pair_rounds(right, floor, false));
}

static void judge(const struct report *report, struct goal *goal) {
    const struct samples *left = find_series(report, goal->left);
    const struct samples *right = find_series(report, goal->right);
    const struct samples *floor = find_series(report, goal->floor);
    bool is_added = strcmp(goal->kind, "added") == 0;
    if (!left || (!right && strcmp(goal->right, "-") != 0) || (is_added && !floor)) {
        goal->verdict = skipped;
        return;
    }
    if (is_added) goal->figure = added_ratio(left, right, floor);
    else if (strcmp(goal->kind, "ratio") == 0)
        goal->figure = middle_of(pair_rounds(left, right, true));
    else if (strcmp(goal->kind, "more") == 0)
        goal->figure = middle_of(pair_rounds(left, right, false));
    else if (strcmp(goal->kind, "median") == 0) goal->figure = median(left);
    else if (strcmp(goal->kind, "most") == 0) goal->figure = most(left);
    else die("%s is no kind of goal", goal->kind);
    bool is_met = strcmp(goal->sense, ">=") == 0 ? goal->figure >= goal->limit
                                                 : goal->figure <= goal->limit;
    bool is_open = strcmp(goal->state, "open") == 0;
    goal->verdict = is_met ? met : is_open ? still_open : missed;
}

void read_report(struct report *report, const char *results, const char *goals,
                 const char *machine) {
    read_series(report, results);
    read_goals(report, goals);
    FILE *file = open_file(machine);
    char text[1024];
    while (fgets(text, sizeof text, file)) append(&report->machine, text, strlen(text));
    fclose(file);
    for (int i = 0; i < report->goal_count; i++) judge(report, &report->goals[i]);
}

static const char *number_format(double value) {
    double size = value < 0 ? -value : value;
    return size >= 1000 ? "%.0f %s" : size >= 100 ? "%.1f %s" : size >= 0.1 ? "%.2f %s" : "%.4g %s";
}

void describe_goal(const struct goal *goal, char *figure, char *limit, size_t size) {
    const char *sense = strcmp(goal->sense, ">=") == 0 ? "≥" : "≤";
    snprintf(limit, size, "%s %g %s", sense, goal->limit, goal->unit);
    if (goal->verdict == skipped) {
        snprintf(figure, size, "–");
        return;
    }
    snprintf(figure, size, number_format(goal->figure), goal->figure, goal->unit);
}
