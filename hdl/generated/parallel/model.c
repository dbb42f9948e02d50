// SPDX-License-Identifier: MIT-0
// Made by memspike 0.2.0.
// Compares the model of model.h with the answers of the folder, line by line.
//
//     model events.txt answers.txt
//
// events.txt: a line for each: `s` start of image, `e 12` event of input 12, `t` tick, `c 10` read the counts of 10 neurons.
// answers.txt: a line for each tick: the winner so far, a colon, the neurons that fire; for each reading `=` and the counts.
#include <stdio.h>

#include "model.h"

// A number of 32 bits with a space before it has 11 letters at most.
static char found[16 + 11 * LIF_WIDEST], expected[sizeof found];
static lif_model model;

static size_t append(size_t length, const char *format, uint32_t number) {
    return length + (size_t)snprintf(found + length, sizeof found - length, format, (unsigned)number);
}

static void answer_tick(void) {
    const uint32_t fired = lif_tick(&model);
    size_t length = append(0, "%u:", lif_winner(&model));
    for (uint32_t spike = 0; spike < fired; spike++) length = append(length, " %u", model.spikes[spike]);
}

static void answer_counts(uint32_t neurons) {
    size_t length = append(0, "=", 0);
    for (uint32_t neuron = 0; neuron < neurons; neuron++) length = append(length, " %u", model.counts[neuron]);
}

// Whether the next line of the answers is the one that was found.
static int agrees(FILE *answers, unsigned long at) {
    if (fgets(expected, sizeof expected, answers)) expected[strcspn(expected, "\n")] = 0;
    else strcpy(expected, "nothing");
    if (strcmp(found, expected) == 0) return 1;
    printf("answer %lu of model.h: '%s', expected '%s'\nFAIL\n", at, found, expected);
    return 0;
}

int main(int argc, char **argv) {
    if (argc != 3) {
        fprintf(stderr, "usage: model EVENTS ANSWERS\n");
        return 2;
    }
    FILE *events = fopen(argv[1], "r"), *answers = fopen(argv[2], "r");
    if (!events || !answers) {
        fprintf(stderr, "cannot read %s or %s\n", argv[1], argv[2]);
        return 2;
    }
    unsigned long count = 0;
    unsigned number;
    char kind;
    lif_start(&model);
    while (fscanf(events, " %c", &kind) == 1) {
        number = 0;
        if ((kind == 'e' || kind == 'c') && fscanf(events, "%u", &number) != 1) return 2;
        if (kind == 's') lif_start(&model);
        if (kind == 'e') lif_event(&model, number);
        if (kind == 't') answer_tick();
        if (kind == 'c') answer_counts(number < LIF_NEURONS ? number : LIF_NEURONS);
        if ((kind == 't' || kind == 'c') && !agrees(answers, count++)) return 1;
    }
    strcpy(found, "nothing");
    if (fgetc(answers) != EOF) {
        printf("the answers of model.h end before those of %s\nFAIL\n", argv[2]);
        return 1;
    }
    printf("PASS: model.h: %lu answers\n", count);
    return 0;
}
