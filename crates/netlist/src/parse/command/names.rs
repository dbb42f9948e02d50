//! Names of dot commands: what is known here, what is passed over, what other simulators have.

use crate::code::Code;
use crate::finding::{Finding, suggest};
use crate::number::clip;
use crate::source::Span;

pub(crate) const COMMANDS: &[&str] = &[
    ".ac",
    ".dc",
    ".end",
    ".ends",
    ".func",
    ".global",
    ".global_param",
    ".ic",
    ".dcvolt",
    ".include",
    ".mc",
    ".meas",
    ".measure",
    ".model",
    ".op",
    ".opt",
    ".option",
    ".options",
    ".param",
    ".save",
    ".step",
    ".subckt",
    ".temp",
    ".tran",
];
/// Without effect on a run in time, so that decks for other simulators run unchanged.
pub(super) const IGNORED: &[&str] = &[
    ".backanno",
    ".csparam",
    ".four",
    ".fourier",
    ".nodeset",
    ".plot",
    ".preprocess",
    ".print",
    ".probe",
    ".title",
    ".width",
];
const UNSUPPORTED: &[(&str, &str)] = &[
    (".data", "use .step param name list 1 2 3"),
    (".disto", "use .tran, and .ac for small signals"),
    (".else", "use a condition in an expression: {a > 1 ? b : c}"),
    (".elseif", "use a condition in an expression: {a > 1 ? b : c}"),
    (".endif", "use a condition in an expression: {a > 1 ? b : c}"),
    (".if", "use a condition in an expression: {a > 1 ? b : c}"),
    (".noise", "what it does is not known here; .ac has transfer functions"),
    (".pz", "use .ac and look for the corners, or .tran"),
    (".sens", "use .op with .step: .step param r list 1k 1.01k"),
    (".tf", "use .op with .step, or .ac at a low frequency: .ac lin 1 1m 1m"),
];

/// Whether a word is a dot command that some simulator knows.
pub(crate) fn is_command(word: &str) -> bool {
    matches!(word, ".control" | ".lib")
        || COMMANDS.contains(&word)
        || UNSUPPORTED.iter().any(|(known, _)| *known == word)
        || (IGNORED.contains(&word) && word != ".title")
}

pub(super) fn no_such_command(name: &str, span: Span) -> Finding {
    if let Some((_, help)) = UNSUPPORTED.iter().find(|(known, _)| *known == name) {
        return Finding::new(Code::UnsupportedCommand, span, format!("{name} is not supported"))
            .help(*help);
    }
    let help = match name {
        ".endc" => "there is no .control above it: remove it, or begin the block".to_owned(),
        ".endl" => "there is no .lib NAME above it: remove it, or begin the section".to_owned(),
        _ => suggest(name, "command", COMMANDS.iter().copied()),
    };
    Finding::new(Code::UnknownCommand, span, format!("there is no command '{}'", clip(name)))
        .help(help)
}
