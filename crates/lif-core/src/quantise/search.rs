//! The narrowest widths with which a core still does its work.
//!
//! A descent along coordinates: of all widths of all layers, that of weights or of potentials whose narrowing by a bit saves most memory
//! is narrowed; if the core is no longer good, the width goes back and stays. Among equal savings the first layer comes first, and
//! its weights before its potentials. A width only ever falls, so there are fewer cores to judge than the first one has bits of width.

use super::{QuantiseError, Quantised, Rules, Trained, Widths, quantise};

/// A search that asks for the judgement of one core after another.
///
/// ```
/// # use memspike_lif_core::{QuantiseError, Quantised, Rules, Search, Trained};
/// # fn good(_: &Quantised) -> bool { true }
/// # fn narrowest(layers: &[Trained], rules: Rules) -> Result<Option<Quantised>, QuantiseError> {
/// let mut search = Search::new(layers, rules)?;
/// while let Some(asked) = search.ask() {
///     let is_good = good(&asked.quantised);
///     search.tell(is_good);
/// }
/// Ok(search.narrowest().cloned())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Search<'l> {
    layers: &'l [Trained],
    rules: Rules<'l>,
    asked: Option<Asked>,
    narrowest: Option<Quantised>,
    /// Widths that were narrowed too far once.
    settled: Vec<Place>,
}

/// A core to be judged.
#[derive(Debug, Clone, PartialEq)]
pub struct Asked {
    /// The core.
    pub quantised: Quantised,
    /// The layer of the width that is narrower than in the narrowest good core so far; nothing for the first core.
    pub layer: Option<usize>,
    /// Whether that width is one of potentials.
    pub is_potential: bool,
}

/// A width.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Place {
    layer: usize,
    is_potential: bool,
}

impl<'l> Search<'l> {
    /// A search from the widths of these rules.
    ///
    /// # Errors
    /// No core has these widths.
    pub fn new(layers: &'l [Trained], rules: Rules<'l>) -> Result<Self, QuantiseError> {
        let quantised = quantise(layers, &rules)?;
        let first = Asked { quantised, layer: None, is_potential: false };
        Ok(Self { layers, rules, asked: Some(first), narrowest: None, settled: Vec::new() })
    }

    /// The core to be judged next; nothing if the search has ended. The same one until [`Self::tell`] is called.
    pub fn ask(&mut self) -> Option<&Asked> {
        if self.asked.is_none() {
            self.asked = self.next();
        }
        self.asked.as_ref()
    }

    /// The judgement of what was asked for. A first core that is not good ends the search.
    pub fn tell(&mut self, is_good: bool) {
        let Some(asked) = self.asked.take() else { return };
        if is_good {
            self.narrowest = Some(asked.quantised);
        } else if let Some(layer) = asked.layer {
            self.settled.push(Place { layer, is_potential: asked.is_potential });
        }
    }

    /// The narrowest core that was good so far.
    #[must_use]
    pub fn narrowest(&self) -> Option<&Quantised> {
        self.narrowest.as_ref()
    }

    /// The core that saves most of those that are a bit narrower than the narrowest and may be good.
    fn next(&mut self) -> Option<Asked> {
        let now = self.narrowest.as_ref()?;
        let specs = &now.core.spec().layers;
        let places = (0..specs.len())
            .flat_map(|layer| [false, true].map(|is_potential| Place { layer, is_potential }));
        let mut open: Vec<Place> = places.filter(|place| !self.settled.contains(place)).collect();
        let saves = |place: &Place| {
            let spec = &specs[place.layer];
            spec.neurons * if place.is_potential { 1 } else { spec.inputs }
        };
        // A stable sort: places of equal savings keep their order.
        open.sort_by_key(|place| std::cmp::Reverse(saves(place)));
        for place in open {
            if let Some(quantised) = self.narrower(now, place) {
                let Place { layer, is_potential } = place;
                return Some(Asked { quantised, layer: Some(layer), is_potential });
            }
        }
        None
    }

    /// The core with one width narrower by a bit, if that is one. Weights take potentials along where these would be wider
    /// than they can need to be.
    fn narrower(&self, now: &Quantised, place: Place) -> Option<Quantised> {
        let specs = &now.core.spec().layers;
        let mut widths: Vec<Widths> = specs
            .iter()
            .map(|spec| Widths {
                weight_bits: spec.weight_bits,
                potential_bits: Some(spec.potential_bits),
            })
            .collect();
        let changed = &mut widths[place.layer];
        if place.is_potential {
            changed.potential_bits = changed.potential_bits.map(|bits| bits - 1);
            return self.core(&widths);
        }
        changed.weight_bits -= 1;
        let before = changed.potential_bits.take();
        let wide = self.core(&widths)?;
        let sure = wide.core.spec().layers[place.layer].potential_bits;
        if before.is_none_or(|before| before >= sure) {
            return Some(wide);
        }
        widths[place.layer].potential_bits = before;
        self.core(&widths)
    }

    fn core(&self, widths: &[Widths]) -> Option<Quantised> {
        quantise(self.layers, &Rules { widths, ..self.rules }).ok()
    }
}
