//! Messages longer than MPI counts, in pieces.

use std::ops::Range;

/// Cuts what each rank sends into rounds: in each, a piece of every rank's bytes, all of them together no longer than `most`.
#[cfg_attr(not(feature = "mpi"), allow(dead_code, reason = "one process sends nothing"))]
pub(crate) fn pieces(counts: &[usize], most: usize) -> impl Iterator<Item = Vec<Range<usize>>> {
    let step = (most / counts.len().max(1)).max(1);
    let longest = counts.iter().copied().max().unwrap_or(0);
    (0..longest.div_ceil(step)).map(move |round| {
        let (start, end) = (round * step, (round + 1) * step);
        counts.iter().map(|count| start.min(*count)..end.min(*count)).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::pieces;

    #[test]
    fn every_byte_is_in_one_piece_and_no_round_is_too_long() {
        for counts in [vec![0], vec![5], vec![0, 0, 0], vec![7, 0, 12], vec![3, 3], vec![1; 9]] {
            for most in [1, 2, 3, 7, 9, 100] {
                let rounds: Vec<_> = pieces(&counts, most).collect();
                for (rank, count) in counts.iter().enumerate() {
                    let bytes: Vec<usize> =
                        rounds.iter().flat_map(|round| round[rank].clone()).collect();
                    assert_eq!(bytes, (0..*count).collect::<Vec<_>>(), "{counts:?} {most}");
                }
                let longest =
                    rounds.iter().map(|round| round.iter().map(ExactSizeIterator::len).sum());
                let longest: usize = longest.max().unwrap_or(0);
                assert!(longest <= most.max(counts.len()), "{counts:?} {most}");
            }
        }
    }
}
