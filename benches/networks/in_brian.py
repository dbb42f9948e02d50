"""Job B (netlists/networks/job-b.toml) in Brian2, compiled as C++ on one thread, in steps of 0.1 ms.

python in_brian.py SECONDS FOLDER. Prints as JSON: seconds of the loop, spikes.
"""

import json
import sys

import numpy as np
from brian2 import (
    NeuronGroup,
    SpikeMonitor,
    Synapses,
    defaultclock,
    device,
    ms,
    mV,
    prefs,
    run,
    second,
    set_device,
)

EXCITATORY, INHIBITORY = 8_000, 2_000
INPUTS = {"excitatory": 800, "inhibitory": 200}


def main():
    seconds, folder = float(sys.argv[1]), sys.argv[2]
    set_device("cpp_standalone", directory=folder, build_on_run=False)
    prefs.devices.cpp_standalone.openmp_threads = 0
    defaultclock.dt = 0.1 * ms
    draws = np.random.default_rng(2)
    everyone = NeuronGroup(
        EXCITATORY + INHIBITORY,
        "dv/dt = (40*mV - v) / (20*ms) : volt (unless refractory)",
        threshold="v > 20*mV",
        reset="v = 10*mV",
        refractory=2 * ms,
        method="exact",
    )
    everyone.v = draws.random(EXCITATORY + INHIBITORY) * 20 * mV
    # A weight for each synapse, as the others keep them.
    synapses = Synapses(everyone, everyone, "w : volt", on_pre="v_post += w", delay=1.5 * ms)
    sources = np.hstack([
        draws.integers(0, EXCITATORY, (len(everyone), INPUTS["excitatory"])),
        draws.integers(EXCITATORY, len(everyone), (len(everyone), INPUTS["inhibitory"])),
    ])
    targets = np.repeat(np.arange(len(everyone)), sources.shape[1])
    synapses.connect(i=sources.ravel(), j=targets)
    synapses.w = np.where(sources.ravel() < EXCITATORY, 0.1, -0.5) * mV
    monitor = SpikeMonitor(everyone, record=False)
    run(seconds * second)
    device.build(directory=folder, compile=True, run=True, debug=False)
    print(json.dumps({
        "run_s": float(device._last_run_time),
        "spikes": int(monitor.num_spikes),
    }))


main()
