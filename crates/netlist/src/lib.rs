//! SPICE decks to circuits.
//!
//! Text becomes lines (comments gone, continuations joined), lines become a syntax tree that
//! knows the place of everything, and [`Deck::elaborate`] turns that into a
//! [`memspike_circuit::Circuit`]: parameters evaluated, subcircuits flattened to hierarchical
//! names (`x1.n1`), everything in lower case. A card that cannot be read is reported and left
//! out, so that one run reports every error ([`Report`]).
//!
//! # The language, where simulators differ
//! - The first line is the title, always. Included files have none.
//! - Comments: a line that begins with `*`; `;` anywhere; `$` and `//` after white space (`$` also
//!   before white space), as in ngspice. A `$` inside a word is part of a name.
//! - Comparisons, `==` and `!=` among them, bind alike and group from the left, as in ngspice.
//! - `^` and `**` are powers; they group from the left and bind tighter than a sign, as in
//!   ngspice's parameters: `2^3^2` is 64, `-2^2` is -4. LTspice reads `^` as exclusive or. A negative
//!   base has no value unless the exponent is even, because ngspice takes its magnitude: write
//!   `pow(x,y)`, or `pwr(x,y)` for the magnitude.
//! - `log` is the natural logarithm, `pwr(x,y)` is `|x|^y`, `int` cuts towards zero.
//! - `1M` is a thousandth and `1F` is a femto, as everywhere in SPICE, with a warning. `2k2`,
//!   `1meg5` and `1a`, which ngspice reads in silence as something else, are errors.
//! - `gauss(nom,rel,sigma)`, `agauss(nom,abs,sigma)`, `unif(nom,rel)`, `aunif(nom,abs)`: a draw
//!   depends on the seed, the full name of the parameter, model or element that it stands in, and
//!   how many draws came before it there. One model card is one draw for all its devices; a model
//!   inside a subcircuit is drawn for each instance.
//! - PULSE: a rise or fall of zero is zero. A width, period or count of zero or left out: the rest
//!   of the run, one pulse, for ever (ngspice 39).
//! - SIN: a frequency of zero or left out is one period a run. Negative times, frequencies and
//!   damping are errors.
//! - A sign between an operator and a power (`2*-3^2`) is an error: simulators differ.
//! - `.tran stop` and `.tran step stop start max` are both read; step and max never step anything.
//!   Measurements without `from=` begin at `start`.
//! - Parameters of a subcircuit are looked for in the instance, then where the subcircuit is
//!   defined, not where it is used.
//! - Vectors: `Xosc[0:783] pix[0:783] row[0:783] vdd neuron` is an element for each index, up or
//!   down; a node with a range gives each the node at its position (`pix[0]`), one without is
//!   shared. Every kind of element takes a range, `.ic` and `.save` take them on nodes. In the
//!   expressions of such a card `index` is the element's own; inside a subcircuit it is not known.
//! - `.step`: the first line varies fastest, as in LTspice.
//! - `.mc n`: each point of `.step` is run `n` times with other draws. A sample draws the same at
//!   every point; `n` is no expression with random parts.
//! - `.control` blocks, `.options`, `.temp`, `.print` and their like are skipped with a warning.

mod code;
mod cursor;
mod deck;
mod diagnostic;
mod elaborate;
mod expression;
mod finding;
mod line;
mod load;
mod number;
mod parse;
mod source;
mod syntax;
mod vector;

pub use code::{Code, Severity};
pub use deck::{Deck, Elaborated, MeasureCard, StepPoint, Tran};
pub use diagnostic::{Diagnostic, Report};
pub use expression::{EvalError, Expression};
pub use number::{NumberError, parse_number};
