//! What `.meas` measures.

use super::Entry;

/// The neuron that examples measure.
macro_rules! neuron {
    ($measures:literal) => {
        concat!(
            "V1 a 0 1\nR1 a m 1Meg\nC1 m 0 47n\nN1 m 0 zno\n.model zno ts_memristor()\n.tran 100m\n",
            $measures
        )
    };
}

/// Every word behind the name of a measurement.
pub const MEASURES: &[Entry] = &[
    Entry {
        name: "max",
        form: ".meas tran name MAX signal [from=t to=t]",
        about: "Greatest value of a signal, `v(a)`, `i(R1)`, `p(R1)` or an expression of them, within the window, or else the run. Exact: extremes of closed forms.",
        example: neuron!(".meas tran top MAX v(m) from=10m"),
        spice: "the same",
    },
    Entry {
        name: "min",
        form: ".meas tran name MIN signal [from=t to=t]",
        about: "Least value.",
        example: neuron!(".meas tran bottom MIN v(m) from=20m to=90m"),
        spice: "the same",
    },
    Entry {
        name: "pp",
        form: ".meas tran name PP signal [from=t to=t]",
        about: "Greatest less least value.",
        example: neuron!(".meas tran swing PP v(m) from=20m"),
        spice: "the same",
    },
    Entry {
        name: "avg",
        form: ".meas tran name AVG signal [from=t to=t]",
        about: "Mean over time, an integral in closed form.",
        example: neuron!(".meas tran mean AVG v(m)"),
        spice: "the same",
    },
    Entry {
        name: "rms",
        form: ".meas tran name RMS signal [from=t to=t]",
        about: "Root of the mean square over time.",
        example: neuron!(".meas tran rms RMS i(R1)"),
        spice: "the same",
    },
    Entry {
        name: "integ",
        form: ".meas tran name INTEG signal [from=t to=t]",
        about: "Integral over time (units of the signal times s). A charge that passes in no time counts.",
        example: neuron!(".meas tran charge INTEG i(R1)"),
        spice: "the same",
    },
    Entry {
        name: "max_at",
        form: ".meas tran name MAX_AT signal [from=t to=t]",
        about: "When a signal is greatest (s), the first time of several.",
        example: neuron!(".meas tran when MAX_AT v(m)"),
        spice: "the same in ngspice",
    },
    Entry {
        name: "min_at",
        form: ".meas tran name MIN_AT signal [from=t to=t]",
        about: "When a signal is least (s).",
        example: neuron!(".meas tran when MIN_AT v(m) from=20m"),
        spice: "the same in ngspice",
    },
    Entry {
        name: "energy",
        form: ".meas tran name ENERGY element [from=t to=t]",
        about: "Energy that an element takes (J).",
        example: neuron!(".meas tran heat ENERGY R1"),
        spice: "INTEG of v * i",
    },
    Entry {
        name: "power",
        form: ".meas tran name POWER element [from=t to=t]",
        about: "Mean power that an element takes (W).",
        example: neuron!(".meas tran heat POWER N1"),
        spice: "AVG of v * i",
    },
    Entry {
        name: "trig",
        form: ".meas tran name TRIG v(a)=0.5 RISE=1 [TD=t] TARG v(b)=0.5 FALL=1 [TD=t]",
        about: "Time (s) from one crossing to another; `AT=t` in place of a crossing. RISE, FALL and CROSS count from 1, or LAST.",
        example: neuron!(".meas tran period TRIG v(m)=0.2 RISE=1 TARG v(m)=0.2 RISE=2"),
        spice: "the same",
    },
    Entry {
        name: "find",
        form: ".meas tran name FIND signal WHEN v(b)=0.5 RISE=1  or  FIND signal AT=t",
        about: "A signal's value at a crossing or a time.",
        example: neuron!(".meas tran there FIND i(R1) AT=5m"),
        spice: "the same",
    },
    Entry {
        name: "deriv",
        form: ".meas tran name DERIV signal WHEN v(b)=0.5 RISE=1  or  DERIV signal AT=t",
        about: "A signal's slope (per s) at a crossing or a time.",
        example: neuron!(".meas tran slope DERIV v(m) AT=5m"),
        spice: "the same",
    },
    Entry {
        name: "when",
        form: ".meas tran name WHEN v(a)=0.5 [RISE=1|FALL=1|CROSS=1] [TD=t]",
        about: "When a signal crosses a level, or another signal (s).",
        example: neuron!(".meas tran first WHEN v(m)=0.2 RISE=1"),
        spice: "the same",
    },
    Entry {
        name: "param",
        form: ".meas tran name PARAM='expression'",
        about: "A number from earlier measurements, or from signals at the end of the run.",
        example: neuron!(".meas tran n SPIKES N1\n.meas tran rate PARAM='n / 0.1'"),
        spice: "the same",
    },
    Entry {
        name: "spikes",
        form: ".meas tran name SPIKES device [from=t to=t]",
        about: "How often a device turns on, or a net rises. `n[0:9] SPIKES xlif[0:9].n1` are ten.",
        example: neuron!(".meas tran n SPIKES N1"),
        spice: "none; count of crossings",
    },
    Entry {
        name: "first_spike",
        form: ".meas tran name FIRST_SPIKE device [from=t to=t]",
        about: "When it does so first (s).",
        example: neuron!(".meas tran latency FIRST_SPIKE N1"),
        spice: "WHEN",
    },
    Entry {
        name: "frequency",
        form: ".meas tran name FREQUENCY device [from=t to=t]",
        about: "Spike rate (Hz) by the paper's rule: (spikes - 1) / (last spike - first spike).",
        example: neuron!(".meas tran rate FREQUENCY N1 from=10m"),
        spice: "none",
    },
    Entry {
        name: "energy_per_spike",
        form: ".meas tran name ENERGY_PER_SPIKE device [from=t to=t]",
        about: "Energy that a device takes, for each of its spikes (J).",
        example: neuron!(".meas tran cost ENERGY_PER_SPIKE N1"),
        spice: "none",
    },
    Entry {
        name: "argmax",
        form: ".meas tran name ARGMAX measurements[0:9]",
        about: "Index of the greatest of earlier measurements, of equal ones the first.",
        example: "V1 a 0 1\nR[0:1] a m[0:1] 1Meg\nC[0:1] m[0:1] 0 47n\nN[0:1] m[0:1] 0 zno\n.model zno ts_memristor()\n.tran 50m\n.meas tran n[0:1] SPIKES N[0:1]\n.meas tran most ARGMAX n[0:1]",
        spice: "none",
    },
];
