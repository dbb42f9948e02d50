//! Elimination of nodes from a network of conductances by the star-mesh transformation.
//!
//! Only sums, products and quotients of positive numbers occur, so that every conductance and every
//! weight that it leaves is right to its last digits, however the conductances differ in size
//! (Grassmann, Taksar and Heyman, "Regenerative analysis and steady state distributions for Markov
//! chains", Oper. Res. 33, 1985, for the same elimination).

use std::cmp::Reverse;

use num_traits::{One, Zero};
use priority_queue::PriorityQueue;

use crate::double::Double;
use crate::limits::{self, Failure};

/// The conductance of a resistance (ohm), rounded as a deck that writes it for a controlled source would be.
pub(crate) fn conductance(ohm: f64) -> Double {
    (1.0 / ohm).into()
}

/// Free vertices, connected with one another and with vertices of given voltage.
#[derive(Debug, Clone)]
pub(crate) struct Mesh {
    /// Conductance to each neighbour, ascending by neighbour; of free vertices alone.
    links: Vec<Vec<(usize, Double)>>,
    /// Current into each free vertex by input, ascending by input.
    feeds: Vec<Vec<(usize, Double)>>,
}

/// The voltage of an eliminated vertex as a weighted sum.
#[derive(Debug, Clone)]
pub(crate) struct Eliminated {
    pub vertex: usize,
    /// Weights of other vertices, all positive; they add up to one.
    pub weights: Vec<(usize, Double)>,
    /// Weights of inputs (ohm).
    pub inputs: Vec<(usize, Double)>,
}

impl Mesh {
    /// Vertices below `free` may be eliminated; all others have a given voltage.
    pub fn new(free: usize) -> Self {
        Self { links: vec![Vec::new(); free], feeds: vec![Vec::new(); free] }
    }

    /// Adds a conductance between two vertices.
    pub fn connect(&mut self, a: usize, b: usize, conductance: Double) {
        if a == b || conductance.is_zero() {
            return;
        }
        for (from, to) in [(a, b), (b, a)] {
            if let Some(links) = self.links.get_mut(from) {
                accumulate(links, to, conductance);
            }
        }
    }

    /// Adds a current into a vertex, `weight` times the input.
    pub fn feed(&mut self, vertex: usize, input: usize, weight: Double) {
        if let Some(feeds) = self.feeds.get_mut(vertex) {
            accumulate(feeds, input, weight);
        }
    }

    /// Conductances of a free vertex.
    pub fn links(&self, vertex: usize) -> &[(usize, Double)] {
        &self.links[vertex]
    }

    /// Currents into a free vertex.
    pub fn feeds(&self, vertex: usize) -> &[(usize, Double)] {
        &self.feeds[vertex]
    }

    /// Sum of the conductances of a free vertex.
    pub fn total(&self, vertex: usize) -> Double {
        self.links[vertex].iter().map(|(_, g)| *g).sum()
    }

    /// Eliminates vertices, those with few neighbours first. Fails if one of them is left without any.
    pub fn eliminate_all(&mut self, vertices: &[usize]) -> Result<Vec<Eliminated>, Failure> {
        let degree = |links: &[Vec<_>], vertex: usize| Reverse((links[vertex].len(), vertex));
        let mut left: PriorityQueue<usize, Reverse<(usize, usize)>> =
            vertices.iter().map(|&vertex| (vertex, degree(&self.links, vertex))).collect();
        let mut order = Vec::with_capacity(vertices.len());
        let (mut pairs, mut kept) = (0, 0);
        while let Some((vertex, Reverse((neighbours, _)))) = left.pop() {
            pairs += neighbours * neighbours;
            kept += neighbours;
            limits::pairs(pairs, kept)?;
            let eliminated = self.eliminate(vertex).ok_or(Failure::Singular)?;
            for (to, _) in eliminated.weights.iter().filter(|(to, _)| *to < self.links.len()) {
                left.change_priority(to, degree(&self.links, *to));
            }
            order.push(eliminated);
        }
        Ok(order)
    }

    fn eliminate(&mut self, vertex: usize) -> Option<Eliminated> {
        let total = self.total(vertex);
        if total.is_zero() {
            return None;
        }
        let links = std::mem::take(&mut self.links[vertex]);
        let feeds = std::mem::take(&mut self.feeds[vertex]);
        let share = |weights: &[(usize, Double)]| -> Vec<(usize, Double)> {
            weights.iter().map(|&(to, g)| (to, g / total)).collect()
        };
        let weights = share(&links);
        for (at, &(a, part)) in weights.iter().enumerate() {
            let Some(own) = self.links.get_mut(a) else { continue };
            if let Ok(found) = own.binary_search_by_key(&vertex, |link| link.0) {
                own.remove(found);
            }
            for &(input, weight) in &feeds {
                accumulate(&mut self.feeds[a], input, weight * part);
            }
            for (other, &(b, conductance)) in links.iter().enumerate() {
                if other > at || b >= self.links.len() {
                    self.connect(a, b, part * conductance);
                }
            }
        }
        Some(Eliminated { vertex, weights, inputs: share(&feeds) })
    }

    /// Voltages of all free vertices under unit input 0, the others' given. Fails if some vertex is
    /// connected with nothing of given voltage.
    pub fn solve(mut self, given: &[f64]) -> Result<Vec<Double>, Failure> {
        let free = self.links.len();
        let order = self.eliminate_all(&(0..free).collect::<Vec<usize>>())?;
        let mut volts = vec![Double::zero(); free];
        volts.extend(given.iter().map(|v| Double::from(*v)));
        for eliminated in order.iter().rev() {
            let neighbours = eliminated.weights.iter().map(|&(to, weight)| weight * volts[to]);
            let volt = neighbours.chain(eliminated.inputs.iter().map(|(_, w)| *w)).sum();
            volts[eliminated.vertex] = volt;
        }
        volts.truncate(free);
        if volts.iter().all(|volt| volt.is_finite()) { Ok(volts) } else { Err(Failure::Range) }
    }
}

/// Adds to the entry of a list in ascending order.
fn accumulate(list: &mut Vec<(usize, Double)>, key: usize, amount: Double) {
    match list.binary_search_by_key(&key, |entry| entry.0) {
        Ok(at) => list[at].1 += amount,
        Err(at) => list.insert(at, (key, amount)),
    }
}

/// A linear function of states and inputs by its nonzero weights, ascending by column: states first.
#[derive(Debug, Clone, Default)]
pub(crate) struct Sparse(pub Vec<(usize, Double)>);

impl Sparse {
    /// The function that is one column.
    pub fn unit(column: usize) -> Self {
        Self(vec![(column, Double::one())])
    }

    /// Adds `factor` to the weight of a column.
    pub fn add(&mut self, column: usize, factor: Double) {
        accumulate(&mut self.0, column, factor);
    }

    /// Adds `factor * other`.
    pub fn add_scaled(&mut self, factor: Double, other: &Self) {
        for &(column, weight) in &other.0 {
            self.add(column, weight * factor);
        }
    }
}
