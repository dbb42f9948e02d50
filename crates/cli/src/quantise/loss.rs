//! What a core loses against the point level, and how sure that is.

/// What a core loses on images that the point level saw too.
///
/// Both see the same images, so only those count that one decides rightly and the other does not: the loss of an image is 1, 0 or -1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Loss {
    images: f64,
    /// Images that the point level alone decides rightly.
    lost: f64,
    /// Those that the core alone decides rightly.
    won: f64,
}

impl Loss {
    /// From whether each image is decided rightly, by the point level and by a core.
    pub fn of(point: &[bool], core: &[bool]) -> Self {
        let count = |alone: fn(bool, bool) -> bool| {
            let pairs = point.iter().zip(core);
            pairs.filter(|(point, core)| alone(**point, **core)).count() as f64
        };
        let lost = count(|point, core| point && !core);
        Self { images: point.len() as f64, lost, won: count(|point, core| core && !point) }
    }

    /// The loss, as a part of the images.
    pub fn mean(&self) -> f64 {
        (self.lost - self.won) / self.images
    }

    /// The standard error of [`Self::mean`] as an estimate for images of the same kind. No image that tells both apart is counted as one:
    /// few images without such a one do not show that there are none.
    pub fn error(&self) -> f64 {
        let apart = (self.lost + self.won).max(1.0);
        let variance = apart / self.images - self.mean().powi(2);
        (variance / self.images).sqrt()
    }

    /// Whether the loss is at most this part of the images, also if it is a standard error larger than it was here. A thousandth of
    /// an image is rounding of the option.
    pub fn is_surely_within(&self, allowed: f64) -> bool {
        self.mean() + self.error() <= allowed + 1e-3 / self.images
    }
}

#[cfg(test)]
mod tests {
    use super::Loss;

    /// So many images of each of the four cases: both right, the point level alone, the core alone, none.
    fn loss([both, lost, won, none]: [usize; 4]) -> (Loss, Vec<f64>) {
        let cases = [(true, true, both), (true, false, lost), (false, true, won)];
        let all: Vec<(bool, bool)> = cases
            .into_iter()
            .chain([(false, false, none)])
            .flat_map(|(point, core, images)| vec![(point, core); images])
            .collect();
        let (point, core): (Vec<bool>, Vec<bool>) = all.iter().copied().unzip();
        let each = all.iter().map(|(point, core)| f64::from(*point) - f64::from(*core));
        (Loss::of(&point, &core), each.collect())
    }

    #[test]
    fn a_loss_is_the_mean_over_images_and_errs_as_a_mean_does() {
        for cases in [[90, 7, 3, 5], [4, 1, 0, 0], [0, 0, 9, 2], [0, 1, 0, 0], [970, 20, 5, 5]] {
            let (loss, each) = loss(cases);
            let n = each.len() as f64;
            let mean = each.iter().sum::<f64>() / n;
            let squares: f64 = each.iter().map(|x| (x - mean).powi(2)).sum();
            assert!((loss.mean() - mean).abs() < 1e-12, "{cases:?}");
            assert!((loss.error() - squares.sqrt() / n).abs() < 1e-12, "{cases:?}");
        }
    }

    #[test]
    fn a_loss_is_within_what_is_allowed_only_with_its_error() {
        let (loss, _) = loss([960, 9, 5, 26]);
        // 0.4 points and an error of sqrt(14 - 0.016) / 1000, 0.374 points.
        assert!(loss.is_surely_within(0.0078) && !loss.is_surely_within(0.0077));
    }

    #[test]
    fn few_images_without_a_difference_show_little() {
        let (equal, _) = loss([97, 0, 0, 3]);
        assert!(equal.is_surely_within(0.01) && !equal.is_surely_within(0.0098));
    }
}
