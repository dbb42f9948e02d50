//! Loops over the columns of an array.

/// Columns that the compiler sees at once, so that it unrolls them and uses the processor's vectors: those of ten classes
/// are one block. What is left is done one by one.
const LANES: usize = 10;

/// Calls `step` for each column with its two values.
#[inline(always)]
pub fn for_each(mut left: &mut [f64], mut right: &[f64], mut step: impl FnMut(&mut f64, f64)) {
    // Not `as_chunks`: that divides, which takes as long as a block. A block is copied, for then the compiler knows that nothing
    // else is in it.
    while left.len().min(right.len()) >= LANES {
        let (left_block, left_rest) = left.split_at_mut(LANES);
        let (right_block, right_rest) = right.split_at(LANES);
        let mut block = [0.0; LANES];
        let mut added = [0.0; LANES];
        block.copy_from_slice(left_block);
        added.copy_from_slice(right_block);
        block.iter_mut().zip(added).for_each(|(left, right)| step(left, right));
        left_block.copy_from_slice(&block);
        (left, right) = (left_rest, right_rest);
    }
    left.iter_mut().zip(right).for_each(|(left, right)| step(left, *right));
}
