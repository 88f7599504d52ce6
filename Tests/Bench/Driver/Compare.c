// Two runs side by side, series by series, from the JSON files of the report.
#include "Results.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static struct series runs[2][series_max];

/// Reads the lines that hold one series each; how many there are.
static int read_run(const char *path, struct series *run) {
    FILE *file = fopen(path, "r");
    if (!file) die("cannot read %s: %s", path, strerror(errno));
    char *line = NULL;
    size_t room = 0;
    int count = 0;
    while (getline(&line, &room, file) > 0 && count < series_max) {
        double low, middle, high;
        struct series *series = &run[count];
        if (sscanf(line,
                   "{\"series\":\"%127[^\"]\",\"unit\":\"%15[^\"]\",\"min\":%lf,\"median\":%lf,"
                   "\"max\":%lf",
                   series->name, series->unit, &low, &middle, &high)
            != 5)
            continue;
        add_sample(&series->samples, low);
        add_sample(&series->samples, middle);
        add_sample(&series->samples, high);
        count++;
    }
    free(line);
    fclose(file);
    if (count == 0) die("%s holds no series", path);
    return count;
}

int run_compare(int count, char **arguments) {
    if (count != 2) die("usage: compare A.json B.json");
    int before = read_run(arguments[0], runs[0]), after = read_run(arguments[1], runs[1]);
    printf("%-34s %12s %12s %9s  %s\n", "median of", "A", "B", "B / A", "unit");
    for (int i = 0; i < before; i++)
        for (int j = 0; j < after; j++) {
            if (strcmp(runs[0][i].name, runs[1][j].name) != 0) continue;
            const double *a = runs[0][i].samples.values, *b = runs[1][j].samples.values;
            // Runs whose ranges do not even touch differ by more than the machine's moods.
            const char *sign = b[0] > a[2] || b[2] < a[0] ? "  apart" : "";
            printf("%-34s %12.4g %12.4g %8.3fx  %s%s\n", runs[0][i].name, a[1], b[1],
                   a[1] != 0 ? b[1] / a[1] : 0, runs[0][i].unit, sign);
        }
    return 0;
}
