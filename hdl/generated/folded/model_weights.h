// SPDX-License-Identifier: MIT-0
// Made by memspike 0.2.0.
// Weights of the core lif, for model.h: a line for each input, a number for each neuron.
typedef int8_t lif_weight;

static const lif_weight lif_weights_0[16 * 4] = {
    -12, -11, -11, -11,
    -8, 6, -15, 7,
    -14, 3, 9, -5,
    -9, -14, -8, 11,
    -5, -5, -1, 15,
    -2, -10, 7, -4,
    1, 0, 12, -8,
    -4, -3, -9, 0,
    10, -7, 15, -14,
    5, -6, -16, -10,
    -7, -2, -8, 10,
    -4, -16, -15, -14,
    -1, -8, 1, -1,
    -9, 12, 9, -14,
    -12, -12, 2, 15,
    -12, 6, -2, -3,
};

static const lif_weight lif_weights_1[4 * 4] = {
    15, 2, -4, -6,
    -11, -1, -6, 0,
    0, -9, -10, -15,
    11, 3, 3, -2,
};
