//! The paper's figures 5b to 5d.

use memspike_plot::{Axis, Corner, Figure, Ink, Marks, Panel, Series};
use memspike_snn::training::Epoch;

/// Accuracy against epochs, with the best of them.
pub fn accuracy(history: &[Epoch], best: Option<&Epoch>) -> Figure {
    let curve = |name: &str, colour, accuracy: &dyn Fn(&Epoch) -> f64| {
        let points = history.iter().map(|e| (f64::from(e.number), 100.0 * accuracy(e))).collect();
        Series::new(name, Ink::Series(colour), Marks::Line(points))
    };
    let mut series = vec![
        curve("training images", 0, &|epoch| epoch.training_accuracy),
        curve("validation images", 1, &|epoch| epoch.validation_accuracy),
    ];
    if let Some(best) = best {
        let name = format!("best epoch: {}", best.number);
        let point = vec![(f64::from(best.number), 100.0 * best.validation_accuracy)];
        series.push(Series::new(&name, Ink::Series(1), Marks::Rings(point)));
    }
    let accuracies = history.iter().flat_map(|e| [e.training_accuracy, e.validation_accuracy]);
    // Whole tens below all of them.
    let low = 10.0 * (10.0 * accuracies.fold(1.0, f64::min)).floor().min(9.0);
    let last = history.last().map_or(1, |epoch| epoch.number);
    let epochs = Axis::linear("epoch", 1.0, f64::from(last));
    let panel = Panel::new("", epochs, Axis::linear("accuracy (%)", low, 100.0), series);
    Figure::single("Fig. 5b: accuracy by epoch", panel.with_legend(Corner::LowerRight))
}

/// Accuracy against the values of a setting: `(value, mean, standard deviation)` over so many seeds.
pub fn sweep(label: &str, seeds: usize, curve: &[(f64, f64, f64)]) -> Figure {
    let percent = |&(x, mean, deviation): &(f64, f64, f64)| (x, 100.0 * mean, 100.0 * deviation);
    let points: Vec<(f64, f64, f64)> = curve.iter().map(percent).collect();
    let line = Marks::Line(points.iter().map(|&(x, y, _)| (x, y)).collect());
    let name = match seeds {
        1 => "one seed".to_owned(),
        _ => format!("mean of {seeds} seeds, \u{B1} standard deviation"),
    };
    let series = vec![
        Series::new(&name, Ink::Series(0), line),
        Series::new(&name, Ink::Series(0), Marks::Intervals(points.clone())),
    ];
    let ends = points.iter().flat_map(|&(_, y, d)| [y - d, y + d]);
    let panel = Panel::new("", swept(label, curve), around("accuracy (%)", ends), series);
    let title = format!("Accuracy against {label}");
    // Where the curve is not, if it rises or falls.
    let rises = points.first().map(|point| point.1) < points.last().map(|point| point.1);
    let corner = if rises { Corner::LowerRight } else { Corner::LowerLeft };
    Figure::single(title, panel.with_legend(corner))
}

/// Values further apart than this are shown by their logarithms.
const LINEAR_RATIO: f64 = 100.0;

/// The axis of a sweep's values, with a little room at its ends.
fn swept(label: &str, curve: &[(f64, f64, f64)]) -> Axis {
    let low = curve.iter().map(|point| point.0).fold(f64::INFINITY, f64::min);
    let high = curve.iter().map(|point| point.0).fold(0.0, f64::max);
    if low > 0.0 && high / low >= LINEAR_RATIO {
        let room = (high / low).powf(0.03);
        return Axis::logarithmic(label, low / room, high * room);
    }
    let room = 0.03 * (high - low);
    Axis::linear(label, low - room, high + room)
}

/// An axis from a round number of percent below all values to one above them.
fn around(label: &str, values: impl Iterator<Item = f64> + Clone) -> Axis {
    let (low, high) =
        values.fold((100.0, 0.0), |(low, high): (f64, f64), y| (low.min(y), high.max(y)));
    let steps = [0.5, 1.0, 2.0, 5.0, 10.0];
    let step = steps.into_iter().find(|step| 4.0 * step >= high - low).unwrap_or(20.0);
    Axis::linear(
        label,
        (step * (low / step).floor()).max(0.0),
        (step * (high / step).ceil()).min(100.0),
    )
}

/// Mean spikes of each output neuron for the images of each label.
pub fn counts(mean_counts: &[Vec<f64>]) -> Figure {
    let title = "Fig. 5c: mean spikes by label and output neuron";
    matrix(title, mean_counts.len(), ["output neuron", "mean spikes"], |label, neuron| {
        mean_counts[label][neuron]
    })
}

/// Images of each label by decision.
pub fn confusion(confusion: &[Vec<u32>]) -> Figure {
    let title = "Fig. 5d: images by label and decision";
    matrix(title, confusion.len(), ["decision", "images"], |label, class| {
        f64::from(confusion[label][class])
    })
}

/// A cell for each label and class.
fn matrix(
    title: &str,
    classes: usize,
    [x, name]: [&str; 2],
    value: impl Fn(usize, usize) -> f64,
) -> Figure {
    let places = (0..classes).flat_map(|label| (0..classes).map(move |class| (label, class)));
    let cells = places.map(|(label, class)| (class as f64, label as f64, value(label, class)));
    let series = vec![Series::new(name, Ink::Series(0), Marks::Cells(cells.collect()))];
    let names = || (0..classes).map(|class| class.to_string()).collect();
    let panel = Panel::new(name, Axis::named(x, names()), Axis::named("label", names()), series);
    Figure { panel_size: (640, 560), ..Figure::single(title, panel) }
}
