//! Elements, by their letter.

use super::Entry;

/// Every element.
pub const ELEMENTS: &[Entry] = &[
    Entry {
        name: "r",
        form: "R1 plus minus 10k [model] [tc1= tc2= tce= temp= dtemp= scale= m= l= w=]",
        about: "Resistor (ohm). With a model or `tc1`, `tc2` (1/K, 1/K^2), `tce` (%/K) its value depends on the temperature; `m` are side by side.",
        example: "V1 a 0 1\nR1 a b 10k tc1=1m\nR2 b 0 2k m=2",
        spice: "the same",
    },
    Entry {
        name: "c",
        form: "C1 plus minus 47n [model] [ic=0.1] [tc1= tc2= temp= dtemp= scale= m= l= w=]",
        about: "Capacitor (F). `ic` is its voltage (V) at time zero where `.tran` says `uic`.",
        example: "V1 a 0 1\nR1 a b 1Meg\nC1 b 0 47n ic=0.1\n.tran 100m uic",
        spice: "the same",
    },
    Entry {
        name: "l",
        form: "L1 plus minus 1m [model] [ic=0] [tc1= tc2= temp= dtemp= scale= m=]",
        about: "Inductor (H). `ic` is its current (A) at time zero where `.tran` says `uic`. Its current can be measured and followed: `i(L1)`.",
        example: "V1 a 0 1\nR1 a b 10\nL1 b 0 1m",
        spice: "the same",
    },
    Entry {
        name: "k",
        form: "K1 L1 L2 [L3 ...] 0.98",
        about: "Couples inductors, each pair of several, by a factor up to 1; a factor of 1 is an ideal transformer with a magnetising current.",
        example: "V1 a 0 SIN(0 1 1k)\nR1 a b 10\nL1 b 0 1m\nL2 c 0 4m\nK1 L1 L2 0.98\nR2 c 0 50",
        spice: "the same",
    },
    Entry {
        name: "v",
        form: "V1 plus minus [DC] 5 [FUNCTION(...)] [AC 1 0] [compliance=10u]",
        about: "Voltage source (V): a constant, a function of time (see there), or both, where `.op`, `.dc` and `.ac` take the constant. `compliance` (A) limits its current on both sides, as a source-measure unit does. Its current `i(V1)` can be measured and followed; it flows from plus through the source to minus.",
        example: "V1 a 0 PULSE(0 1 0 1u 1u 0.4m 1m) compliance=10u\nR1 a 0 1k",
        spice: "the same, without compliance",
    },
    Entry {
        name: "i",
        form: "I1 from to [DC] 1u [FUNCTION(...)] [AC 1 0] [m=1]",
        about: "Current source (A), from its first node through itself to the second.",
        example: "I1 0 a 1u\nR1 a 0 1Meg\nC1 a 0 47n",
        spice: "the same",
    },
    Entry {
        name: "b",
        form: "B1 plus minus V={expression}  or  B1 plus minus I={expression} [m=1]",
        about: "Source that follows an expression of voltages `v(a)`, `v(a,b)` and of currents `i(V1)`. It may be linear, or piecewise linear by `abs`, `max`, `min`, `limit`, `table`, `pwl` and conditions; every corner is an event that is solved for. What is not piecewise linear is an error.",
        example: "V1 a 0 SIN(0 1 1k)\nR1 a 0 1k\nB1 b 0 V={max(v(a), 0.2)}\nR2 b 0 1k",
        spice: "the same, of any expression",
    },
    Entry {
        name: "e",
        form: "E1 plus minus c+ c- gain  or  E1 plus minus VALUE={...}  or  E1 plus minus TABLE {v(x)} = (0,0) (1,2)",
        about: "Voltage that follows a voltage, by a gain (V/V), an expression as of B, a table with sharp corners, or POLY(n) as far as it is linear.",
        example: "V1 a 0 1\nR1 a 0 1k\nE1 b 0 a 0 10\nR2 b 0 1k",
        spice: "the same",
    },
    Entry {
        name: "f",
        form: "F1 from to V1 gain [m=1]",
        about: "Current that follows the current of a voltage source, by a gain (A/A).",
        example: "V1 a 0 1\nR1 a 0 1k\nF1 0 b V1 2\nR2 b 0 1k",
        spice: "the same",
    },
    Entry {
        name: "g",
        form: "G1 from to c+ c- siemens [m=1]  or  G1 from to VALUE={...}  or  TABLE",
        about: "Current that follows a voltage, by a conductance (S), an expression as of B, or a table.",
        example: "V1 a 0 1\nR1 a 0 1k\nG1 0 b a 0 1m\nR2 b 0 1k",
        spice: "the same",
    },
    Entry {
        name: "h",
        form: "H1 plus minus V1 ohms",
        about: "Voltage that follows the current of a voltage source, by a resistance (ohm).",
        example: "V1 a 0 1\nR1 a 0 1k\nH1 b 0 V1 500\nR2 b 0 1k",
        spice: "the same",
    },
    Entry {
        name: "s",
        form: "S1 plus minus c+ c- model [on|off]  or  S1 plus minus model control={expression}",
        about: "Switch that a voltage controls, of a model `sw` or `vswitch`; `on` is its state at time zero where the control leaves it open.",
        example: "V1 c 0 SIN(0 1 1k)\nV2 a 0 1\nS1 a b c 0 s off\nR1 b 0 1k\n.model s sw(vt=0.5 vh=0.1 ron=1 roff=1Meg)",
        spice: "the same",
    },
    Entry {
        name: "w",
        form: "W1 plus minus V1 model [on|off]",
        about: "Switch that the current of a voltage source controls, of a model `csw` or `iswitch`.",
        example: "V1 c 0 SIN(0 1 1k)\nR0 c 0 1k\nV2 a 0 1\nW1 a b V1 s\nR1 b 0 1k\n.model s csw(it=0.5m ih=0.1m roff=1Meg)",
        spice: "the same",
    },
    Entry {
        name: "n",
        form: "N1 plus minus model",
        about: "Device that its own voltage switches, such as a diffusive memristor of a model `ts_memristor`. Its spikes, state and filament can be measured, saved and heard.",
        example: "V1 a 0 1\nR1 a m 1Meg\nC1 m 0 47n\nN1 m 0 zno\n.model zno ts_memristor()\n.tran 50m",
        spice: "none; `memspike export-spice` writes a subcircuit of standard elements",
    },
    Entry {
        name: "a",
        form: "A1 [row nodes] [column nodes] model weights=\"w.npy\"  or  A1 ports model",
        about: "A crossbar array of a model `crossbar`, with the amplifiers of its columns: into each column's node flows `gain` times the difference of the currents of a pair of devices for each weight. Or a digital block, bridge, core, network or module of Verilog between nets, as its model says; a list of nets is in brackets, `~` inverts a net, `null` leaves an optional port open.",
        example: "V1 a 0 SIN(0.5 0.5 1k)\nA1 [a] [q] sees\nA2 [q] [b] gives\nR1 b 0 1k\n.model sees adc_bridge(in_low=0.4 in_high=0.6)\n.model gives dac_bridge(out_high=3.3)",
        spice: "XSPICE code models",
    },
    Entry {
        name: "x",
        form: "X1 node [node ...] name [parameter=value ...]",
        about: "Instance of a subcircuit. What is inside is named `x1.n1`. `X[0:9] in[0:9] out[0:9] cell` are ten.",
        example: "V1 a 0 1\nX1 a b divider top=2k\nR1 b 0 1Meg\n.subckt divider in out top=1k\nR1 in out {top}\nR2 out 0 1k\n.ends",
        spice: "the same, without ranges",
    },
];
