// SPDX-License-Identifier: MIT-0
// Made by memspike 0.2.0.
// The core lif, 16-4, without its clock: what it does, bit for bit, in C99. Allocates nothing; weights are constants in
// model_weights.h.
//
//     lif_model model;
//     lif_start(&model);                    // an image begins: everything to zero
//     lif_event(&model, 3);                 // a spike of input 3
//     uint32_t fired = lif_tick(&model);    // the time step ends: model.spikes[0..fired] are the neurons of the last layer that fire, in order
//     lif_winner(&model);                   // the neuron with most spikes in model.counts, of several the one that had them first
#ifndef LIF_MODEL_H
#define LIF_MODEL_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define LIF_INPUTS 16
#define LIF_NEURONS 4
#define LIF_LAYERS 1
// Neurons of all layers together, and of the largest one.
#define LIF_ALL 4
#define LIF_WIDEST 4
// Spikes are counted up to this.
#define LIF_MOST_COUNTED 15
// Length of a time step; nothing here depends on it.
#define LIF_TIME_STEP_NS 1000000

#include "model_weights.h"

typedef enum { LIF_NO_LEAK, LIF_SHIFT, LIF_MULTIPLY } lif_leak;
typedef enum { LIF_SUBTRACT, LIF_TO_VALUE } lif_reset;

typedef struct {
    uint32_t inputs, neurons;
    uint32_t first;                 // of its neurons, among those of all layers
    const lif_weight *weights;   // by input, then by neuron
    int32_t lowest, highest;        // where potentials stop
    int32_t threshold;
    lif_leak leak;
    uint32_t factor, shift;
    lif_reset reset;
    int32_t value;
    uint8_t refractory_ticks;
} lif_layer;

static const lif_layer lif_layers[LIF_LAYERS] = {
    {16, 4, 0, lif_weights_0, -256, 255, 25, LIF_SHIFT, 0, 3, LIF_SUBTRACT, 0, 0},
};

typedef struct {
    int32_t potentials[LIF_ALL];
    uint8_t refractory[LIF_ALL];       // ticks that are left
    uint32_t counts[LIF_NEURONS];      // spikes of the last layer's neurons since the image began
    uint32_t winner, most;                 // the neuron with most of them, of several the one that had them first; how many
    uint32_t spikes[LIF_WIDEST];       // neurons that fired at the last tick
} lif_model;

// An image begins: everything to zero.
static inline void lif_start(lif_model *model) { memset(model, 0, sizeof *model); }

// Adds the weights of an input of a layer. A potential stops at the ends of its range; a neuron that rests adds nothing.
static inline void lif_integrate(lif_model *model, const lif_layer *layer, uint32_t input) {
    if (input >= layer->inputs) return;
    const lif_weight *row = layer->weights + (size_t)input * layer->neurons;
    for (uint32_t j = 0; j < layer->neurons; j++) {
        int32_t *v = &model->potentials[layer->first + j];
        if (model->refractory[layer->first + j] > 0) continue;
        *v += row[j];
        if (*v > layer->highest) *v = layer->highest;
        if (*v < layer->lowest) *v = layer->lowest;
    }
}

// A shift that rounds down; of negative numbers C leaves it open.
static inline int64_t lif_shifted(int64_t v, uint32_t distance) { return v < 0 ? ~(~v >> distance) : v >> distance; }

// What a tick leaves of a potential below threshold.
static inline int32_t lif_leaked(const lif_layer *layer, int32_t v) {
    switch (layer->leak) {
        case LIF_SHIFT: return v - (int32_t)lif_shifted(v, layer->shift);
        case LIF_MULTIPLY: return (int32_t)lif_shifted((int64_t)v * layer->factor, layer->shift);
        default: return v;
    }
}

// Ends a time step of a neuron; whether it fires.
static inline int lif_step(lif_model *model, const lif_layer *layer, uint32_t neuron) {
    int32_t *v = &model->potentials[layer->first + neuron];
    uint8_t *refractory = &model->refractory[layer->first + neuron];
    if (*refractory > 0) {
        *refractory -= 1;
        return 0;
    }
    if (*v < layer->threshold) {
        *v = lif_leaked(layer, *v);
        return 0;
    }
    *v = layer->reset == LIF_SUBTRACT ? *v - layer->threshold : layer->value;
    *refractory = layer->refractory_ticks;
    return 1;
}

// A spike of an input; one that there is not is ignored.
static inline void lif_event(lif_model *model, uint32_t input) { lif_integrate(model, &lif_layers[0], input); }

// Ends a time step; how many neurons of the last layer fire. Spikes of a layer are events of the next one, and then its tick comes.
static inline uint32_t lif_tick(lif_model *model) {
    uint32_t fired = 0;
    for (uint32_t at = 0; at < LIF_LAYERS; at++) {
        const lif_layer *layer = &lif_layers[at];
        for (uint32_t spike = 0; spike < fired; spike++) lif_integrate(model, layer, model->spikes[spike]);
        fired = 0;
        for (uint32_t neuron = 0; neuron < layer->neurons; neuron++)
            if (lif_step(model, layer, neuron)) model->spikes[fired++] = neuron;
    }
    for (uint32_t spike = 0; spike < fired; spike++) {
        uint32_t *count = &model->counts[model->spikes[spike]];
        if (*count < LIF_MOST_COUNTED) *count += 1;
        if (*count > model->most) {
            model->most = *count;
            model->winner = model->spikes[spike];
        }
    }
    return fired;
}

// The neuron of the last layer with most spikes, of several the one that had them first.
static inline uint32_t lif_winner(const lif_model *model) { return model->winner; }

#endif
