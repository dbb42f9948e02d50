"""Writes the networks beside it from the facts of their papers: python3 make.py

python3 make.py SHARE FILE writes the microcircuit with a share of its neurons and all inputs of each.
"""

import sys
from math import log, sqrt
from pathlib import Path

FOLDER = Path(__file__).parent

# The cortical microcircuit of Potjans and Diesmann, Cerebral Cortex 24 (2014) 785, doi 10.1093/cercor/bhs358, in the form of the
# field's benchmark. For each population: neurons, external inputs of a neuron, mean and deviation of the first potential (mV),
# and the rate of one run at full scale (Hz), from which the currents of the scaled model follow.
POPULATIONS = {
    "L23E": (20683, 1600, -68.28, 5.36, 0.903),
    "L23I": (5834, 1500, -63.16, 4.57, 2.965),
    "L4E": (21915, 2100, -63.33, 4.74, 4.414),
    "L4I": (5479, 1900, -63.45, 4.94, 5.876),
    "L5E": (4850, 2000, -63.11, 4.94, 7.569),
    "L5I": (1065, 1900, -61.66, 4.55, 8.633),
    "L6E": (14395, 2900, -66.72, 5.46, 1.105),
    "L6I": (2948, 2100, -61.43, 4.48, 7.829),
}
# Probabilities of a connection; rows are targets, columns sources, both in the order above.
PROBABILITIES = [
    [0.1009, 0.1689, 0.0437, 0.0818, 0.0323, 0.0, 0.0076, 0.0],
    [0.1346, 0.1371, 0.0316, 0.0515, 0.0755, 0.0, 0.0042, 0.0],
    [0.0077, 0.0059, 0.0497, 0.135, 0.0067, 0.0003, 0.0453, 0.0],
    [0.0691, 0.0029, 0.0794, 0.1597, 0.0033, 0.0, 0.1057, 0.0],
    [0.1004, 0.0622, 0.0505, 0.0057, 0.0831, 0.3726, 0.0204, 0.0],
    [0.0548, 0.0269, 0.0257, 0.0022, 0.06, 0.3158, 0.0086, 0.0],
    [0.0156, 0.0066, 0.0211, 0.0166, 0.0572, 0.0197, 0.0396, 0.2252],
    [0.0364, 0.001, 0.0034, 0.0005, 0.0277, 0.008, 0.0658, 0.1443],
]
C_F, TAU_M, TAU_S = 250e-12, 10e-3, 0.5e-3
BACKGROUND_HZ = 8.0


def weight_pa(peak_mv):
    """The current (pA) at the spike that moves a membrane at rest by a peak (mV)."""
    a = TAU_M / (TAU_M - TAU_S)
    ratio = TAU_M / TAU_S
    volts_an_ampere = TAU_S * TAU_M / (C_F * (TAU_S - TAU_M)) * (ratio ** -a - ratio ** (-a * TAU_S / TAU_M))
    return peak_mv * 1e-3 / volts_an_ampere * 1e12


def mean_weight_pa(target, source):
    if source.endswith("I"):
        return -4 * weight_pa(0.15)
    return weight_pa(0.3 if (target, source) == ("L23E", "L4E") else 0.15)


def full_synapses(target, source):
    """Draws of a pair after which each pair is connected at least once with the given probability."""
    names = list(POPULATIONS)
    p = PROBABILITIES[names.index(target)][names.index(source)]
    pairs = POPULATIONS[target][0] * POPULATIONS[source][0]
    return log(1 - p) / log(1 - 1 / pairs)


def drive_pa(target, in_degrees):
    """The constant current (pA): the background's mean; of fewer inputs, background included, with weights that are larger by
    1 / sqrt(in_degrees), what their mean lacks."""
    background = BACKGROUND_HZ * POPULATIONS[target][1] * weight_pa(0.15) * TAU_S
    recurrent = sum(
        mean_weight_pa(target, source) * full_synapses(target, source) / POPULATIONS[target][0] * POPULATIONS[source][4]
        for source in POPULATIONS
    )
    if in_degrees == 1:
        return background
    return (1 - sqrt(in_degrees)) * (background + TAU_S * recurrent)


def number(value):
    return f"{value:.10g}"


def microcircuit(name, neurons, in_degrees, title):
    text = [
        f"# {title}",
        "# Potjans and Diesmann, Cerebral Cortex 24 (2014) 785, doi 10.1093/cercor/bhs358: the benchmark of the field.",
        "# make.py beside this file has the paper's tables and writes these numbers:",
        "# - synapses of a pair of populations: ln(1 - p) / ln(1 - 1 / (sources x targets)), drawn with repetition;",
        "# - weights (pA): a peak of 0.15 mV, from L4E to L23E 0.3 mV, inhibition -4 times; normal with a deviation of a tenth;",
        "# - delays: normal, half of the mean as deviation, at least 0.1 ms;",
    ]
    if in_degrees < 1:
        text += [
            "# - background: 8 Hz from each of the inputs from outside, as one Poisson process that each neuron hears for itself.",
            f"# Of the full model it has {neurons:g} of the neurons and {in_degrees:g} of each in-degree, background included. Weights are",
            f"# 1 / sqrt({in_degrees:g}) times as large, and the drive is the mean of the input that is missing. So means and variances of the",
            "# input are those of the full model; correlations are not. With a constant background it would stay silent: without the",
            "# noise nothing begins to fire.",
        ]
    else:
        text += ["# - drive: the mean of the background, 8 Hz x inputs x weight x 0.5 ms, as a constant current."]
    text += ["version = 2", ""]
    for population, (size, _, mean, deviation, _) in POPULATIONS.items():
        text += [
            "[[populations]]",
            f'name = "{population}"',
            f"size = {round(size * neurons)}",
            "[populations.model.lif_exp]",
            "capacitance_farad = 250e-12",
            "tau_excitatory_s = 0.5e-3",
            "tau_inhibitory_s = 0.5e-3",
            f"drive_ampere = {number(drive_pa(population, in_degrees))}e-12",
            "[populations.model.lif_exp.membrane]",
            "tau_s = 10e-3",
            "rest_v = -65e-3",
            "threshold_v = -50e-3",
            "reset = { to_v = -65e-3 }",
            "refractory_s = 2e-3",
            f"initial_v = {{ normal = {{ mean = {mean}e-3, deviation = {deviation}e-3 }} }}",
            "",
        ]
    if in_degrees < 1:
        for population, (size, inputs, *_) in POPULATIONS.items():
            text += process(population, BACKGROUND_HZ * inputs * in_degrees)
            weight = weight_pa(0.15) / sqrt(in_degrees)
            text += projection(f"outside-{population}", population, "all_to_all = {}", weight, "ampere = 1e-12")
    for target in POPULATIONS:
        for source in POPULATIONS:
            synapses = round(full_synapses(target, source) * neurons * in_degrees)
            if synapses == 0:
                continue
            mean = mean_weight_pa(target, source) / sqrt(in_degrees)
            bound, delay_ms = ("greatest", 0.75) if mean < 0 else ("least", 1.5)
            weights = f"mean = {number(mean)}, deviation = {number(abs(mean) / 10)}, {bound} = 0"
            text += [
                "[[projections]]",
                f'name = "{source}-to-{target}"',
                f'from = "{source}"',
                f'to = "{target}"',
                "effect = { ampere = 1e-12 }",
                f"weights = {{ normal = {{ {weights} }} }}",
                f"delay_s = {{ normal = {{ mean = {delay_ms}e-3, deviation = {delay_ms / 2}e-3, least = 0.1e-3 }} }}",
                f"connections.total = {{ synapses = {synapses}, autapses = true, multapses = true }}",
                "",
            ]
    write(name, text)


def membrane(initial):
    return [
        "tau_s = 20e-3",
        "threshold_v = 20e-3",
        "reset = { to_v = 10e-3 }",
        "refractory_s = 2e-3",
        f"initial_v = {initial}",
    ]


def brunel(name, g, drive, regime):
    """Brunel, Journal of Computational Neuroscience 8 (2000) 183, figure 8."""
    inputs, weight_mv = 1000, 0.1
    threshold_hz = 20.0 / (weight_mv * inputs * 20e-3)
    text = [
        f"# Brunel's random network: {regime}, g = {g}, external rate {drive} of the one that reaches threshold.",
        "# N. Brunel, Journal of Computational Neuroscience 8 (2000) 183, figure 8: 10,000 excitatory and 2,500 inhibitory",
        "# neurons, each with 1,000 and 250 inputs of its own network and 1,000 from outside. make.py writes this file.",
        "# Input from outside alone reaches threshold at 20 mV / (0.1 mV x 1,000 x 20 ms) = 10 Hz an input.",
        "# Weights are in mV.",
        "version = 2",
        "",
    ]
    for population, size in (("excitatory", 10_000), ("inhibitory", 2_500)):
        text += ["[[populations]]", f'name = "{population}"', f"size = {size}", "[populations.model.lif_delta.membrane]"]
        text += membrane("{ uniform = { least = 0, greatest = 20e-3 } }") + [""]
    rate = inputs * drive * threshold_hz
    text += ["# The 1,000 inputs of a neuron from outside, as one process of their joint rate: each neuron hears its own."]
    for target in ("excitatory", "inhibitory"):
        text += process(target, rate)
    for target in ("excitatory", "inhibitory"):
        for source, degree, weight in (("excitatory", 1000, weight_mv), ("inhibitory", 250, -g * weight_mv)):
            text += projection(source, target, f"in_degree = {{ degree = {degree} }}", weight)
        text += projection(f"outside-{target}", target, "all_to_all = {}", weight_mv)
    write(name, text)


def process(target, rate):
    return [
        "[[populations]]",
        f'name = "outside-{target}"',
        "size = 1",
        f'model.poisson = {{ rate_hz = {number(rate)}, trains = "per_target" }}',
        "",
    ]


def projection(source, target, rule, weight, effect="volt = 1e-3"):
    return [
        "[[projections]]",
        f'name = "{source}-to-{target}"',
        f'from = "{source}"',
        f'to = "{target}"',
        f"effect = {{ {effect} }}",
        f"weights = {number(weight)}",
        "delay_s = 1.5e-3",
        f"connections.{rule}",
        "",
    ]


def job_b(name):
    text = [
        "# The benchmark of 10,000 neurons that is compared with other engines: 8,000 excitatory and 2,000 inhibitory ones, each",
        "# with 800 and 200 inputs, drawn with repetition; about 43 Hz, 4.3e8 synaptic events a second. A constant drive",
        "# alone would lead to 40 mV. Weights are in mV. make.py writes this file.",
        "version = 2",
        "",
    ]
    for population, size in (("excitatory", 8_000), ("inhibitory", 2_000)):
        text += ["[[populations]]", f'name = "{population}"', f"size = {size}", "[populations.model.lif_delta]", "drive_v = 40e-3"]
        text += ["[populations.model.lif_delta.membrane]"]
        text += membrane("{ uniform = { least = 0, greatest = 20e-3 } }") + [""]
    for target in ("excitatory", "inhibitory"):
        for source, degree, weight in (("excitatory", 800, 0.1), ("inhibitory", 200, -0.5)):
            rule = f"in_degree = {{ degree = {degree}, autapses = true, multapses = true }}"
            text += projection(source, target, rule, weight)
    write(name, text)


def write(name, text):
    (FOLDER / name).write_text("\n".join(text).rstrip() + "\n")


if len(sys.argv) == 3:
    share, file = float(sys.argv[1]), sys.argv[2]
    microcircuit(Path.cwd() / file, share, 1.0, f"The cortical microcircuit with {share:g} of its neurons, each with all of its inputs.")
    sys.exit()
microcircuit("pd14.toml", 1.0, 1.0, "The cortical microcircuit at full scale: 77,169 neurons, 2.99e8 synapses.")
microcircuit("pd14-10.toml", 0.1, 0.1, "The cortical microcircuit at a tenth of its neurons and of their in-degrees.")
brunel("brunel-sr.toml", 3, 2, "synchronous regular")
brunel("brunel-si-fast.toml", 6, 4, "synchronous irregular, fast")
brunel("brunel-ai.toml", 5, 2, "asynchronous irregular")
brunel("brunel-si-slow.toml", 4.5, 0.9, "synchronous irregular, slow")
job_b("job-b.toml")
