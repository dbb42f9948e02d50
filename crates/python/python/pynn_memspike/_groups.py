"""Cells that are alike, which the engine runs as one population each, and the connections between them."""

import memspike as ms
import numpy as np
from pyNN import errors

_PARAMETERS = ("v_rest", "cm", "tau_m", "tau_refrac", "v_reset", "v_thresh", "tau_syn_E", "tau_syn_I", "i_offset")

_ALIKE = "cells of {} were alike when the run began: they can have currents of their own only after reset()"


class Group:
    """Cells of a population with the same parameters and currents.

    Attributes
    ----------
    cells : ndarray
        Their numbers within the population.
    """

    def __init__(self, name, population, cells, sources):
        self.name, self.population, self.cells = name, population, cells
        self.refresh(sources)

    def refresh(self, sources):
        """Takes those of all current sources that flow into its cells."""
        one = int(self.population.first_id) + int(self.cells[0])
        self._currents = [source for source in sources if one in source.cells]

    def parameter(self, name):
        """The parameter that all of them have, in PyNN's unit."""
        return float(self.population.values[name][self.cells[0]])

    def steps(self):
        """Instants (ms) at which a current into them changes."""
        return [step for source in self._currents for step in source.steps()]

    def current(self, time):
        """What flows into each from an instant (ms) on (nA)."""
        return self.parameter("i_offset") + sum(source.current(time) for source in self._currents)

    def asymptote_mv(self, time):
        """The potential (mV) that they approach where nothing arrives."""
        resistance = self.parameter("tau_m") / self.parameter("cm")
        return self.parameter("v_rest") + resistance * self.current(time)

    def model(self):
        """The cells as the package describes them; times in s, potentials in V."""
        if "v_rest" not in self.population.values:
            return ms.Input()
        value = self.parameter
        membrane = {
            "tau_s": value("tau_m") * 1e-3,
            "rest_v": value("v_rest") * 1e-3,
            "threshold_v": value("v_thresh") * 1e-3,
            "reset": value("v_reset") * 1e-3,
            "refractory_s": value("tau_refrac") * 1e-3,
            "initial_v": self.population.start_mv[self.cells] * 1e-3,
        }
        if "tau_syn_E" in self.population.values:
            return ms.LifExp(
                **membrane,
                capacitance_farad=value("cm") * 1e-9,
                tau_excitatory_s=value("tau_syn_E") * 1e-3,
                tau_inhibitory_s=value("tau_syn_I") * 1e-3,
                drive_ampere=self.current(0.0) * 1e-9,
            )
        return ms.LifDelta(**membrane, drive_v=(self.asymptote_mv(0.0) - value("v_rest")) * 1e-3)


class Groups:
    """All cells of all populations, in groups."""

    def __init__(self, state):
        self.all = []
        # Of each cell, by its number: the group, and its place there.
        self.group_of = np.zeros(state.id_counter, np.int64)
        self.place_of = np.zeros(state.id_counter, np.int64)
        for number, population in enumerate(state.populations):
            self._split(number, population, state.current_sources)
        self._by_name = {group.name: group for group in self.all}

    def _split(self, number, population, sources):
        first = int(population.first_id)
        _, kinds = np.unique(_kinds(population, sources), axis=0, return_inverse=True)
        kinds = kinds.reshape(-1)
        for kind in range(kinds.max() + 1):
            cells = np.flatnonzero(kinds == kind)
            self.group_of[first + cells] = len(self.all)
            self.place_of[first + cells] = np.arange(len(cells))
            self.all.append(Group(f"p{number}-{kind}", population, cells, sources))

    def refresh(self, state):
        """Takes the currents that there are now.

        Raises
        ------
        NotImplementedError
            If they differ within a group.
        """
        for group in self.all:
            first = int(group.population.first_id)
            own = {first + int(cell) for cell in group.cells}
            if any(own & source.cells and not own <= source.cells for source in state.current_sources):
                raise NotImplementedError(_ALIKE.format(group.population.label))
        for group in self.all:
            group.refresh(state.current_sources)

    def check(self, population, changed):
        """Refuses parameters that would differ within a group.

        Raises
        ------
        NotImplementedError
            If they would.
        """
        for group in self.all:
            values = changed.get("i_offset") if group.population is population else None
            if values is not None and (values[group.cells] != values[group.cells[0]]).any():
                raise NotImplementedError(_ALIKE.format(population.label))

    def cells(self):
        """Groups of cells that have a membrane."""
        return [group for group in self.all if "v_rest" in group.population.values]

    def of_source(self, number):
        """The only group of a population of sources."""
        return self._by_name[f"p{number}-0"]

    def named(self, name):
        """The group of a name."""
        return self._by_name[name]


def _kinds(population, sources):
    """A row for each cell; those that are alike have the same."""
    columns = [population.values[name].astype(float) for name in _PARAMETERS if name in population.values]
    if not columns:
        return np.zeros((population.size, 1))
    cells = int(population.first_id) + np.arange(population.size)
    columns += [np.isin(cells, np.fromiter(source.cells, np.int64)).astype(float) for source in sources]
    return np.stack(columns, axis=1)


def build(groups, state):
    """The package's network of these groups and of the projections between them."""
    builder = ms.NetworkBuilder()
    made = [builder.population(group.name, len(group.cells), group.model()) for group in groups.all]
    for number, projection in enumerate(state.projections):
        _check_signs(projection)
        sources = np.array([int(cell) for cell in projection.pre.all_cells])[projection.sources]
        targets = np.array([int(cell) for cell in projection.post.all_cells])[projection.targets]
        pairs = groups.group_of[sources] * len(groups.all) + groups.group_of[targets]
        order = np.argsort(pairs, kind="stable")
        kinds, begins = np.unique(pairs[order], return_index=True)
        for kind, own in zip(kinds, np.split(order, begins[1:])):
            source, target = divmod(int(kind), len(groups.all))
            celltype = groups.all[target].population.celltype
            builder.projection(
                f"j{number}-{kind}",
                made[source],
                made[target],
                connections=(groups.place_of[sources[own]], groups.place_of[targets[own]]),
                weights=projection.column("weight")[own],
                unit=celltype.weight_unit,
                effect=celltype.effect,
                delay_s=projection.column("delay")[own] * 1e-3,
            )
    return builder.build()


def _check_signs(projection):
    """A weight of another sign than its receptor's would flow into the other one.

    Raises
    ------
    errors.ConnectionError
        If there is one.
    """
    wrong = {"excitatory": np.less, "inhibitory": np.greater}[projection.receptor_type]
    if wrong(projection.column("weight"), 0.0).any():
        raise errors.ConnectionError(
            f"{projection.label}: weights must be positive for excitatory synapses and negative for inhibitory ones"
        )
