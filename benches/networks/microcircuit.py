"""The microcircuit at a tenth in memspike and in NEST, seed by seed: rates, irregularity and correlations.

python microcircuit.py MEMSPIKE OUT [--seeds 10] [--seconds 10] [--only memspike|nest] [--file NETWORK.toml] [--threads 2]

Runs each seed in both (NEST: in_nest.py beside this file, on its grid of 0.1 ms), leaves out the first 500 ms, and takes for each
population the distributions over neurons of
  rate         spikes a second,
  cv           coefficient of variation of the intervals, of neurons with three spikes or more,
  correlation  Pearson's, of spike counts in bins of 2 ms, between all pairs of 200 neurons that fire.
Distributions are compared by the distance of Kolmogorov and Smirnov: between seeds of NEST, which is the spread that a right
simulator shows, and between memspike and NEST. OUT.csv gets means and deviations over seeds, OUT.svg the picture; with --only there is
one simulator, and no picture. What has been run is kept in the folder OUT.runs, and is not run again.
"""

import argparse
import itertools
import json
import subprocess
import sys
import tomllib
from pathlib import Path

import numpy as np
import pyarrow.parquet as parquet
from scipy.stats import ks_2samp

FROM_S = 0.5
BIN_S = 2e-3
CORRELATED = 200
MEASURES = ("rate", "cv", "correlation")
HERE = Path(__file__).parent


def populations(file):
    """Names and sizes of what has a membrane."""
    network = tomllib.loads(file.read_text())
    sizes = {of["name"]: of["size"] for of in network["populations"]}
    sources = {of["name"] for of in network["populations"] if "poisson" in of["model"]}
    return {name: size for name, size in sizes.items() if name not in sources}


def in_nest(file, seconds, seed, threads, out):
    command = [sys.executable, HERE / "in_nest.py", file, str(seconds), "--seed", str(seed), "--threads", str(threads)]
    subprocess.run([*command, "--spikes", out], check=True, stdout=subprocess.DEVNULL)


def in_memspike(program, file, seconds, seed, threads, out):
    command = [program, "net", file, "--until", str(seconds), "--seed", str(seed), "--threads", str(threads), "-q", "-o"]
    recording = out.with_suffix(".parquet")
    subprocess.run([*command, recording], check=True, stdout=subprocess.DEVNULL)
    named = parquet.read_table(recording, columns=["time_s", "population", "neuron"])
    names = list(populations(file))
    population = named["population"].combine_chunks()
    if hasattr(population, "dictionary"):
        population = population.dictionary_decode()
    heard = np.array(population.to_pylist())
    kept = np.isin(heard, names)
    position = {name: index for index, name in enumerate(names)}
    np.savez(
        out,
        time_s=named["time_s"].to_numpy()[kept],
        population=np.array([position[name] for name in heard[kept]], np.uint16),
        neuron=named["neuron"].to_numpy()[kept],
    )
    recording.unlink()


def distributions(path, sizes, seconds):
    """For each population, a value of each measure for each neuron (or pair)."""
    recorded = np.load(path)
    late = recorded["time_s"] >= FROM_S
    time_s, population, neuron = (recorded[name][late] for name in ("time_s", "population", "neuron"))
    result = {}
    for position, (name, size) in enumerate(sizes.items()):
        mine = population == position
        order = np.lexsort((time_s[mine], neuron[mine]))
        times, who = time_s[mine][order], neuron[mine][order]
        counts = np.bincount(who, minlength=size)
        result[name] = {
            "rate": counts / (seconds - FROM_S),
            "cv": irregularity(times, who, size),
            "correlation": correlation(times, who, counts, seconds),
        }
    return result


def irregularity(times, who, size):
    same = who[1:] == who[:-1]
    intervals, owner = np.diff(times)[same], who[1:][same]
    number = np.bincount(owner, minlength=size)
    mean = np.bincount(owner, intervals, size) / np.maximum(number, 1)
    square = np.bincount(owner, intervals**2, size) / np.maximum(number, 1)
    enough = number >= 2
    return np.sqrt(np.maximum(square - mean**2, 0))[enough] / mean[enough]


def correlation(times, who, counts, seconds):
    chosen = np.flatnonzero(counts)[:CORRELATED]
    row = np.full(len(counts), -1)
    row[chosen] = np.arange(len(chosen))
    bins = int(round((seconds - FROM_S) / BIN_S))
    table = np.zeros((len(chosen), bins))
    mine = row[who] >= 0
    column = np.minimum(((times[mine] - FROM_S) / BIN_S).astype(int), bins - 1)
    np.add.at(table, (row[who][mine], column), 1)
    return np.corrcoef(table)[np.triu_indices(len(chosen), 1)]


def distance(a, b):
    return ks_2samp(a, b).statistic


def judged(ours, theirs, sizes):
    """Rows: population, measure, means and deviations over seeds, and distances; whether ours lie within the spread."""
    for name, measure in itertools.product(sizes, MEASURES):
        mine = [seed[name][measure] for seed in ours]
        other = [seed[name][measure] for seed in theirs]
        spread = [distance(a, b) for a, b in itertools.combinations(other, 2)]
        between = [distance(a, b) for a, b in itertools.product(mine, other)]
        means = [np.mean([np.mean(seed) for seed in group]) for group in (mine, other)]
        deviations = [np.std([np.mean(seed) for seed in group], ddof=1) for group in (mine, other)]
        yield {
            "population": name,
            "measure": measure,
            "memspike": means[0],
            "memspike_deviation": deviations[0],
            "nest": means[1],
            "nest_deviation": deviations[1],
            "ks_median": np.median(between),
            "ks_greatest": np.max(between),
            "nest_ks_median": np.median(spread),
            "nest_ks_greatest": np.max(spread),
        }


def summed(seeds, sizes):
    """Rows of one simulator: population, measure, mean and deviation over seeds."""
    for name, measure in itertools.product(sizes, MEASURES):
        means = [np.mean(seed[name][measure]) for seed in seeds]
        yield {"population": name, "measure": measure, "mean": np.mean(means), "deviation": np.std(means, ddof=1)}


def written(rows, path):
    with path.open("w") as table:
        print(*rows[0], sep=",", file=table)
        for row in rows:
            print(*(f"{value:.6g}" if isinstance(value, float) else value for value in row.values()), sep=",", file=table)


# Of text and axes, for light pages and for dark ones; colours of dots are seen on both.
INK = "#222222"
STYLE = f"<style>svg{{color:{INK}}}@media (prefers-color-scheme:dark){{svg{{color:#e4e6e8}}}}</style>"


def picture(rows, sizes, path):
    """A panel for each measure, below each other so that a narrow screen can show them."""
    import io

    import matplotlib

    matplotlib.use("svg")
    from matplotlib import pyplot

    of_text = {name: INK for name in ("text.color", "axes.edgecolor", "axes.labelcolor", "xtick.color", "ytick.color")}
    matplotlib.rcParams.update({**of_text, "svg.hashsalt": path.stem, "legend.facecolor": "none"})
    figure, axes = pyplot.subplots(len(MEASURES), 1, figsize=(5.4, 6.6), sharex=True)
    for axis, measure in zip(axes, MEASURES):
        mine = [row for row in rows if row["measure"] == measure]
        at = np.arange(len(sizes))
        for shift, tool, label in ((-0.12, "memspike", "memspike"), (0.12, "nest", "NEST")):
            values = [row[tool] for row in mine]
            deviations = [row[f"{tool}_deviation"] for row in mine]
            axis.errorbar(at + shift, values, deviations, fmt="o", markersize=4, capsize=3, label=label)
        axis.set_xticks(at, list(sizes))
        axis.set_ylabel({"rate": "rate (Hz)", "cv": "CV of intervals", "correlation": "correlation"}[measure])
    axes[0].legend()
    figure.align_ylabels()
    figure.tight_layout()
    drawn = io.StringIO()
    figure.savefig(drawn, format="svg", transparent=True, metadata={"Date": None})
    head, body = drawn.getvalue().split(" <defs>", 1)
    # Letters have no colour of their own where it is black.
    head = head.replace("<svg ", '<svg fill="currentColor" ', 1)
    path.write_text(head + STYLE + "\n <defs>" + body.replace(INK, "currentColor"))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("out", type=Path)
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--only", choices=("memspike", "nest"))
    parser.add_argument("--file", type=Path, default=HERE / "../../netlists/networks/pd14-10.toml")
    options = parser.parse_args()
    until = options.seconds + FROM_S
    runs = options.out.with_suffix(".runs")
    runs.mkdir(exist_ok=True)
    sizes = populations(options.file)
    found = {"memspike": [], "nest": []}
    for tool, seed in itertools.product(found, range(1, options.seeds + 1)):
        if options.only not in (None, tool):
            continue
        path = runs / f"{tool}-{until:g}-{seed}.npz"
        print(tool, seed, "is there" if path.exists() else "runs", file=sys.stderr, flush=True)
        if not path.exists():
            new = path.with_suffix(".new.npz")
            if tool == "nest":
                in_nest(options.file, until, seed, options.threads, new)
            else:
                in_memspike(options.program, options.file, until, seed, options.threads, new)
            new.rename(path)
        found[tool].append(distributions(path, sizes, until))
    if options.only:
        written(list(summed(found[options.only], sizes)), options.out.with_suffix(".csv"))
        return
    rows = list(judged(found["memspike"], found["nest"], sizes))
    written(rows, options.out.with_suffix(".csv"))
    picture(rows, sizes, options.out.with_suffix(".svg"))
    outside = [row for row in rows if row["ks_median"] > row["nest_ks_greatest"]]
    print(json.dumps({"outside_of_nests_spread": [f"{row['population']} {row['measure']}" for row in outside]}))


main()
