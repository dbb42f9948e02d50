//! How many elements a deck would have, before any is made: subcircuits that double at each level
//! would fill the memory otherwise.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::code::Code;
use crate::finding::Finding;
use crate::source::Span;
use crate::syntax::{Body, ElementCard, ElementSyntax, Subckt};

use super::Elaborator;
use super::element::MAX_DEPTH;

/// Elements and instances of a deck.
pub(super) const MAX_ELEMENTS: usize = 2_000_000;

pub(super) fn too_many(span: Span) -> Finding {
    Finding::new(
        Code::ElementLimit,
        span,
        format!("the deck has more than {MAX_ELEMENTS} elements"),
    )
    .help("instantiate less; two subcircuits that double at each level grow fast")
}

/// Sizes of subcircuits, by identity. One that is being counted, because it contains itself,
/// stands at zero: the expansion reports it.
type Sizes = BTreeMap<*const Subckt, usize>;

impl Elaborator<'_> {
    /// Whether the deck is small enough; if not, the instance that makes it too large is reported.
    pub(super) fn check_count(&mut self) -> bool {
        let top: &Body = &self.tree.body;
        let mut sizes = Sizes::new();
        let mut total: usize = 0;
        for card in &top.elements {
            total = total.saturating_add(card_size(&[top], card, 1, &mut sizes));
            if total > MAX_ELEMENTS {
                self.report(too_many(card.span));
                self.incomplete = true;
                return false;
            }
        }
        true
    }
}

/// Elements that a card stands for, with all that is inside of them.
fn card_size(around: &[&Body], card: &ElementCard, depth: usize, sizes: &mut Sizes) -> usize {
    let inside = match &card.kind {
        ElementSyntax::Instance { subckt, .. } => size_of(around, &subckt.text, depth, sizes),
        ElementSyntax::Array { rows, columns, .. } => rows.count() + columns.count(),
        _ => 0,
    };
    inside.saturating_add(1).saturating_mul(card.name.count())
}

/// Elements of a subcircuit, looked up by name from inside nested definitions.
fn size_of(around: &[&Body], name: &str, depth: usize, sizes: &mut Sizes) -> usize {
    let found = (0..around.len())
        .rev()
        .find_map(|level| around[level].subckts.get(name).map(|subckt| (level, subckt)));
    let Some((level, subckt)) = found else { return 0 };
    let identity = Arc::as_ptr(subckt);
    if let Some(&size) = sizes.get(&identity) {
        return size;
    }
    // Chains beyond the depth limit are refused when they are expanded.
    if depth > MAX_DEPTH {
        return 0;
    }
    sizes.insert(identity, 0);
    let inside: Vec<&Body> = around[..=level].iter().copied().chain([&subckt.body]).collect();
    let mut size: usize = 0;
    for card in &subckt.body.elements {
        size = size.saturating_add(card_size(&inside, card, depth + 1, sizes));
    }
    sizes.insert(identity, size);
    size
}
