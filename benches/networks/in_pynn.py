"""A described network (docs/networks.md) in PyNN, on any of its simulators.

python in_pynn.py FILE.toml SECONDS [--simulator memspike|nest] [--seed S] [--threads N] [--step MS] [--spikes OUT.npz]

Connections, weights, delays and potentials at the beginning are drawn here with the seed (PyNN's own connector of a total number takes
minutes for them), and so are the same for every simulator; Poisson spikes are each simulator's own. Translates what netlists/networks/pd14-10.toml needs and refuses the rest by name.
Prints as JSON: seconds of describing and running, synapses, the largest memory, and the mean rate of each population after 500 ms.
OUT.npz gets time_s, population (by position among those with a membrane), neuron.
"""

import argparse
import importlib
import json
import resource
import time
import tomllib
from pathlib import Path

import numpy as np

FROM_MS = 500.0


def refuse(what):
    raise SystemExit(f"error: {what} is not translated to PyNN")


def simulator(name):
    return importlib.import_module("pynn_memspike" if name == "memspike" else f"pyNN.{name}")


def law(value, factor, count, rng):
    """Numbers of a law, times `factor`; what lies outside the bounds is drawn again."""
    if not isinstance(value, dict):
        return np.full(count, value * factor)
    (kind, of), = value.items()
    if kind != "normal":
        refuse(f"the distribution {kind}")
    least, greatest = of.get("least", -np.inf), of.get("greatest", np.inf)
    drawn = rng.normal(of["mean"], of["deviation"], count)
    while (outside := (drawn < least) | (drawn > greatest)).any():
        drawn[outside] = rng.normal(of["mean"], of["deviation"], outside.sum())
    return drawn * factor


def cells(sim, population, rng):
    (kind, model), = population["model"].items()
    if kind != "lif_exp":
        refuse(f"the model {kind}")
    membrane = model["membrane"]
    parameters = {
        "tau_m": membrane["tau_s"] * 1e3,
        "v_rest": membrane["rest_v"] * 1e3,
        "v_thresh": membrane["threshold_v"] * 1e3,
        "v_reset": membrane["reset"]["to_v"] * 1e3,
        "tau_refrac": membrane["refractory_s"] * 1e3,
        "cm": model["capacitance_farad"] * 1e9,
        "tau_syn_E": model["tau_excitatory_s"] * 1e3,
        "tau_syn_I": model["tau_inhibitory_s"] * 1e3,
        "i_offset": model["drive_ampere"] * 1e9,
    }
    made = sim.Population(population["size"], sim.IF_curr_exp(**parameters), label=population["name"])
    made.initialize(v=law(membrane["initial_v"], 1e3, made.size, rng))
    made.record("spikes")
    return made


def connect(sim, projection, made, sources, rng):
    source, target = made.get(projection["from"]), made[projection["to"]]
    factor = projection["effect"]["ampere"] * 1e9
    if projection["from"] in sources:
        noise = sim.Population(target.size, sim.SpikeSourcePoisson(rate=sources[projection["from"]]))
        synapse = sim.StaticSynapse(weight=projection["weights"] * factor, delay=projection["delay_s"] * 1e3)
        return sim.Projection(noise, target, sim.OneToOneConnector(), synapse, receptor_type="excitatory")
    (rule, of), = projection["connections"].items()
    if rule != "total":
        refuse(f"the rule {rule}")
    count = of["synapses"]
    ends = [rng.integers(size, size=count) for size in (source.size, target.size)]
    laws = [law(projection["weights"], factor, count, rng), law(projection["delay_s"], 1e3, count, rng)]
    receptor = "excitatory" if projection["weights"]["normal"]["mean"] > 0 else "inhibitory"
    connector = sim.FromListConnector(np.stack([*ends, *laws], axis=1))
    return sim.Projection(source, target, connector, sim.StaticSynapse(), receptor_type=receptor)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", type=Path)
    parser.add_argument("seconds", type=float)
    parser.add_argument("--simulator", default="memspike")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--step", type=float, default=0.1)
    parser.add_argument("--spikes", type=Path)
    options = parser.parse_args()
    network = tomllib.loads(options.file.read_text())
    began = time.perf_counter()
    sim = simulator(options.simulator)
    sim.setup(timestep=options.step, min_delay=options.step, rng_seed=options.seed, threads=options.threads)
    rng = np.random.default_rng(options.seed)
    poisson = [of for of in network["populations"] if "poisson" in of["model"]]
    sources = {of["name"]: of["model"]["poisson"]["rate_hz"] for of in poisson}
    made = {of["name"]: cells(sim, of, rng) for of in network["populations"] if of["name"] not in sources}
    projections = [connect(sim, of, made, sources, rng) for of in network["projections"]]
    described = time.perf_counter()
    sim.run(options.seconds * 1e3)
    ran = time.perf_counter()
    trains = {name: of.get_data("spikes").segments[0].spiketrains for name, of in made.items()}
    late = {name: sum(int((train.magnitude >= FROM_MS).sum()) for train in of) for name, of in trains.items()}
    lasting = max(options.seconds - FROM_MS * 1e-3, 1e-9)
    print(
        json.dumps(
            {
                "describe_s": described - began,
                "run_s": ran - described,
                "synapses": sum(map(len, projections)),
                "memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
                "rates_hz": {name: late[name] / made[name].size / lasting for name in made},
            },
            indent=1,
        )
    )
    if options.spikes:
        save(options.spikes, trains)
    sim.end()


def save(path, trains):
    each = [(train.magnitude * 1e-3, at, cell) for at, of in enumerate(trains.values()) for cell, train in enumerate(of)]
    counts = [len(times) for times, _, _ in each]
    np.savez(
        path,
        time_s=np.concatenate([times for times, _, _ in each]),
        population=np.repeat(np.array([at for _, at, _ in each], np.uint16), counts),
        neuron=np.repeat(np.array([cell for _, _, cell in each], np.uint32), counts),
    )


main()
