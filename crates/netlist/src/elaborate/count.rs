//! How many elements a deck would have, before any is made: subcircuits that double at each level
//! would fill the memory otherwise.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::code::Code;
use crate::finding::Finding;
use crate::memory;
use crate::source::{Sources, Span};
use crate::syntax::{Body, ElementCard, ElementSyntax, PortItem, Subckt, WaveformKind};
use crate::vector::Vector;

use super::Elaborator;
use super::element::MAX_DEPTH;

/// Elements and instances of a deck.
pub(crate) const MAX_ELEMENTS: usize = 2_000_000;

pub(crate) fn too_many(span: Span) -> Finding {
    Finding::new(
        Code::ElementLimit,
        span,
        format!("the deck has more than {MAX_ELEMENTS} elements"),
    )
    .help("instantiate less; two subcircuits that double at each level grow fast")
}

/// How large something is when it is expanded.
#[derive(Debug, Clone, Copy, Default)]
struct Size {
    /// Elements and instances.
    elements: usize,
    /// Weights of arrays.
    weights: usize,
}

impl Size {
    fn add(self, other: Self) -> Self {
        Self {
            elements: self.elements.saturating_add(other.elements),
            weights: self.weights.saturating_add(other.weights),
        }
    }

    fn times(self, count: usize) -> Self {
        Self {
            elements: self.elements.saturating_mul(count),
            weights: self.weights.saturating_mul(count),
        }
    }

    fn bytes(self) -> u64 {
        let of = |count: usize, each: u64| (count as u64).saturating_mul(each);
        of(self.elements, memory::ELEMENT).saturating_add(of(self.weights, memory::WEIGHT))
    }
}

/// Sizes of subcircuits, by identity. One that is being counted, because it contains itself,
/// stands at zero: the expansion reports it.
type Sizes = BTreeMap<*const Subckt, Size>;

impl Elaborator<'_> {
    /// Whether the deck is small enough; if not, the card that makes it too large is reported.
    pub(super) fn check_count(&mut self) -> bool {
        let top: &Body = &self.tree.body;
        let mut sizes = Sizes::new();
        let mut total = Size::default();
        let mut largest: Option<(u64, Span)> = None;
        for card in &top.elements {
            let size = card_size(self.sources, &[top], card, 1, &mut sizes);
            total = total.add(size);
            if total.elements > MAX_ELEMENTS {
                self.report(too_many(card.span));
                self.incomplete = true;
                return false;
            }
            if largest.is_none_or(|(bytes, _)| bytes < size.bytes()) {
                largest = Some((size.bytes(), card.span));
            }
        }
        self.memory_bytes = total.bytes();
        let free = memory::short_of(self.memory_bytes);
        if let (Some(free), Some((_, span))) = (free, largest) {
            self.report(too_much(span, self.memory_bytes, free));
            self.incomplete = true;
        }
        free.is_none()
    }
}

fn too_much(span: Span, bytes: u64, free: memory::Free) -> Finding {
    let takes = memory::shown(bytes.saturating_add(memory::RUN));
    let message = format!("the deck takes about {takes} of memory, and {free}");
    Finding::new(Code::Memory, span, message)
        .help("of the deck this card takes most; make it smaller, or give the program more memory")
}

/// What a card stands for, with all that is inside of it.
fn card_size(
    sources: &Sources,
    around: &[&Body],
    card: &ElementCard,
    depth: usize,
    sizes: &mut Sizes,
) -> Size {
    let inside = match &card.kind {
        ElementSyntax::Instance { subckt, .. } => {
            size_of(sources, around, &subckt.text, depth, sizes)
        }
        ElementSyntax::Array { rows, columns, weights, .. } => {
            let (rows, columns) = (rows.count(), columns.count());
            let listed = sources.data.listed(sources.beside(weights));
            let weights = listed.unwrap_or_else(|| rows.saturating_mul(columns));
            Size { elements: rows + columns, weights }
        }
        ElementSyntax::Block(block) => {
            let of_item = |item: &PortItem| item.plus.as_ref().map_or(1, Vector::count);
            let named = block.named.iter().map(|(_, port)| port);
            let items = block.ports.iter().chain(named).flat_map(|port| &port.items);
            Size { elements: items.map(of_item).fold(0, usize::saturating_add), weights: 0 }
        }
        ElementSyntax::VoltageSource(source) | ElementSyntax::CurrentSource(source) => {
            // A driver keeps the devices that it follows.
            let followed = match source.function.as_ref().map(|function| &function.kind) {
                Some(WaveformKind::Spike { devices, .. }) if card.name.length().is_none() => {
                    devices.length().unwrap_or(0)
                }
                _ => 0,
            };
            Size { elements: followed, weights: 0 }
        }
        // Each control is kept with its weight, and what has corners is a part of its own.
        ElementSyntax::VoltageLaw(law) | ElementSyntax::CurrentLaw(law) => {
            let (signals, bends) = law.followed();
            Size { elements: signals / 4 + 4 * bends, weights: 0 }
        }
        _ => Size::default(),
    };
    inside.add(Size { elements: 1, weights: 0 }).times(card.name.count())
}

/// Size of a subcircuit, looked up by name from inside nested definitions.
fn size_of(
    sources: &Sources,
    around: &[&Body],
    name: &str,
    depth: usize,
    sizes: &mut Sizes,
) -> Size {
    let found = (0..around.len())
        .rev()
        .find_map(|level| around[level].subckts.get(name).map(|subckt| (level, subckt)));
    let Some((level, subckt)) = found else { return Size::default() };
    let identity = Arc::as_ptr(subckt);
    if let Some(&size) = sizes.get(&identity) {
        return size;
    }
    // Chains beyond the depth limit are refused when they are expanded.
    if depth > MAX_DEPTH {
        return Size::default();
    }
    sizes.insert(identity, Size::default());
    let inside: Vec<&Body> = around[..=level].iter().copied().chain([&subckt.body]).collect();
    let mut size = Size::default();
    for card in &subckt.body.elements {
        size = size.add(card_size(sources, &inside, card, depth + 1, sizes));
    }
    sizes.insert(identity, size);
    size
}
