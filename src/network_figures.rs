//! The paper's figures 5b to 5d.

use memspike_plot::{Axis, Corner, Figure, Ink, Marks, Panel, Series};
use memspike_snn::{CLASSES, training::Epoch};

/// Accuracy against epochs.
pub fn accuracy(history: &[Epoch]) -> Figure {
    let curve = |name: &str, colour, accuracy: &dyn Fn(&Epoch) -> f64| {
        let points = history.iter().map(|e| (f64::from(e.number), 100.0 * accuracy(e))).collect();
        Series::new(name, Ink::Series(colour), Marks::Line(points))
    };
    let series = vec![
        curve("training images", 0, &|epoch| epoch.training_accuracy),
        curve("validation images", 1, &|epoch| epoch.validation_accuracy),
    ];
    let accuracies = history.iter().flat_map(|e| [e.training_accuracy, e.validation_accuracy]);
    // Whole tens below all of them.
    let low = 10.0 * (10.0 * accuracies.fold(1.0, f64::min)).floor().min(9.0);
    let last = history.last().map_or(1, |epoch| epoch.number);
    let epochs = Axis::linear("epoch", 1.0, f64::from(last));
    let panel = Panel::new("", epochs, Axis::linear("accuracy (%)", low, 100.0), series);
    Figure::single("Fig. 5b: accuracy by epoch", panel.with_legend(Corner::LowerRight))
}

/// Mean spikes of each output neuron for the images of each label.
pub fn counts(mean_counts: &[[f64; CLASSES]; CLASSES]) -> Figure {
    let title = "Fig. 5c: mean spikes by label and output neuron";
    matrix(title, "output neuron", "mean spikes", |label, neuron| mean_counts[label][neuron])
}

/// Images of each label by decision.
pub fn confusion(confusion: &[[u32; CLASSES]; CLASSES]) -> Figure {
    let title = "Fig. 5d: images by label and decision";
    matrix(title, "decision", "images", |label, class| f64::from(confusion[label][class]))
}

/// A cell for each label and class.
fn matrix(title: &str, x: &str, name: &str, value: impl Fn(usize, usize) -> f64) -> Figure {
    let places = (0..CLASSES).flat_map(|label| (0..CLASSES).map(move |class| (label, class)));
    let cells = places.map(|(label, class)| (class as f64, label as f64, value(label, class)));
    let series = vec![Series::new(name, Ink::Series(0), Marks::Cells(cells.collect()))];
    let names = || (0..CLASSES).map(|class| class.to_string()).collect();
    let panel = Panel::new("", Axis::named(x, names()), Axis::named("label", names()), series);
    Figure { panel_size: (640, 560), ..Figure::single(title, panel) }
}
