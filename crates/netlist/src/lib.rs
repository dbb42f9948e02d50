//! SPICE decks to circuits.
//!
//! Text becomes lines (comments gone, continuations joined), lines become a syntax tree that
//! knows the place of everything, and [`Deck::elaborate`] turns that into a
//! [`memspike_circuit::Circuit`]: parameters evaluated, subcircuits flattened to hierarchical
//! names (`x1.n1`), everything in lower case. A card that cannot be read is reported and left
//! out, so that one run reports every error ([`Report`]).
//!
//! # The language, where simulators differ
//! - The first line is the title, always. Included files have none. Files are UTF-8, UTF-16 with its mark, or Latin-1.
//! - A card goes on where the next line begins with `+`, or where its own ends with `\` or `\\`.
//! - Comments: a line that begins with `*`; `;` anywhere; `$` and `//` after white space (`$` also
//!   before white space), as in ngspice. A `$` inside a word is part of a name.
//! - Comparisons, `==` and `!=` among them, bind alike and group from the left, as in ngspice.
//! - `^` and `**` are powers; they group from the left and bind tighter than a sign, as in
//!   ngspice's parameters: `2^3^2` is 64, `-2^2` is -4. LTspice reads `^` as exclusive or. A negative
//!   base has no value unless the exponent is even, because ngspice takes its magnitude: write
//!   `pow(x,y)`, or `pwr(x,y)` for the magnitude.
//! - `log` is the natural logarithm, `pwr(x,y)` is `|x|^y`, `int` cuts towards zero, `%` has the sign of its left side.
//!   `limit(x,a,b)` is the value of the three in the middle, as in LTspice; ngspice's random `limit` is not read.
//! - `.func f(x,y) {x*y+k}` and `.param f(x,y)='x*y+k'` define functions, known in the subcircuit that they stand in, whatever
//!   the order of lines. A call is as if the text were there: a draw in an argument is made for each mention.
//! - A bare name where a value stands is that of a parameter: `R1 a b rload`, `PULSE(0 vdd 0 1n 1n 1m 2m)`.
//! - `1M` is a thousandth and `1F` is a femto, as everywhere in SPICE, with a warning. `2k2`,
//!   `1meg5` and `1a`, which ngspice reads in silence as something else, are errors.
//! - `gauss(nom,rel,sigma)`, `agauss(nom,abs,sigma)`, `unif(nom,rel)`, `aunif(nom,abs)`: a draw
//!   depends on the seed, the full name of the parameter, model or element that it stands in, and
//!   how many draws came before it there. One model card is one draw for all its devices; a model
//!   inside a subcircuit is drawn for each instance.
//! - PULSE: a rise or fall of zero is zero. A width, period or count of zero or left out: the rest
//!   of the run, one pulse, for ever (ngspice 39). Time counts from the delay modulo the period, as in ngspice: a pulse that is
//!   longer than its period is cut where the next begins, with a warning, and a delay below zero is a phase.
//! - EXP takes all six values, because ngspice puts its print step for those left out, and for a rise delay of zero.
//! - `PWL(...) r=1m td=2m`: time goes back to the point at 1 ms after the last one; all of it 2 ms later. `PWL(file="x.txt")`
//!   reads the points from a file of times and values.
//! - SIN: a frequency of zero or left out is one period a run; a delay below zero is a phase, as in ngspice. Other
//!   negative times, frequencies and damping are errors.
//! - A source without a value is one of 0, with a warning.
//! - R and C: `tc1= tc2= tc=a,b tce= temp= dtemp= m= scale=` on the card, `tc1 tc2 tce tnom` and a default value in a `.model`
//!   of kind `r` or `c` (or `l= w=` on the card and `rsh`, or `cj cjsw`, `defw narrow short` in the model, also as `w` and `dw`, and `l` or `defl`;
//!   a size counts before the model's value), by ngspice's law: the value times `1 + tc1 dT + tc2 dT^2` times `scale`; `m` of them side by side. The
//!   circuit's temperature is that of `.temp` or `.options temp=`, or else 27 C; other elements do not depend on it, and devices say so.
//!   A value on the card beside one in its model, which PSpice multiplies and ngspice does not, counts, with a warning.
//! - `L1 a b 1m ic=0` and `K1 L1 L2 0.98`: inductors, and the factor that couples them, or each pair of more than two. A factor of
//!   one is an ideal transformer with a magnetising current; `ic=` is a current.
//! - What passes in no time, the charge of a capacitor where its voltage jumps or the flux of an inductor where its current does, counts in `INTEG`
//!   and `AVG` of the current or voltage; `MAX`, `RMS` and waveforms do not show it.
//! - `.model x vswitch(von=1 voff=0.2)`: a switch at the middle without hysteresis, with a warning, because PSpice's changes
//!   continuously; with `vt` and `vh` it is an `sw`, and so it is with `.options vswitch=hysteresis`, on at `von` and off at
//!   `voff`. Below `von < voff` it is the one that is on at low voltages.
//! - `W1 plus minus V1 x`: a switch that the current of a voltage source controls, with a `.model` of kind `csw(it= ih=)` or
//!   `iswitch(ion= ioff=)`, which say in amperes what `sw` and `vswitch` say in volts.
//! - `B1 a b V={...}`, `B1 a b I={...}`, `E1 a b VALUE={...}` (or `vol=`), `G1 a b VALUE={...}` (or `cur=`), in braces, quotes or
//!   neither: sources that follow what the expression says of voltages `v(a)`, `v(a,b)` and of currents `i(V1)` of voltage sources
//!   (V, E, H, B with `V=`). Sums of these, each times a number or parameter, are linear and exact. `abs`, `max`, `min`, `limit`, `uramp`, `u2`, `gt0`, `ge0`, `lt0`, `le0`,
//!   `table(x, x1,y1, ...)`, `pwl(...)`, conditions with `<`, `<=`, `>`, `>=`, `&&`, `||`, `!` (`if(c,a,b)`, `c ? a : b`, or as a
//!   number, 1 or 0) are straight lines between corners, and a corner is an event like the switching of a device. `table`
//!   is constant beyond its points, `pwl` goes on, as in ngspice. A comparison holds on its level as it says. `temp` and `temper` are the
//!   circuit's temperature there; parts may have braces or quotes of their own, and `|` and `&` are `||` and `&&`, as in PSpice.
//!   What is not piecewise linear, or changes with time by itself, is an error.
//! - `F1 a b V1 gain` and `H1 a b V1 ohms` follow the current of a voltage source. `POLY(n)` of E, F, G and H is read as far as it is
//!   linear; of a single coefficient ngspice makes a constant and SPICE2 a gain, so that it is an error.
//!   `E1 a b TABLE {v(x)} = (0,0) (1,2)` and the same of G is `table`, with sharp corners; ngspice rounds them.
//! - A source whose current something follows is no border between parts of the circuit that are solved on their own, and
//!   cannot hold the row of an array.
//! - A sign between an operator and a power (`2*-3^2`) is an error: simulators differ.
//! - `.tran stop` and `.tran step stop start max` are both read; step and max never step anything.
//!   Measurements without `from=` begin at `start`.
//! - A port called `0` or `gnd` is ground; a connection to it has no effect, which is warned of if it is not ground. A node
//!   with one pin is a warning, unless nothing says its voltage.
//! - `.lib file section` reads what stands between `.lib section` and `.endl` there, `.lib file` what stands in no section.
//! - Parameters of a subcircuit are looked for in the instance, then where the subcircuit is
//!   defined, not where it is used.
//! - Vectors: `Xosc[0:783] pix[0:783] row[0:783] vdd neuron` is an element for each index, up or
//!   down; a node with a range gives each the node at its position (`pix[0]`), one without is
//!   shared. Every kind of element takes a range, `.ic` and `.save` take them on nodes. In the
//!   expressions of such a card `index` is the element's own; inside a subcircuit it is not known. What
//!   stands in each of several instances is `xlif[0:9].n1`. A subcircuit may have ranges among its ports,
//!   `.subckt layer row[0:783] mem[0:9]`; one instance of it takes the nodes of ranges one after another.
//! - `.model lif ako:zno ts_memristor(unipolar=1)`: a kind of another model, with its parameters
//!   where the card is silent, as in PSpice and LTspice. The kind may be left out. Parameters mean what
//!   they mean where their own card stands.
//!
//! # Digital nodes, as XSPICE has them
//! - `A1 [a b] q both` with `.model both d_and(rise_delay=2n)`: digital blocks between nets; what an `A` is, its model says
//!   ([`memspike_digital::KINDS`], `d_source(input_file="x.txt")` and the bridges). `[` after white space begins a list of
//!   ports, attached to a name it is a range: `[q[7:0] r]`. `~q` is the opposite of a net, `null` leaves an optional port open,
//!   `%v`, `%d` and `%vd(plus minus)` may stand before a port. A net is 0, 1 or unknown; strengths are read without effect,
//!   because one thing alone drives a net. Open inputs that may be open are zero.
//! - `A1 [mem] [q] reads` with `.model reads adc_bridge(in_low=0.1 in_high=0.9)`: a net follows a voltage; both levels are
//!   crossings that are solved for. `A1 [q] [out] gives` with `.model gives dac_bridge(out_low=0 out_high=1 t_rise=1n)`: a
//!   voltage source follows a net on straight lines, each with the slope between the two voltages. All delays and edges are
//!   1 ns where a card is silent, as in XSPICE; zero is allowed. `d_osc(cntl_array=[0 1] freq_array=[1k 2k])`: an oscillator that
//!   a voltage controls.
//! - `A1 [n1 x2.n1] [s1 s2] taps` with `.model taps spike_bridge(width=1u)`: a pulse for each spike of a device.
//! - `A1 [clk l[7:0]] [out] null m` with `.model m d_cosim(simulation="./pwm")`: a module of Verilog, `pwm.v` or `pwm.sv` beside the
//!   deck, or `verilog="a.v b.v" top="pwm"`, run by Verilator (5 or later), or by Icarus Verilog with
//!   `simulator="icarus"`, which knows x and z. Bits go in the order of its ports, the most significant first;
//!   outputs follow 1 ns later, or `delay=`. Under Verilator an unknown input keeps the last level that was known, zero at first. Delays and clocks
//!   within the Verilog are its own; after `$finish` it stays as it is, `$stop`, `$fatal` and failed assertions end the run with its words. What it
//!   prints goes to standard error.
//! - `A1 tick null [s[0:783]] [out[0:9]] core` with `.model core lif_core(weights="w.npy" threshold=10 retention=0.98)`: a quantised core of
//!   LIF neurons, the one that `memspike export-verilog` makes of the same numbers. A rising edge of an input is a spike, one of `tick` ends the time
//!   step, and what fires is one until `tick` falls; a rising edge of the second port, which may be open, sets everything to zero.
//! - A net with the name of a node is bridged, with a warning, as in ngspice: from 0 to `vcc`, 3.3 V without such a parameter.
//! - Delays are transport delays: a change that is due takes back those that were due later. Two of one output that are due at
//!   the same instant are the later one, where XSPICE shows both. A control of a flip-flop or latch that is unknown is not active,
//!   as in XSPICE. `clock`, `one_shot` and `counter` are ours; edge k of a clock is at k / freq, rounded once.
//! - At time zero everything rests: levels follow from `ic` of flip-flops and from the voltages at rest, and what a loop without
//!   memory would give is unknown.
//! - `spikes`, `first_spike` and `frequency` of a net are those of its rising edges. `.save v(q)` means a net, too; without `.save` all are shown. In VCD nets `q[0]` to `q[7]` are one bus.
//!
//! # At rest
//! - `.op`, `.dc` and `.ac`, each at most once, with `.tran` or without, also in `.control`. They show what `.save` names, else all voltages
//!   and the currents of sources of voltage, inductors and devices. Where a source has both, they take `DC`, and `.tran` takes the function.
//! - `.dc V1 0 5 0.1 R2 1k 3k 1k`: nested sweeps of sources, resistors, inductors and capacitors, the first the fastest; `dec`, `oct`, `list` as
//!   in `.step`. Each point is exact. Devices with hysteresis keep the state of the last point, and begin as before a run where
//!   the fastest sweep begins, as in ngspice.
//! - A sweep is quasi-static: at each point a memristor has all the time that its filament takes. It is on where its voltage, as it is
//!   while it is off, is above `von`, until its voltage is at `vhold` or below. Switches and corners settle
//!   before a filament moves; of several memristors beyond their thresholds at one point all switch. Where the circuit never comes
//!   to rest, as a neuron does, the point has no values, which is warned of. In `.op` and `.ac` memristors are as before a run.
//! - `.ac dec 10 1 1meg` (`oct`, `lin`, `list`): amplitudes where sources swing by their `AC magnitude phase` (degrees) around the operating
//!   point; devices, and laws with corners, are as they are there.
//! - `.ic` does not hold nodes there.
//!
//! # What no other simulator has
//! - `N1 plus minus model`: a device whose own voltage switches it ([`memspike_device::MODELS`]).
//! - `V1 row 0 SPIKE(N1 high width low) mode=deaf`: a pulse at a spike of a device. A spike within a pulse
//!   is not heard, one exactly at its end starts the next. With `mode=retrigger` a spike within a pulse makes it
//!   end one width later than that spike. With `delay=1m` a spike is heard so much later, to the femtosecond. `V[0:9] row[0:9] 0
//!   SPIKE(X[0:9].N1 2 400u)` is a driver for each index, which follows the device at its position; a device without
//!   range is shared. One driver without range, `Vinh inh 0 SPIKE(X[0:9].N1 -1 1m)`, hears any of the range.
//! - `V1 in 0 SWEEP(step dwell v0 v1 ...) repeat=n`, `compliance=10u` on any `V`: a source-measure unit.
//! - `.options repetition={picture}`: a run is one of several that the same devices go through, such as the images that a
//!   network is shown. What varies from device to device stays, what varies from cycle to cycle and the read noise of arrays are drawn anew.
//! - `Vpix[0:783] pix[0:783] 0 IMAGE("digits.idx" low high) number=7`: pixels of an image, from `low` for 0
//!   to `high` for 255. The file is IDX, plain or compressed, PNG or `.npy`; a source's index says which pixel it is,
//!   from 0, row by row.
//! - `A1 row[0:783] mem[0:9] model weights="w.npy"`, `.model model crossbar(gmax=1u rrow=1 ...)`: a
//!   crossbar array with the amplifiers of its columns. Each weight is a pair of devices, whose columns end at
//!   virtual grounds; `gain` times the difference of their currents flows into the column's node. `V`
//!   sources without compliance must hold the rows. `i(A1[2])` is the current of a column, `i(A1.row[5])` what a row takes.
//!   A `.csv` that begins with the line `row,column,weight` lists the weights of some places, counted from 0; the others have
//!   no devices, and take no memory. Read noise is drawn once a run. The flaws are those of [`memspike_crossbar::Config`].
//! - `.meas tran n[0:9] spikes xlif[0:9].n1`, `first_spike`, `frequency` (the paper's rule),
//!   `energy_per_spike`; `.meas tran class argmax n[0:9]`: the index of the greatest, of equal ones the
//!   first.
//!
//! - `.save v(mem[0:3]) i(r*) spike(xlif[*].n1) state(*) filament(n1)`: what waveform files show; names
//!   may have `*`, `?` and a range. Without `.save` that is every voltage, and all of every device.
//!
//! # Runs
//! - `.step`: the first line varies fastest, as in LTspice. It names a parameter (`param x`, or `x` alone), an element with a value
//!   (`V1`, `R1`, `C1`, `L1`, as Xyce also `R1:R`, and `V1:VA` of a function) or the temperature, `temp`.
//! - `.meas`: signals, and what `{...}`, `'...'`, `par('...')` or an expression without them make of signals: sums, each times a number, and
//!   products of two, as in `INTEG v(out)*i(R1)`. `INTEG`, `AVG` and `FIND` take products, the others sums; crossings are those of one signal or of
//!   a difference of two voltages. `energy R1` and `power R1` are the integral and the mean of what an element takes, `INTEG p(R1)` as well. `MAX_AT`
//!   and `MIN_AT` are instants. Windows are `from= to=` or `td=`, of crossings too. `minval=` and the like have no effect.
//! - `.mc n`: each point of `.step` is run `n` times with other draws. A sample draws the same at
//!   every point; `n` is no expression with random parts.
//! - Of `.control` blocks the first `tran` is read if the deck has no `.tran`, `meas`, `let` and `set` of a number (as `$x` or
//!   `$&x` in these; `let` of an expression of numbers and parameters too), `alterparam` before the run, and the first `op`, `dc` and `ac`. If
//!   nothing else is asked for, the first analysis in a loop is run once. The rest, loops included, is named in one warning.
//! - `.options temp` and `tnom` are obeyed; other options, `.nodeset`, `.print` and their like are named in one warning.

mod card;
mod code;
mod control;
mod cursor;
mod data;
mod deck;
mod diagnostic;
mod elaborate;
mod expression;
mod finding;
mod library;
mod line;
mod load;
pub mod manual;
mod memory;
mod number;
mod parse;
mod pattern;
mod points;
mod source;
mod survey;
mod syntax;
mod text;
mod typing;
mod vector;
mod vectors;

pub use card::{Card, Cards};
pub use code::{Code, Severity};
pub use deck::{Analysis, AtRest, Deck, Elaborated, MeasureCard, StepPoint, Sweep, Tran};
pub use diagnostic::{Diagnostic, Report};
pub use elaborate::Saved;
pub use expression::{EvalError, Expression};
pub use memory::{Free, short_of, shown};
pub use number::{NumberError, parse_number};
pub use survey::{Dialect, Note, Survey, survey};
pub use text::decode;
