"""Pictures and tables, looked at by readers of SVG and HTML."""

from __future__ import annotations

import sys
import xml.etree.ElementTree as xml
from html.parser import HTMLParser

import memspike as ms
import numpy as np
import pytest
from conftest import ROOT

DECK = """neuron
.model zno ts_memristor
Vin in 0 DC 0.8
Rs in out 1Meg
Cm out 0 47n
N1 out 0 zno
.tran 0.3 uic
.save v(out)
.meas tran rate frequency N1
.meas tran never when v(out)=5
.end
"""


@pytest.fixture(scope="module")
def run():
    return ms.Deck.from_str(DECK).run(save="all")


def elements(svg):
    """The elements of an SVG by their names."""
    names = [element.tag.rsplit("}")[-1] for element in xml.fromstring(svg).iter()]
    return {name: names.count(name) for name in names}


class Axes:
    """What `plot` calls of matplotlib's axes."""

    def __init__(self):
        self.lines, self.labels = [], {}

    def plot(self, x, y, label, **style):
        self.lines.append((label, np.array(x), np.array(y), style))

    def __getattr__(self, name):
        return lambda *text: self.labels.setdefault(name, text)


def test_axes_get_the_points_of_a_waveform(run):
    w, axes = run.waveforms["v(out)"], Axes()
    assert w.plot(axes) is axes
    ((name, times, values, _),) = axes.lines
    assert name == "v(out)" and axes.labels["set_xlabel"] == ("time (s)",)
    expected = w.points()
    assert np.array_equal(times, expected[0]) and np.array_equal(values, expected[1])


def test_without_matplotlib_a_plot_is_a_figure(run, monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "matplotlib.pyplot", None)
    figure = run.waveforms["v(out)"].plot()
    assert isinstance(figure, ms.Figure)
    assert elements(figure.svg)["polyline"] >= 1
    assert "v(out)" in figure.svg
    figure.save(tmp_path / "w.svg")
    assert xml.parse(tmp_path / "w.svg").getroot().tag.endswith("svg")
    with pytest.raises(ValueError, match=r"end its name in \.svg"):
        figure.save(tmp_path / "w.png")
    assert not (tmp_path / "w.png").exists()


def test_a_raster_has_a_speck_for_each_spike_up_to_a_number():
    builder = ms.NetworkBuilder()
    builder.population("clocks", 10, ms.Regular(rate_hz=100.0))
    few = builder.build().simulate(0.1)
    axes = Axes()
    few.plot(axes)
    ((_, times, neurons, style),) = axes.lines
    spikes = few.spikes["clocks"]
    assert np.array_equal(times, spikes.times_s) and np.array_equal(neurons, spikes.neurons)
    assert style["linestyle"] == "none"
    circles = elements(spikes._repr_svg_())
    assert max(circles.values()) >= len(spikes)
    many = ms.Spikes(np.linspace(0, 1, 50_001), np.zeros(50_001, np.uint32), 1)
    axes = Axes()
    many.plot(axes)
    assert len(axes.lines[0][1]) == 16_667 and axes.labels["set_title"] == ("spikes, one of 3 of 50001 spikes",)


@pytest.mark.parametrize("times", [[], [0.5], [np.nan, 0.1]])
def test_a_picture_of_little_is_one(times):
    spikes = ms.Spikes(np.array(times), np.zeros(len(times), np.uint32), 1)
    assert "svg" in xml.fromstring(spikes._repr_svg_()).tag


class Cells(HTMLParser):
    """Rows of the tables of a page."""

    def __init__(self, text):
        super().__init__()
        self.rows = []
        self.feed(text)

    def handle_starttag(self, tag, _):
        if tag == "tr":
            self.rows.append([])

    def handle_data(self, data):
        if self.rows:
            self.rows[-1].append(data)


def test_a_notebook_shows_measures_as_a_table(run):
    rows = Cells(run._repr_html_()).rows
    assert rows[0] == ["measure", "value", "unit"]
    assert rows[1] == ["rate", f"{run['rate']:.6g}", run.units["rate"]]
    assert rows[2][:2] == ["never", "-"]


def test_names_cannot_write_into_the_page():
    from memspike._show import html_table

    assert "<script>" not in html_table(["<script>"], [["<script>"]])
    assert "30 rows, of which 20 are shown" in html_table(["n"], [[n] for n in range(30)])


def test_runs_networks_membranes_and_fits_have_pictures_or_tables():
    stepped = ms.Deck.from_file(ROOT / "netlists/spread.cir").run_all(seed=1)
    assert len(Cells(stepped._repr_html_()).rows) == min(len(stepped), 20) + 1
    network = ms.Network.from_file(ROOT / "netlists/networks/job-b.toml")
    assert [row[0] for row in Cells(network._repr_html_()).rows][1] == next(iter(network.populations))
    seen = network.simulate(0.002, probes=[ms.Probe(population="excitatory", every_s=1e-3, neurons=range(8))])
    axes = Axes()
    seen.membranes[0].plot(axes)
    assert [name for name, *_ in axes.lines] == [f"neuron {n}" for n in range(6)]
    assert "svg" in xml.fromstring(seen.membranes[0]._repr_svg_()).tag
    found = ms.fit(ROOT / "netlists/measurements/example.toml")
    assert len(Cells(found._repr_html_()).rows) == len(found.parameters) + 1
    axes = Axes()
    found.plot(axes)
    assert axes.lines[0][2].tolist() == [row["residual"] for row in found.words["rows"]]
