// The new binary beside the old one, from one run in which they and the old one's twin took turns.
// What the old one differs from itself, the new one may differ too.
#include "Results.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/// A new median may be worse by this share of the old one, beyond the old one's own spread.
static const double tolerance = 0.03;

/// Whether more is better: rates count up, times and bytes down.
static bool is_rate(const struct series *series) {
    const char *unit = series->unit;
    size_t count = strlen(unit);
    return count >= 2 && strcmp(unit + count - 2, "/s") == 0;
}

/// Of the ratios of each round: the median, and twice the error that it may have by chance, as the
/// width of their middle half tells it.
struct estimate {
    double middle, error;
};

static struct estimate estimate(const struct samples *left, const struct samples *right) {
    struct samples ratios = pair_rounds(left, right, true);
    double rounds = (double)ratios.count;
    double width = percentile(&ratios, 0.75) - percentile(&ratios, 0.25);
    // The standard error of a median is 1.25 σ / √n, and σ is the middle half's width / 1.35.
    struct estimate found = {median(&ratios), 2 * 1.25 * (width / 1.35) / sqrt(rounds)};
    free(ratios.values);
    return found;
}

/// The series `NAME.SIDE` or `NAME.SIDE.REST` for another side, null if it was not measured.
static const struct samples *find_side(const struct report *report, const char *name,
                                       const char *sign, const char *side) {
    char other[160];
    snprintf(other, sizeof other, "%.*s.%s%s", (int)(sign - name), name, side, sign + 4);
    return find_series(report, other);
}

/// Prints one series' line; whether the new binary is worse.
static bool judge(const struct report *report, const struct series *series, const char *sign) {
    const struct samples *old = find_side(report, series->name, sign, "old");
    const struct samples *twin = find_side(report, series->name, sign, "twin");
    if (!old || !twin) die("%s was measured of the new binary alone", series->name);
    struct estimate new = estimate(&series->samples, old), self = estimate(twin, old);
    double spread = fmax(fabs(self.middle - 1), fmax(self.error, new.error));
    double worse = is_rate(series) ? 1 / new.middle - 1 : new.middle - 1;
    bool is_worse = worse > tolerance + spread;
    printf("%-34s %12.4g %12.4g %8.3fx %8.3fx %7.1f %%  %s%s\n", series->name, median(old),
           median(&series->samples), new.middle, self.middle, 100 * spread, series->unit,
           is_worse ? "  WORSE" : "");
    return is_worse;
}

int run_against(int count, char **arguments) {
    if (count != 1) die("usage: against FILE");
    static struct report report;
    read_series(&report, arguments[0]);
    int compared = 0, worse = 0;
    printf("\n%-34s %12s %12s %9s %9s %9s  %s\n", "median of", "old", "new", "new/old", "twin/old",
           "spread", "unit");
    for (int i = 0; i < report.series_count; i++) {
        const struct series *series = &report.series[i];
        const char *sign = strstr(series->name, ".new");
        if (!sign || (sign[4] != 0 && sign[4] != '.')) continue;
        // One figure for all rounds has no spread to be judged by; its rounds are a series too.
        if (strcmp(sign, ".new.p99.all") == 0) continue;
        compared++;
        worse += judge(&report, series, sign);
    }
    if (compared == 0) die("%s holds no series of a new binary", arguments[0]);
    printf("\n%d compared, %d worse by more than %g %% beyond the spread\n", compared, worse,
           100 * tolerance);
    return worse > 0 ? 1 : 0;
}
