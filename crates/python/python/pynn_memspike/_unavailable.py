"""Models of PyNN that memspike does not have: making one raises PyNN's own error."""

from pyNN.standardmodels import ModelNotAvailable, base, cells, electrodes, synapses

from .electrodes import DCSource, StepCurrentSource
from .models import IF_curr_delta, IF_curr_exp, SpikeSourceArray, SpikeSourcePoisson, StaticSynapse

_AVAILABLE = {
    each.__name__
    for each in (
        DCSource,
        IF_curr_delta,
        IF_curr_exp,
        SpikeSourceArray,
        SpikeSourcePoisson,
        StaticSynapse,
        StepCurrentSource,
    )
}


def _missing():
    """Names of all standard models but those."""
    for module in (cells, electrodes, synapses):
        for name, model in vars(module).items():
            is_model = isinstance(model, type) and issubclass(model, base.StandardModelType)
            if is_model and model.__module__ == module.__name__ and name not in _AVAILABLE:
                yield name


__all__ = sorted(set(_missing()))
globals().update({name: type(name, (ModelNotAvailable,), {"__module__": __name__}) for name in __all__})
