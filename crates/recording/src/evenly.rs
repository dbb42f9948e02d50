//! Neurons at equal distances in their population.

/// The number of a neuron among `count` of `size` neurons that stand at equal distances, the first of them neuron 0; nothing if it
/// is none of them. `count` is at most `size`.
#[must_use]
pub fn number_of(neuron: u32, count: u32, size: u32) -> Option<u32> {
    let (neuron, count, size) = (u64::from(neuron), u64::from(count), u64::from(size));
    let number = (neuron * count).div_ceil(size.max(1));
    // Number `k` is neuron `floor(k size / count)`.
    let is_one = number < count && number * size / count == neuron;
    is_one.then_some(number as u32)
}

#[cfg(test)]
mod tests {
    use super::number_of;

    #[test]
    fn so_many_are_chosen_and_in_their_order() {
        for (count, size) in [(200, 77_169), (200, 201), (1, 7), (7, 7), (3, 10), (0, 5)] {
            let chosen: Vec<u32> = (0..size).filter_map(|k| number_of(k, count, size)).collect();
            assert_eq!(chosen, (0..count).collect::<Vec<_>>(), "{count} of {size}");
        }
        assert_eq!(number_of(u32::MAX - 1, u32::MAX, u32::MAX), Some(u32::MAX - 1));
    }
}
