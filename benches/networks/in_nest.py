"""A described network (docs/networks.md) in NEST.

python in_nest.py FILE.toml SECONDS [--exact] [--threads N] [--seed S] [--step MS] [--spikes OUT.npz]

On NEST's grid, or with --exact by its models off the grid, which find spikes between the points of the grid. Translates what the
networks in netlists/networks need and refuses the rest by name. Prints as JSON: seconds of building and running (wall and CPU),
spikes by population, synapses, the largest memory. OUT.npz gets time_s, population (by position in the file), neuron.
"""

import argparse
import json
import resource
import time
import tomllib
from pathlib import Path

import nest
import numpy as np

MODELS = {"lif_exp": "iaf_psc_exp", "lif_delta": "iaf_psc_delta"}
CAPACITANCE_PF = 250.0


def refuse(what):
    raise SystemExit(f"error: {what} is not translated to NEST")


def law(value, factor):
    """A number or a distribution, times `factor`."""
    if not isinstance(value, dict):
        return value * factor
    (kind, of), = value.items()
    if kind == "uniform":
        return nest.random.uniform(of["least"] * factor, of["greatest"] * factor)
    if kind != "normal":
        refuse(f"the distribution {kind}")
    drawn = nest.random.normal(of["mean"] * factor, of["deviation"] * abs(factor))
    bounds = [of.get("least", -1e30) * factor, of.get("greatest", 1e30) * factor]
    return nest.math.redraw(drawn, *sorted(bounds)) if {"least", "greatest"} & of.keys() else drawn


def neurons(population, exact):
    """Creates the neurons of a population: membranes in mV and ms, currents in pA."""
    (kind, model), = population["model"].items()
    if kind not in MODELS:
        refuse(f"the model {kind}")
    membrane = model["membrane"]
    tau_ms = membrane["tau_s"] * 1e3
    parameters = {
        "tau_m": tau_ms,
        "E_L": membrane.get("rest_v", 0.0) * 1e3,
        "V_th": membrane["threshold_v"] * 1e3,
        "V_reset": membrane["reset"]["to_v"] * 1e3,
        "t_ref": membrane.get("refractory_s", 0.0) * 1e3,
    }
    if kind == "lif_exp":
        parameters |= {
            "C_m": model["capacitance_farad"] * 1e12,
            "tau_syn_ex": model["tau_excitatory_s"] * 1e3,
            "tau_syn_in": model["tau_inhibitory_s"] * 1e3,
            "I_e": model.get("drive_ampere", 0.0) * 1e12,
        }
    else:
        current_pa = model.get("drive_v", 0.0) * 1e3 * CAPACITANCE_PF / tau_ms
        parameters |= {"C_m": CAPACITANCE_PF, "I_e": current_pa}
    created = nest.Create(MODELS[kind] + ("_ps" if exact else ""), population["size"], params=parameters)
    created.V_m = law(membrane.get("initial_v", membrane.get("rest_v", 0.0)), 1e3)
    return created


def connections(projection):
    """NEST's rule."""
    kind, of = projection["connections"], {}
    if isinstance(kind, dict):
        (kind, of), = kind.items()
    rule = {
        "in_degree": lambda: {"rule": "fixed_indegree", "indegree": of["degree"]},
        "total": lambda: {"rule": "fixed_total_number", "N": of["synapses"]},
        "all_to_all": lambda: {"rule": "all_to_all"},
        "one_to_one": lambda: {"rule": "one_to_one"},
    }
    if kind not in rule:
        refuse(f"the rule {kind}")
    allowed = {"allow_autapses": of.get("autapses", False), "allow_multapses": of.get("multapses", False)}
    return rule[kind]() | ({} if kind == "one_to_one" else allowed)


def connect(projection, source, target, delay_step_ms):
    effect = projection["effect"]
    factor = effect["ampere"] * 1e12 if "ampere" in effect else effect["volt"] * 1e3
    delay = law(projection["delay_s"], 1e3)
    if isinstance(delay, float):
        delay = max(round(delay / delay_step_ms), 1) * delay_step_ms
    weight = law(projection["weights"], factor)
    if "poisson" in source:
        # A generator has its own train for each target. So has each neuron of a population that is connected one to one.
        if projection["connections"] != "one_to_one" and source["poisson"].get("trains") != "per_target":
            refuse("a Poisson process that several neurons share")
        nest.Connect(source["neurons"], target["neurons"], "all_to_all", {"weight": weight, "delay": delay})
        return
    nest.Connect(source["neurons"], target["neurons"], connections(projection), {"weight": weight, "delay": delay})


def build(network, exact, step_ms):
    made = {}
    for population in network["populations"]:
        if "poisson" in population["model"]:
            of = population["model"]["poisson"]
            kind = "poisson_generator_ps" if exact else "poisson_generator"
            made[population["name"]] = {"poisson": of, "neurons": nest.Create(kind, params={"rate": of["rate_hz"]})}
        else:
            made[population["name"]] = {"neurons": neurons(population, exact)}
    for projection in network["projections"]:
        connect(projection, made[projection["from"]], made[projection["to"]], step_ms)
    return made


class Clock:
    """Wall and CPU seconds of a block, all threads together."""

    def __enter__(self):
        self.wall, self.cpu = time.perf_counter(), time.process_time()
        return self

    def __exit__(self, *_):
        self.wall = time.perf_counter() - self.wall
        self.cpu = time.process_time() - self.cpu

    def seconds(self):
        return {"wall_s": self.wall, "cpu_s": self.cpu}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("file", type=Path)
    parser.add_argument("seconds", type=float)
    parser.add_argument("--exact", action="store_true")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--step", type=float, default=0.1)
    parser.add_argument("--spikes", type=Path)
    options = parser.parse_args()
    network = tomllib.loads(options.file.read_text())

    nest.set_verbosity("M_ERROR")
    nest.ResetKernel()
    nest.SetKernelStatus({"resolution": options.step, "local_num_threads": options.threads, "rng_seed": options.seed})
    with Clock() as building:
        made = build(network, options.exact, options.step)
        heard = {name: of for name, of in made.items() if "poisson" not in of}
        for of in heard.values():
            of["recorder"] = nest.Create("spike_recorder", params={"record_to": "memory"})
            nest.Connect(of["neurons"], of["recorder"])
        nest.Prepare()
    with Clock() as running:
        nest.Run(options.seconds * 1e3)
    nest.Cleanup()

    if options.spikes:
        save(options.spikes, network, heard)
    print(json.dumps({
        "build": building.seconds(),
        "run": running.seconds(),
        "synapses": nest.GetKernelStatus("num_connections"),
        "spikes": {name: int(of["recorder"].n_events) for name, of in heard.items()},
        "memory_bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
    }))


def save(path, network, heard):
    columns = {"time_s": [], "population": [], "neuron": []}
    for position, population in enumerate(network["populations"]):
        if population["name"] not in heard:
            continue
        of = heard[population["name"]]
        events = of["recorder"].events
        columns["time_s"].append(events["times"] * 1e-3)
        columns["population"].append(np.full(len(events["times"]), position, np.uint16))
        columns["neuron"].append((events["senders"] - of["neurons"][0].global_id).astype(np.uint32))
    np.savez(path, **{name: np.concatenate(parts) for name, parts in columns.items()})


main()
