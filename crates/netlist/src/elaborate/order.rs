//! The order of measurements: each behind those that it is computed from, else as they are written.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use crate::syntax::{MeasureKindSyntax, MeasureSyntax};

/// Positions of the measurements. Where some wait for each other they stay as they are written. `is_parameter` says
/// which names are the deck's: these wait for nobody.
pub(super) fn order(measures: &[MeasureSyntax], is_parameter: impl Fn(&str) -> bool) -> Vec<usize> {
    let mut place = BTreeMap::new();
    for (at, card) in measures.iter().enumerate() {
        card.name.names().for_each(|name| {
            place.entry(name.text).or_insert(at);
        });
    }
    // The last is taken first.
    let needs = |at: usize| -> Vec<usize> {
        let find = |name: &str| place.get(name).copied().filter(|_| !is_parameter(name));
        let mut needs: Vec<usize> = match &measures[at].kind {
            MeasureKindSyntax::Param(expression) => {
                expression.names().filter_map(|(name, _)| find(name)).collect()
            }
            MeasureKindSyntax::ArgMax(of) => {
                of.names().filter_map(|name| find(&name.text)).collect()
            }
            _ => Vec::new(),
        };
        needs.sort_unstable_by_key(|at| Reverse(*at));
        needs
    };
    let mut ordered = Vec::with_capacity(measures.len());
    let mut seen = vec![false; measures.len()];
    // What is open, with what it still waits for; the innermost last.
    let mut open: Vec<(usize, Vec<usize>)> = Vec::new();
    for at in 0..measures.len() {
        if !std::mem::replace(&mut seen[at], true) {
            open.push((at, needs(at)));
        }
        while let Some((at, waits)) = open.last_mut() {
            match waits.pop() {
                Some(next) if !std::mem::replace(&mut seen[next], true) => {
                    open.push((next, needs(next)));
                }
                Some(_) => {}
                None => {
                    ordered.push(*at);
                    open.pop();
                }
            }
        }
    }
    ordered
}
