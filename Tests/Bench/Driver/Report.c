// The report: the table on the terminal, the JSON file that two runs are compared by, and
// docs/BENCHMARKS.md.
#include "Results.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static void write_string(FILE *file, const char *text, size_t count) {
    fputc('"', file);
    for (size_t i = 0; i < count; i++) {
        if (text[i] == '"' || text[i] == '\\') fputc('\\', file);
        if ((unsigned char)text[i] >= 32) fputc(text[i], file);
    }
    fputc('"', file);
}

static FILE *create(const char *path) {
    FILE *file = fopen(path, "w");
    if (!file) die("cannot write %s: %s", path, strerror(errno));
    return file;
}

/// Calls `write` for every line about the machine.
static void each_fact(const struct report *report, FILE *file,
                      void (*write)(FILE *, bool, const char *, size_t, const char *, size_t)) {
    const char *at = report->machine.bytes;
    bool is_first = true;
    while (at && *at) {
        const char *tab = strchr(at, '\t'), *end = strchr(at, '\n');
        if (!tab || !end) return;
        write(file, is_first, at, (size_t)(tab - at), tab + 1, (size_t)(end - tab) - 1);
        is_first = false;
        at = end + 1;
    }
}

static void write_json_fact(FILE *file, bool is_first, const char *key, size_t key_count,
                            const char *value, size_t value_count) {
    fputs(is_first ? "" : ",", file);
    write_string(file, key, key_count);
    fputc(':', file);
    write_string(file, value, value_count);
}

void write_json(const struct report *report, const char *name, const char *path) {
    FILE *file = create(path);
    fputs("{\"name\":", file);
    write_string(file, name, strlen(name));
    fputs(",\"machine\":{", file);
    each_fact(report, file, write_json_fact);
    fputs("},\n\"goals\":[\n", file);
    for (int i = 0; i < report->goal_count; i++) {
        const struct goal *goal = &report->goals[i];
        fputs("{\"goal\":", file);
        write_string(file, goal->text, strlen(goal->text));
        if (goal->verdict != skipped) fprintf(file, ",\"figure\":%.6g", goal->figure);
        fprintf(file, ",\"sense\":\"%s\",\"limit\":%g,\"unit\":\"%s\",\"verdict\":\"%s\"}%s\n",
                goal->sense, goal->limit, goal->unit, verdict_words[goal->verdict],
                i + 1 < report->goal_count ? "," : "");
    }
    fputs("],\n\"series\":[\n", file);
    for (int i = 0; i < report->series_count; i++) {
        const struct series *series = &report->series[i];
        fprintf(file,
                "{\"series\":\"%s\",\"unit\":\"%s\",\"min\":%.6g,\"median\":%.6g,\"max\":%.6g,"
                "\"values\":[",
                series->name, series->unit, least(&series->samples), median(&series->samples),
                most(&series->samples));
        for (size_t j = 0; j < series->samples.count; j++)
            fprintf(file, "%s%.6g", j ? "," : "", series->samples.values[j]);
        fprintf(file, "]}%s\n", i + 1 < report->series_count ? "," : "");
    }
    fputs("]}\n", file);
    fclose(file);
}

static void write_markdown_fact(FILE *file, bool is_first, const char *key, size_t key_count,
                                const char *value, size_t value_count) {
    (void)is_first;
    fprintf(file, "- %.*s: %.*s\n", (int)key_count, key, (int)value_count, value);
}

void write_markdown(const struct report *report, const char *method, const char *path) {
    FILE *in = fopen(method, "r");
    if (!in) die("cannot read %s: %s", method, strerror(errno));
    FILE *file = create(path);
    char text[4096];
    for (size_t got; (got = fread(text, 1, sizeof text, in)) > 0;) fwrite(text, 1, got, file);
    fclose(in);
    fputs("\n## Machine\n\n", file);
    each_fact(report, file, write_markdown_fact);
    fputs("\n## Goals\n\n| | goal | promised | figure | verdict |\n|---|---|---|---|---|\n", file);
    const char *topic = "";
    for (int i = 0; i < report->goal_count; i++) {
        const struct goal *goal = &report->goals[i];
        char figure[64], limit[64];
        describe_goal(goal, figure, limit, sizeof figure);
        fprintf(file, "| %s | %s | %s | %s | %s |\n",
                strcmp(topic, goal->topic) == 0 ? "" : goal->topic, goal->text, limit, figure,
                verdict_words[goal->verdict]);
        topic = goal->topic;
    }
    fputs("\n## Raw numbers\n\n| series | unit | min | median | max | rounds |\n"
          "|---|---|---:|---:|---:|---:|\n",
          file);
    for (int i = 0; i < report->series_count; i++) {
        const struct series *series = &report->series[i];
        fprintf(file, "| %s | %s | %.4g | %.4g | %.4g | %zu |\n", series->name, series->unit,
                least(&series->samples), median(&series->samples), most(&series->samples),
                series->samples.count);
    }
    fclose(file);
}

/// Columns that a terminal needs for the text: bytes that begin a character.
static int columns(const char *text) {
    int count = 0;
    for (; *text; text++) count += ((unsigned char)*text & 0xC0) != 0x80;
    return count;
}

static void print_cell(const char *text, int width) {
    printf("%s%*s", text, width > columns(text) ? width - columns(text) : 0, "");
}

int run_report(int count, char **arguments) {
    const char *results = NULL, *goals = NULL, *machine = NULL, *name = "run", *json = NULL;
    const char *markdown = NULL, *method = NULL;
    struct option_value options[] = {
        {"results", NULL, &results}, {"goals", NULL, &goals},       {"machine", NULL, &machine},
        {"name", NULL, &name},       {"json", NULL, &json},         {"markdown", NULL, &markdown},
        {"method", NULL, &method},   {NULL, NULL, NULL},
    };
    read_options(count, arguments, options);
    if (!results || !goals || !machine) die("report needs --results, --goals and --machine");
    static struct report report;
    read_report(&report, results, goals, machine);
    if (json) write_json(&report, name, json);
    if (markdown && method) write_markdown(&report, method, markdown);
    int tally[4] = {0};
    puts("");
    for (int i = 0; i < report.goal_count; i++) {
        const struct goal *goal = &report.goals[i];
        char figure[64], limit[64];
        describe_goal(goal, figure, limit, sizeof figure);
        print_cell(goal->text, 62);
        print_cell(limit, 16);
        print_cell(figure, 16);
        puts(verdict_words[goal->verdict]);
        tally[goal->verdict]++;
    }
    printf("\n%d met, %d missed, %d open, %d skipped\n", tally[met], tally[missed],
           tally[still_open], tally[skipped]);
    return tally[missed] > 0 ? 1 : 0;
}
