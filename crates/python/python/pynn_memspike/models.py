"""Cells, spike sources and synapses; native units are PyNN's: ms, mV, nA, nF, Hz."""

from pyNN.standardmodels import build_translations, cells, synapses

from .simulator import state


def _same(model):
    """Parameters that keep their names and units."""
    return build_translations(*((name, name) for name in model.default_parameters))


class IF_curr_delta(cells.IF_curr_delta):
    """LIF cells whose potential a spike moves by its weight (mV)."""

    translations = _same(cells.IF_curr_delta)
    # Of volts, and the effect of a spike.
    weight_unit, effect = 1e-3, "volt"


class IF_curr_exp(cells.IF_curr_exp):
    """LIF cells with synaptic currents (nA) that decay exponentially."""

    translations = _same(cells.IF_curr_exp)
    weight_unit, effect = 1e-9, "ampere"


class SpikeSourceArray(cells.SpikeSourceArray):
    """Sources whose spikes are given."""

    translations = _same(cells.SpikeSourceArray)


class SpikeSourcePoisson(cells.SpikeSourcePoisson):
    """Sources that spike at random from their start on, for their duration."""

    translations = _same(cells.SpikeSourcePoisson)


class StaticSynapse(synapses.StaticSynapse):
    """Connections of a weight and a delay (ms), which is not rounded to the timestep."""

    translations = _same(synapses.StaticSynapse)

    def _get_minimum_delay(self):
        return state.min_delay
