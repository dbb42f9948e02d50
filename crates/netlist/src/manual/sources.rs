//! Functions of time of sources.

use super::Entry;

/// Every function of a `V` or `I`.
pub const SOURCES: &[Entry] = &[
    Entry {
        name: "pulse",
        form: "PULSE(low high [delay [rise [fall [width [period [count]]]]]])",
        about: "Pulses (V or A, s). A rise or fall of zero takes no time; a width, period or count of zero or left out is the rest of the run, one pulse, for ever. A delay below zero is a phase.",
        example: "V1 a 0 PULSE(0 1 0.1m 1u 1u 0.2m 0.5m 1)\nR1 a 0 1k",
        spice: "the same; there an edge of zero takes the print step",
    },
    Entry {
        name: "pwl",
        form: "PWL(t1 v1 t2 v2 ...) [r=t] [td=t]  or  PWL(file=\"points.txt\")",
        about: "Straight lines between points (s; V or A), constant beyond them. `r` goes back to the point at that time after the last one, `td` shifts all.",
        example: "V1 a 0 PWL(0 0 0.2m 1 0.4m 0) r=0 td=0.1m\nR1 a 0 1k",
        spice: "the same",
    },
    Entry {
        name: "sin",
        form: "SIN(offset amplitude [frequency [delay [damping [phase]]]])",
        about: "Sine (V or A, Hz, s, 1/s, degrees). A frequency of zero or left out is one period a run; a delay below zero is a phase.",
        example: "V1 a 0 SIN(0 1 1k 0 100 90)\nR1 a 0 1k",
        spice: "the same",
    },
    Entry {
        name: "sine",
        form: "SINE(...)",
        about: "The same as SIN.",
        example: "V1 a 0 SINE(0 1 1k)\nR1 a 0 1k",
        spice: "the same",
    },
    Entry {
        name: "exp",
        form: "EXP(low high rise_delay rise_tau fall_delay fall_tau)",
        about: "An exponential up and one down (V or A, s). All six values are needed, because simulators differ in what they put for one that is left out.",
        example: "V1 a 0 EXP(0 1 0 50u 0.5m 50u)\nR1 a 0 1k",
        spice: "the same",
    },
    Entry {
        name: "sweep",
        form: "SWEEP(step dwell v0 v1 [v2 ...]) [repeat=n]",
        about: "A staircase of a source-measure unit: from v0 to v1 to v2 in steps (V), each held for the dwell time (s), `repeat` times.",
        example: "V1 a 0 SWEEP(0.1 10u 0 1 0) repeat=2\nR1 a 0 1k",
        spice: "PWL of every corner",
    },
    Entry {
        name: "spike",
        form: "SPIKE(device high width [low]) [mode=deaf|retrigger] [delay=t]",
        about: "A pulse from `low` (0 if left out) to `high` (V) of a width (s) at each spike of a device, or of any of a range of devices. A spike within a pulse is not heard, or with `mode=retrigger` makes it end one width later. `delay` (s) is from the spike to its pulse.",
        example: "V1 a 0 1\nR1 a m 1Meg\nC1 m 0 47n\nN1 m 0 zno\nV2 row 0 SPIKE(N1 2 400u) delay=1m\nR2 row 0 1Meg\n.model zno ts_memristor()\n.tran 50m",
        spice: "none",
    },
    Entry {
        name: "image",
        form: "IMAGE(\"images.idx\" low high) number=n",
        about: "A pixel of an image of an IDX file, plain or compressed, of a PNG file (one image, number 0; colours become grey by ITU-R BT.601: 0.299 red + 0.587 green + 0.114 blue, of 16 bits the nearest of 256 levels), or of a `.npy` array (images, rows, columns), from `low` (V) for 0 to `high` for 255. The index of a source says which pixel it is, row by row.",
        example: "Vpix[0:783] pix[0:783] 0 IMAGE(\"digits.idx\" 0 2) number=3\nR[0:783] pix[0:783] 0 1Meg",
        spice: "none",
    },
];
