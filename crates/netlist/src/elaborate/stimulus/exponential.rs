//! `EXP`.

use memspike_circuit::{Exponential, Stimulus};

use crate::code::Code;
use crate::finding::Finding;
use crate::syntax::SourceFunction;

use super::{argument_span, count, times};

/// `EXP(v1 v2 td1 tau1 td2 tau2)`. All six: in the place of those left out, and of a time constant or first
/// delay of zero, ngspice puts its print step, which has no meaning here. The last may be left out if the fall begins
/// behind the end of the run, `stop_s`.
pub(super) fn made(function: &SourceFunction, v: &[f64], stop_s: f64) -> Result<Stimulus, Finding> {
    const FORM: &str = "write EXP(from to rise_delay rise_tau fall_delay fall_tau), all six";
    let mut v = v.to_vec();
    if let [_, _, _, _, fall_s] = v[..]
        && fall_s >= stop_s
    {
        v.push(fall_s.max(1.0));
    }
    let v = v.as_slice();
    count(function, v, 6..=6, FORM)?;
    let names = ["rise delay", "rise time constant", "fall delay", "fall time constant"];
    times(function, v, 2..6, &names, 2)?;
    let refuse = |index: usize, message: String, help: &str| {
        let span = argument_span(function, index);
        Err(Finding::new(Code::WaveformArguments, span, message).help(help))
    };
    let &[from, to, rise_s, rise_tau_s, fall_s, fall_tau_s] = v else {
        unreachable!("they were counted")
    };
    for (index, tau) in [(3, rise_tau_s), (5, fall_tau_s)] {
        if tau <= 0.0 {
            let message = format!("the {} is zero", names[index - 2]);
            return refuse(index, message, "give a time above zero, or use PULSE for a jump");
        }
    }
    if fall_s < rise_s {
        let message = format!("the fall begins at {fall_s:e} s, before the rise at {rise_s:e} s");
        return refuse(4, message, "give the fall a later delay");
    }
    Ok(Stimulus::Exponential(Exponential { from, to, rise_s, rise_tau_s, fall_s, fall_tau_s }))
}
