"""A run of the described network: the package's own network, and where it is."""

from dataclasses import dataclass, field

import memspike as ms
import numpy as np

from . import _sources
from ._groups import Groups, build

# Spikes of sources that wait in the engine at once: it keeps all of them anew in every window.
_TOGETHER = 20_000


@dataclass
class _Probed:
    """Cells of a group whose potentials are recorded."""

    recorder: object
    cells: np.ndarray
    probe: ms.Probe = field(repr=False)


class Running:
    """A network on its way."""

    def __init__(self, state):
        self.reached_ms = 0.0
        self.has_other_synapses = self.records_more = False
        self._begun = False
        self._groups = Groups(state)
        self._sources = {}
        for number, population in enumerate(state.populations):
            if "spike_times" in population.values:
                self._sources[number] = _sources.Given(population)
            elif "rate" in population.values:
                self._sources[number] = _sources.Drawn(population, state.seed, state.segment_counter, number)
        # What each group approaches (mV) now, and all changes of it so far, in order.
        self._asymptotes = {group.name: group.asymptote_mv(0.0) for group in self._groups.cells()}
        self._changes = []
        self._simulation = self._made(state)

    def _made(self, state):
        """The package's simulation of the network as it is described now, at 0."""
        network = build(self._groups, state)
        self._probed = []
        recorded = []
        for group in self._groups.all:
            recorder = group.population.recorder
            if np.isin(group.cells, recorder.recorded_indices("spikes")).any():
                recorded.append(group.name)
            seen = np.flatnonzero(np.isin(group.cells, recorder.recorded_indices("v")))
            if len(seen):
                every_s = round(recorder.sampling_interval * 1e-3, 15)
                probe = ms.Probe(population=group.name, every_s=every_s, neurons=seen)
                self._probed.append(_Probed(recorder, group.cells[seen], probe))
        return ms.Simulation(
            network,
            seed=state.seed,
            threads=state.threads,
            probes=[each.probe for each in self._probed],
            record=recorded,
            precision="double",
        )

    def go(self, state, until):
        """Goes on to an instant (ms)."""
        if self.has_other_synapses or self.records_more:
            self._renew(state)
        steps = {step for group in self._groups.cells() for step in group.steps()}
        if any(isinstance(source, _sources.Drawn) for source in self._sources.values()):
            # What is drawn ahead takes memory.
            steps.update(_sources.stretches(self.reached_ms, until))
        ends = sorted(step for step in steps if self.reached_ms < step < until)
        for end in (*ends, until):
            self._drive()
            self._run(end)

    def take_currents(self, state):
        """Takes the currents that there are now."""
        self._groups.refresh(state)

    def check_drives(self, population, changed):
        """Refuses parameters of cells that are to differ among those that are run together."""
        self._groups.check(population, changed)

    def _renew(self, state):
        """Goes on in a simulation of what is described now."""
        image = self._simulation.save() if self._begun else None
        before = [(id(each.recorder), each.cells.tolist()) for each in self._probed]
        simulation = self._made(state)
        if image is not None:
            for name, asymptote_mv in self._changes:
                simulation.drive(name, asymptote_mv * 1e-3)
            simulation.load(image, branch=self.has_other_synapses)
        self._simulation = simulation
        self.has_other_synapses = self.records_more = False
        for each in self._probed:
            if self._begun and (id(each.recorder), each.cells.tolist()) not in before:
                self._sample(each)

    def _sample(self, probed):
        """Records where potentials are now, if that is an instant of a sample."""
        number = self.reached_ms / probed.recorder.sampling_interval
        if abs(number - round(number)) < 1e-9:
            potentials = self._simulation.potentials(probed.probe.population)[probed.probe.neurons]
            probed.recorder.take_potentials(np.array([self.reached_ms]), probed.cells, potentials[None, :] * 1e3)

    def _drive(self):
        """Lets currents be those of now."""
        for group in self._groups.cells():
            asymptote_mv = group.asymptote_mv(self.reached_ms)
            if asymptote_mv != self._asymptotes[group.name]:
                self._asymptotes[group.name] = asymptote_mv
                self._changes.append((group.name, asymptote_mv))
                self._simulation.drive(group.name, asymptote_mv * 1e-3)

    def _run(self, until):
        """Goes on to an instant (ms) while nothing changes but what sources do."""
        coming = []
        for number, source in self._sources.items():
            times, cells = source.between(self.reached_ms, until, not self._begun)
            order = np.lexsort((cells, times))
            coming.append((self._groups.of_source(number).name, times[order], cells[order]))
        pieces = 1 + sum(len(times) for _, times, _ in coming) // _TOGETHER
        ends = np.round(np.linspace(self.reached_ms, until, pieces + 1)[1:-1], 12)
        played = [0] * len(coming)
        for end in (*ends.tolist(), until):
            for at, (name, times, cells) in enumerate(coming):
                own = slice(played[at], int(np.searchsorted(times, end, side="right")))
                played[at] = own.stop
                if own.start < own.stop:
                    self._simulation.play(name, times[own] * 1e-3, cells[own])
            self._advance(end)

    def _advance(self, until):
        try:
            done = self._simulation.run(round(until * 1e-3, 15))
        except (ms.Interrupted, ms.RunError) as stop:
            if stop.results is not None:
                self._take(stop.results)
            self.reached_ms = self._simulation.now_s * 1e3
            self._begun = True
            raise
        self._take(done)
        self.reached_ms, self._begun = until, True

    def _take(self, done):
        for name, spikes in done.spikes.items():
            group = self._groups.named(name)
            group.population.recorder.take_spikes(spikes.times_s * 1e3, group.cells[spikes.neurons])
        for probed, seen in zip(self._probed, done.membranes):
            probed.recorder.take_potentials(seen.times_s * 1e3, probed.cells, seen.potentials_v * 1e3)
