//! What the testbenches do to a core: stimuli that reach every weight, the ends of potentials and of counts.

use memspike_lif_core::{Core, Reset, Stimulus};

/// Events between two starts of the sweep over all inputs: few, so that potentials stay inside of their widths.
const EVENTS_AN_IMAGE: usize = 16;

/// Most events spent on one neuron, to make it fire or to drive it to an end of its potential.
const MOST_EVENTS: i64 = 300;

/// Most events and ticks spent on a count.
const MOST_STEPS: i64 = 2000;

/// Most neurons of a layer that are driven to the ends of their potentials.
const DRIVEN: usize = 4;

/// An event of every input of the first layer, so that every weight of it is used. Broken off anywhere, it has been spread evenly over
/// the inputs, the last one among them.
pub fn sweep(core: &Core) -> impl Iterator<Item = Stimulus> {
    let inputs = core.spec().first().inputs;
    let others = spread(inputs).filter(move |input| *input != inputs - 1);
    let order = std::iter::once(inputs - 1).chain(others);
    order.enumerate().flat_map(|(place, input)| {
        let parted = place % EVENTS_AN_IMAGE == 0;
        let before = if parted { &[Stimulus::Tick, Stimulus::Start][..] } else { &[] };
        before.iter().copied().chain([Stimulus::Event(input)])
    })
}

/// Makes neurons of the first layer fire, and drives some to both ends of their potentials.
pub fn drive(core: &Core) -> impl Iterator<Item = Stimulus> {
    let spec = core.spec().first();
    spread(spec.neurons).enumerate().flat_map(move |(place, neuron)| {
        let goals = [(1, spec.threshold), (1, spec.highest() + 1), (-1, 1 - spec.lowest())];
        let goals = goals.into_iter().take(if place < DRIVEN { 3 } else { 1 });
        goals.flat_map(move |(sign, distance)| towards(core, neuron, sign, distance))
    })
}

/// An image that moves a neuron's potential by a distance in the direction of `sign`; nothing if that takes too many events.
pub fn towards(core: &Core, neuron: usize, sign: i32, distance: i64) -> Vec<Stimulus> {
    let (input, strength) = strongest(core, neuron, sign);
    if strength <= 0 || distance / strength >= MOST_EVENTS {
        return Vec::new();
    }
    let events = (0..=distance / strength).map(|_| Stimulus::Event(input));
    std::iter::once(Stimulus::Start).chain(events).chain([Stimulus::Tick; 4]).collect()
}

/// Images that show in the spikes of the first layer where potentials stop: far beyond an end, then back by as much as the
/// end is away from the threshold, which a potential that went on has not reached yet.
pub fn stops(core: &Core) -> impl Iterator<Item = Stimulus> {
    let spec = core.spec().first();
    let (above, below) = (spec.highest() - spec.threshold, spec.threshold - spec.lowest());
    spread(spec.neurons).take(DRIVEN).flat_map(move |neuron| {
        let (rise, fall) = (strongest(core, neuron, 1), strongest(core, neuron, -1));
        // To just below the threshold, and to no less than it.
        let upper = [(rise, spec.highest() + fall.1), (fall, above + 1)];
        let lower = [(fall, rise.1 - spec.lowest()), (rise, below)];
        [upper, lower].into_iter().flat_map(there_and_back)
    })
}

/// An image of events of two inputs, each as many as move a potential by a distance and no less; nothing if that takes too many.
fn there_and_back(moves: [((usize, i64), i64); 2]) -> Vec<Stimulus> {
    if moves.iter().any(|((_, by), distance)| *by <= 0 || distance / by >= MOST_EVENTS) {
        return Vec::new();
    }
    let events = moves.into_iter().flat_map(|((input, by), distance)| {
        let count = distance.unsigned_abs().div_ceil(by.unsigned_abs());
        (0..count).map(move |_| Stimulus::Event(input))
    });
    std::iter::once(Stimulus::Start).chain(events).chain([Stimulus::Tick]).collect()
}

/// Makes the neuron that fires most easily fire until its count is full and once more, if that takes not too long.
pub fn fill_count(core: &Core) -> Vec<Stimulus> {
    let spec = core.spec().first();
    let easiest = (0..spec.neurons).map(|neuron| strongest(core, neuron, 1));
    let (input, strength) = easiest.max_by_key(|(_, strength)| *strength).unwrap_or((0, 0));
    let lowest_reset = match spec.reset {
        Reset::Hold { value } => value.min(0),
        Reset::Zero | Reset::Subtract => 0,
    };
    let spikes = (1 << core.spec().count_bits) + 1;
    let events = (spec.threshold - lowest_reset) / strength.max(1) + 1;
    let ticks = spec.refractory_ticks as usize + 1;
    if strength <= 0 || spikes * (events + ticks as i64) > MOST_STEPS {
        return Vec::new();
    }
    let mut all = vec![Stimulus::Start];
    for _ in 0..spikes {
        all.extend((0..events).map(|_| Stimulus::Event(input)));
        all.extend((0..ticks).map(|_| Stimulus::Tick));
    }
    all
}

/// The numbers below `count`, each once, so that any first few of them are spread over all: steps of the golden section.
pub fn spread(count: usize) -> impl Iterator<Item = usize> {
    let near = (count as f64 * 0.618) as usize;
    let step = (near.max(1)..=count.max(1)).find(|step| coprime(*step, count)).unwrap_or(1);
    (0..count).map(move |place| place * step % count)
}

const fn coprime(mut a: usize, mut b: usize) -> bool {
    while b > 0 {
        (a, b) = (b, a % b);
    }
    a == 1
}

/// The input whose weight to a neuron, times `sign`, is largest, and this product.
fn strongest(core: &Core, neuron: usize, sign: i32) -> (usize, i64) {
    let products = core.weights()[0].column(neuron).map(|weight| i64::from(weight * sign));
    products.enumerate().max_by_key(|(_, product)| *product).unwrap_or((0, 0))
}

#[cfg(test)]
mod tests {
    use super::spread;

    #[test]
    fn numbers_are_spread_so_that_each_comes_once_and_a_few_are_everywhere() {
        for count in [1, 2, 3, 10, 64, 784, 1024] {
            let mut all: Vec<usize> = spread(count).collect();
            let mut few: Vec<usize> = all.iter().copied().take(count / 8).collect();
            all.sort_unstable();
            assert!(all.iter().copied().eq(0..count), "{count}");
            few.sort_unstable();
            assert!(few.windows(2).all(|pair| pair[1] - pair[0] <= 20), "{count}: {few:?}");
        }
    }
}
