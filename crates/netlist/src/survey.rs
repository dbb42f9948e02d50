//! What a deck is made of, and what of it another simulator reads otherwise: before anything is checked.

use std::collections::BTreeMap;
use std::path::Path;

use crate::diagnostic::Report;
use crate::line::Line;
use crate::load;
use crate::source::Sources;

/// The simulator that a deck was written for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// ngspice.
    Ngspice,
    /// LTspice.
    Ltspice,
    /// PSpice.
    Pspice,
}

/// What a deck is made of.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Survey {
    /// Cards by what they begin with, an element's letter or a command with its dot, those of included files among them.
    pub cards: BTreeMap<String, usize>,
    /// What that simulator reads otherwise, each once, at its first place.
    pub notes: Vec<Note>,
}

/// A difference between simulators.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// `deck.cir:3`, where it is met first.
    pub place: String,
    /// What the other simulator does, and what is done here.
    pub message: &'static str,
    /// What to write so that both agree.
    pub help: &'static str,
}

/// A difference: of which simulator, the letters of its cards (a dot for commands), a word in them, and what is told.
type Difference = (Dialect, &'static str, &'static str, &'static str, &'static str);

const DIFFERENCES: &[Difference] = &[
    (
        Dialect::Ngspice,
        "beg",
        "table",
        "ngspice rounds the corners of a table; here they are sharp",
        "nothing: the difference is small where points are far apart",
    ),
    (
        Dialect::Ngspice,
        "begrcv.",
        "gauss",
        "random numbers are drawn by seed and name here, not by ngspice's generator",
        "compare statistics over .mc, not single runs",
    ),
    (
        Dialect::Ngspice,
        "vi",
        "pulse",
        "a rise or fall of zero is zero here, and one print step in ngspice",
        "write the rise and the fall that are meant, such as 1n",
    ),
    (
        Dialect::Ltspice,
        "begrc.",
        "^",
        "LTspice reads ^ as exclusive or; here it is a power",
        "write ** for a power, and conditions with & and |",
    ),
    (
        Dialect::Ltspice,
        "l",
        "",
        "LTspice puts 1 mOhm in series with an inductor; here there is none",
        "write a resistor in series if it matters: R1 a b 1m",
    ),
    (
        Dialect::Ltspice,
        ".",
        "vh=-",
        "with vh below zero LTspice's switch changes continuously; here switches change at once",
        "write vh=0, or a source with a table: G1 a b TABLE {v(c)} = (0,0) (1,1m)",
    ),
    (
        Dialect::Ltspice,
        "vi",
        "pulse",
        "a rise or fall of zero is zero here, and a part of the width in LTspice",
        "write the rise and the fall that are meant, such as 1n",
    ),
    (
        Dialect::Pspice,
        ".",
        "vswitch",
        "PSpice's switch changes continuously between its levels; here it changes at once",
        "nothing, or .options vswitch=hysteresis for hysteresis between the levels",
    ),
    (
        Dialect::Pspice,
        "beg",
        "^",
        "powers group from the left here; a negative base has no value unless the exponent is even",
        "write pwr(x,y) for the power of the magnitude",
    ),
    (
        Dialect::Pspice,
        "vi",
        "exp",
        "PSpice puts its print step for values of EXP that are left out; here all six are written",
        "write all six values",
    ),
];

/// Reads a deck and its includes as far as to their cards.
///
/// # Errors
/// The deck cannot be read.
pub fn survey(path: &Path, dialect: Dialect) -> Result<Survey, Report> {
    let loaded = load::load(path)?;
    let mut survey = Survey::default();
    for line in loaded.lines.iter().chain(&loaded.control) {
        let head = line.head();
        let Some(first) = head.chars().next() else { continue };
        let (class, name) = match first {
            '.' => ('.', head.clone()),
            letter if letter.is_ascii_alphabetic() => (letter, letter.to_string()),
            _ => continue,
        };
        *survey.cards.entry(name).or_default() += 1;
        survey.note(dialect, class, line, &loaded.sources);
    }
    Ok(survey)
}

impl Survey {
    fn note(&mut self, dialect: Dialect, class: char, line: &Line, sources: &Sources) {
        let text = line.text.to_lowercase().replace(' ', "");
        for (of, classes, word, message, help) in DIFFERENCES {
            let known = self.notes.iter().any(|note| note.message == *message);
            if *of == dialect && !known && classes.contains(class) && text.contains(word) {
                let place = sources.file_and_line(line.whole());
                self.notes.push(Note { place, message, help });
            }
        }
    }
}
