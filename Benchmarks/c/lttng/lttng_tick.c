/* What a tracepoint of LTTng-UST takes, as jitfs-bench measures its own: CPU time of a loop, the median of rounds.
 *
 *     lttng_tick CALLS ROUNDS FIFO
 *
 * Prints the ns a call while nobody listens, opens FIFO for reading, so that whoever opens it for writing has enabled the
 * event by then, and prints the ns a call again. */
#define LTTNG_UST_TRACEPOINT_CREATE_PROBES
#define LTTNG_UST_TRACEPOINT_DEFINE
#include "tick_provider.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static int ascending(const void *left, const void *right) {
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

static double cpu_ns(void) {
    struct timespec time;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return time.tv_sec * 1e9 + time.tv_nsec;
}

static double cost(long calls, int rounds) {
    double each[64];
    for (int round = 0; round < rounds; round++) {
        double begun = cpu_ns();
        for (long number = 0; number < calls; number++)
            lttng_ust_tracepoint(bench, tick, number, 7);
        each[round] = (cpu_ns() - begun) / calls;
    }
    qsort(each, rounds, sizeof each[0], ascending);
    return each[rounds / 2];
}

int main(int count, char **words) {
    if (count != 4) {
        fprintf(stderr, "usage: lttng_tick CALLS ROUNDS FIFO\n");
        return 2;
    }
    long calls = atol(words[1]);
    int rounds = atoi(words[2]);
    if (calls < 1 || rounds < 1 || rounds > 64) return 2;
    printf("%.2f\n", cost(calls, rounds));
    fflush(stdout);
    FILE *fifo = fopen(words[3], "r");
    if (!fifo) return 1;
    fgetc(fifo);
    printf("%.2f\n", cost(calls, rounds));
    return 0;
}
