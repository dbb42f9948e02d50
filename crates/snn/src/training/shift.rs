//! Images that are moved a little, so that what is learnt does not depend on where they stand.

use std::borrow::Cow;

use memspike_random::Generator;
use rand::RngExt as _;

/// The image, moved by up to `most` pixels along both sides. What leaves it is lost, what comes in is black.
pub(super) fn shifted<'i>(
    image: &'i [u8],
    [rows, columns]: [usize; 2],
    most: u32,
    generator: &mut Generator,
) -> Cow<'i, [u8]> {
    let most = i64::from(most);
    let [down, right] = std::array::from_fn(|_| generator.random_range(-most..=most));
    if [down, right] == [0, 0] {
        return Cow::Borrowed(image);
    }
    let from = |place: usize, by: i64, length: usize| {
        usize::try_from(place as i64 - by).ok().filter(|place| *place < length)
    };
    let pixel = |row: usize, column: usize| {
        let (row, column) = (from(row, down, rows)?, from(column, right, columns)?);
        image.get(row * columns + column).copied()
    };
    let places = (0..rows).flat_map(|row| (0..columns).map(move |column| (row, column)));
    Cow::Owned(places.map(|(row, column)| pixel(row, column).unwrap_or(0)).collect())
}

#[cfg(test)]
mod tests {
    use memspike_random::{Draws, Owner};

    use super::shifted;

    #[test]
    fn every_shift_comes_up_and_loses_what_leaves_the_image() {
        let draws = Draws::new(0, Owner::TrainingImages);
        let image: Vec<u8> = (1..=6).collect();
        let mut seen: Vec<Vec<u8>> = (0..400)
            .map(|count| shifted(&image, [2, 3], 1, &mut draws.generator(count)).into_owned())
            .collect();
        seen.sort();
        seen.dedup();
        // Rows: up, as it is, down; in each the three columns left, as they are, right.
        let mut expected = vec![
            vec![5, 6, 0, 0, 0, 0],
            vec![4, 5, 6, 0, 0, 0],
            vec![0, 4, 5, 0, 0, 0],
            vec![2, 3, 0, 5, 6, 0],
            vec![1, 2, 3, 4, 5, 6],
            vec![0, 1, 2, 0, 4, 5],
            vec![0, 0, 0, 2, 3, 0],
            vec![0, 0, 0, 1, 2, 3],
            vec![0, 0, 0, 0, 1, 2],
        ];
        expected.sort();
        assert_eq!(seen, expected);
    }
}
