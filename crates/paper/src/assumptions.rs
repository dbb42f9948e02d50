//! What the paper does not say: the one list of what is assumed instead, and how much the numbers
//! move with it.

use crate::error::PaperError;

use super::{
    card::CardPair,
    lab::Lab,
    numbers::Number,
    table::{Row, percent, shown},
};

/// Something that had to be chosen.
#[derive(Debug, Clone, Copy)]
pub struct Assumption {
    /// Its name in the card or in the decks.
    pub name: &'static str,
    /// What it is, what is taken, and why.
    pub words: &'static str,
    /// How it can be tried otherwise; not at all if it is no number.
    pub trial: Option<Trial>,
}

/// Where a number stands, its unit, and what else it could be.
#[derive(Debug, Clone, Copy)]
pub struct Trial {
    place: Place,
    unit: &'static str,
    others: fn(f64) -> Vec<f64>,
}

#[derive(Debug, Clone, Copy)]
enum Place {
    /// In the card.
    Card,
    /// In the decks, where it has this value.
    Deck(f64),
}

fn half_and_double(value: f64) -> Vec<f64> {
    vec![0.5 * value, 2.0 * value]
}

/// A part of one cannot always be doubled: half of it, and half of what is left to one.
fn half_and_half_way(value: f64) -> Vec<f64> {
    vec![0.5 * value, 0.5 * (1.0 + value)]
}

const fn trial(place: Place, unit: &'static str) -> Option<Trial> {
    Some(Trial { place, unit, others: half_and_double })
}

/// Every assumption, in the order of the page.
pub const ASSUMPTIONS: &[Assumption] = &[
    Assumption {
        name: "dwell",
        words: "time at each level of a sweep: 0.1 s. The paper gives the step, 5 mV, alone",
        trial: Some(Trial {
            place: Place::Deck(0.1),
            unit: "s",
            others: |_| vec![1e-3, 10e-3, 50e-3, 200e-3, 500e-3],
        }),
    },
    Assumption {
        name: "gres",
        words: "part of the filament that a rupture leaves behind: 0.69. The three frequencies of Fig. 4 \
                determine it together with vs, which is taken as 60 mV; the paper says that the first \
                spike is the highest, not by how much",
        trial: Some(Trial { place: Place::Card, unit: "", others: half_and_half_way }),
    },
    Assumption {
        name: "trelax",
        words: "time after which what a rupture leaves behind has dissolved: 6.6 ms. The three frequencies \
                determine it; it is long beside the 200 us between the pulses of Fig. 3 and short beside \
                the seconds between sweeps",
        trial: trial(Place::Card, "s"),
    },
    Assumption {
        name: "vform",
        words: "voltage across a filament as it widens. It gives the on/off ratio of 1e4 at 10 uA \
                if the on current is read between hold and threshold, where it must lie: it is \
                tried 15 % off",
        trial: Some(Trial {
            place: Place::Card,
            unit: "V",
            others: |value| vec![0.85 * value, 1.15 * value],
        }),
    },
    Assumption {
        name: "on_width",
        words: "length of the pulse of Fig. 2h: 2 us as in the text; its caption says 10 us",
        trial: trial(Place::Deck(2e-6), "s"),
    },
    Assumption {
        name: "switching voltages",
        words: "a sweep's threshold is the first level at which the device conducts (ten times what it did \
                at the level before), its hold voltage the last one. Beside them stand the voltages in a \
                ramp of the same mean rate, which know no levels",
        trial: None,
    },
    Assumption {
        name: "ratio",
        words: "on/off ratios (D6) compare the currents at 0.12 V on the way down and on the way up",
        trial: None,
    },
    Assumption {
        name: "set power",
        words: "16.5 nW (D9) is read as the threshold times 100 nA, the least current limit of \
                Fig. 2e: 0.165 V, a level below the 0.17 V of Fig. 2a. No sweep in steps of 5 mV can be \
                within 2 % of both, so the threshold of the ramp is taken, and the card is fitted to both",
        trial: None,
    },
    Assumption {
        name: "leakage",
        words: "the paper gives about 2 nA without a voltage, and 130 Mohm at 0.14 V, which is 1.08 nA. Its \
                slope of 1.31 mV a decade (D7), from one level to the limit of 10 uA, asks for 1.5 nA at \
                0.165 V. The resistance is taken, 1 % lower for the sake of the slope; the off-state is \
                linear, because a sinh has no closed form between events; the leakage is that of the last \
                level before the device turns on, and need only be within a factor of 2",
        trial: None,
    },
    Assumption {
        name: "dissolution",
        words: "frequencies of 38, 73.3 and 176 Hz need peaks of 0.271 V, 0.276 V and 0.316 V with the \
                neuron's R and C, where the membrane rises by 4.9 V/s, 11 V/s and 36 V/s. Growth that is \
                exponential in the voltage gives equal rises for equal factors of the rate, and a \
                remainder that dissolves exponentially bends that the wrong way: no such card comes nearer \
                than 3.8 %. One whose cube falls evenly (dissolution=cubic) is gone at 0.5 V and about \
                alike at 0.8 V and 2 V, and meets all within 1.5 % with as many parameters. That the on \
                state is 129 ohm in the neuron is kept: a filament that widens in a finite time would cost \
                two parameters more and is not needed",
        trial: None,
    },
    Assumption {
        name: "on_state",
        words: "the device is called self-compliant, and carries 11.7 mA at 1.5 V here: the paper's on/off \
                ratio of 1e6 without a limit is at 0.12 V, and no figure shows more current. So the card \
                has an on resistance and no limit; `compliance=` of a source gives one where it is known",
        trial: None,
    },
    Assumption {
        name: "resistances",
        words: "on, off and residual filament do not vary: Fig. 2d shows distributions, but no number. The \
                card can give them spreads",
        trial: None,
    },
    Assumption {
        name: "variation",
        words: "deviations are normal and independent from cycle to cycle; reading to 5 mV adds \
                (5 mV)^2/12 to their variance, which is taken off in the card. The paper gives no \
                spread of the hold voltage between devices: there is none",
        trial: None,
    },
    Assumption {
        name: "pulses",
        words: "edges take no time; pulses of Figs. 2h, 2i and 3 have no current limit",
        trial: None,
    },
];

/// One assumption tried otherwise.
pub struct Tried {
    /// Which, and what it was instead, such as `dwell 50 ms`.
    pub label: String,
    /// What the experiments then show.
    pub rows: Vec<Row>,
}

/// How many values are tried.
pub fn trials() -> usize {
    // Each trial is of two other values, be they what they may.
    ASSUMPTIONS
        .iter()
        .filter_map(|assumption| assumption.trial)
        .map(|t| (t.others)(1.0).len())
        .sum()
}

/// Tries every assumption that is a number otherwise.
pub fn try_all<'w>(
    lab: &Lab<'w>,
    show: impl Fn(&Lab<'w>) -> Result<Vec<Row>, PaperError>,
) -> Result<Vec<Tried>, PaperError> {
    let mut tried = Vec::new();
    for assumption in ASSUMPTIONS {
        let Some(trial) = assumption.trial else { continue };
        for value in (trial.others)(taken(trial, assumption.name, lab.card())) {
            let changed = match trial.place {
                Place::Card => lab.with_card(lab.card().with(assumption.name, value)),
                Place::Deck(_) => lab.with_parameter(assumption.name, value),
            };
            let label = format!("{} {}", assumption.name, shown(value, trial.unit));
            tried.push(Tried { label, rows: show(&changed)? });
        }
    }
    Ok(tried)
}

fn taken(trial: Trial, name: &str, card: &CardPair) -> f64 {
    match trial.place {
        Place::Deck(value) => value,
        Place::Card => card.value(name),
    }
}

/// The heads of the table of what moves: the id, the number, and a column for each trial.
pub fn header(tried: &[Tried]) -> Vec<&str> {
    ["id", "quantity"].into_iter().chain(tried.iter().map(|tried| tried.label.as_str())).collect()
}

/// How far each number moves, against `rows`.
pub fn moves(rows: &[Row], tried: &[Tried]) -> Vec<Vec<String>> {
    rows.iter()
        .enumerate()
        .map(|(position, row)| {
            let of =
                |tried: &Tried| shift(row.number, row.simulated, tried.rows[position].simulated);
            let head = [row.number.id().to_owned(), row.number.quantity.to_owned()];
            head.into_iter().chain(tried.iter().map(of)).collect()
        })
        .collect()
}

/// From what is taken to what was tried: a part, or the new value where the old one is zero.
fn shift(number: &Number, taken: Option<f64>, tried: Option<f64>) -> String {
    match (taken, tried) {
        (Some(taken), Some(tried)) if taken == tried => "0".to_owned(),
        (Some(taken), Some(tried)) if taken != 0.0 => percent(tried / taken - 1.0),
        (Some(_), Some(tried)) => shown(tried, number.unit),
        (_, None) => "none".to_owned(),
        (None, Some(tried)) => shown(tried, number.unit),
    }
}

/// The list and, if something was tried, the table, as Markdown.
pub fn markdown(rows: &[Row], tried: &[Tried]) -> String {
    let mut text = String::from(
        "# What the paper does not say, and what is taken instead\n\
         Written by `memspike paper --sensitivity`, from the list in `crates/paper/src/assumptions.rs`.\n\n",
    );
    for assumption in ASSUMPTIONS {
        text.push_str(&format!("- **{}**: {}.\n", assumption.name, assumption.words));
    }
    text.push_str(
        "\n## How far the numbers move\n\
         Each column takes another value for one assumption, and shows by how much each simulated \
         number then differs from\nthe one with all values as above (or the number itself where \
         that is 0). The card is not fitted again: a fit would take up\nmuch of it elsewhere.\n\n",
    );
    let line = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
    let head = header(tried);
    text.push_str(&line(head.iter().map(|&cell| cell.to_owned()).collect()));
    text.push_str(&line(head.iter().map(|_| "---".to_owned()).collect()));
    moves(rows, tried).into_iter().for_each(|cells| text.push_str(&line(cells)));
    text
}
