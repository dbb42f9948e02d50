//! Where the names of curves stand so that they hide none.

use memspike_plot::Corner;

/// Size of a panel between its axes (pixels), about.
const WIDTH: f64 = 768.0;
const HEIGHT: f64 = 215.0;

/// Pixels of a letter, of what stands before a name, of a line, and of what is around all of them.
const LETTER: f64 = 7.5;
const BEFORE: f64 = 44.0;
const LINE: f64 = 18.0;
const AROUND: f64 = 16.0;

/// The part of a panel's height that names may take.
const MOST: f64 = 0.75;

/// A corner for the names of curves, the longest of so many letters, and the ends of the vertical axis: if every corner is
/// taken, the axis is longer than `[low, high]` says. Points of curves have their place along the panel, from 0 to 1, and a value.
pub fn place(
    curves: &[Vec<(f64, f64)>],
    letters: usize,
    [low, high]: [f64; 2],
) -> (Corner, [f64; 2]) {
    let wide = (LETTER.mul_add(letters as f64, BEFORE) / WIDTH).min(1.0);
    let part = (LINE.mul_add(curves.len() as f64, AROUND) / HEIGHT).min(MOST);
    let [left, right] = [[0.0, wide], [1.0 - wide, 1.0]];
    let middle = [0.5 * (1.0 - wide), 0.5 * (1.0 + wide)];
    let extent = |range| {
        curves.iter().fold([high, low], |[least, greatest], curve| {
            let own = extent(curve, range);
            [own[0].min(least), own[1].max(greatest)]
        })
    };
    let uppers = [
        (Corner::UpperRight, extent(right)[1]),
        (Corner::UpperLeft, extent(left)[1]),
        (Corner::UpperMiddle, extent(middle)[1]),
    ];
    let lowers = [(Corner::LowerRight, extent(right)[0]), (Corner::LowerLeft, extent(left)[0])];
    let height = part * (high - low);
    let free = uppers.iter().find(|(_, top)| *top < high - height);
    let free = free.or_else(|| lowers.iter().find(|(_, foot)| *foot > low + height));
    if let Some((corner, _)) = free {
        return (*corner, [low, high]);
    }
    let lowest = uppers.iter().min_by(|a, b| a.1.total_cmp(&b.1)).unwrap_or(&uppers[0]);
    (lowest.0, [low, high.max(low + (lowest.1 - low) / (1.0 - part))])
}

/// The least and the greatest value of a curve within a range of places; the reverse of all if it is nowhere there.
fn extent(curve: &[(f64, f64)], [from, until]: [f64; 2]) -> [f64; 2] {
    let mut extent = [f64::INFINITY, f64::NEG_INFINITY];
    for pair in curve.windows(2) {
        let [(x0, y0), (x1, y1)] = [pair[0], pair[1]];
        if x1 < from || x0 > until || !(y0.is_finite() && y1.is_finite()) {
            continue;
        }
        let at = |x: f64| (y1 - y0).mul_add((x - x0) / (x1 - x0), y0);
        let [begin, end] = if x1 > x0 { [at(x0.max(from)), at(x1.min(until))] } else { [y0, y1] };
        extent = [extent[0].min(begin).min(end), extent[1].max(begin).max(end)];
    }
    extent
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_go_to_a_corner_that_no_line_passes() {
        let falling = vec![(0.0, 1.0), (1.0, 0.0)];
        let rising = vec![(0.0, 0.0), (1.0, 1.0)];
        let ends = [0.0, 1.0];
        assert_eq!(place(&[falling], 5, ends), (Corner::UpperRight, ends));
        assert_eq!(place(&[rising], 5, ends), (Corner::UpperLeft, ends));
        let tent = vec![(0.0, 1.0), (0.5, 0.0), (1.0, 1.0)];
        assert_eq!(place(&[tent], 5, ends), (Corner::UpperMiddle, ends));
    }

    #[test]
    fn a_line_that_passes_all_corners_gets_room_above_it() {
        // Two points alone, both far from the names.
        let [top, foot] = [1.0, 0.0].map(|y| vec![(0.0, y), (1.0, y)]);
        let (corner, [low, high]) = place(&[top, foot], 5, [-0.1, 1.1]);
        assert_eq!((corner, low), (Corner::UpperRight, -0.1));
        let names = (2.0 * LINE + AROUND) / HEIGHT * (high - low);
        assert!((high - names - 1.0).abs() < 1e-12, "{high}");
    }
}
