//! The paper's figures from what the experiments found; one file for each kind of experiment.

pub mod neurons;
pub mod pulses;
pub mod sweeps;

/// Seconds to milliseconds, and so on: the numbers of an axis in its unit.
fn scaled(curve: &[(f64, f64)], per_x: f64, per_y: f64) -> Vec<(f64, f64)> {
    curve.iter().map(|&(x, y)| (x * per_x, y * per_y)).collect()
}

/// What a reader should know of a figure beside its title.
pub fn caption(number: &str) -> &'static str {
    match number {
        "2a" => {
            "Every 16th sweep of a device that varies; the thick line is the sweep of a typical one, of \
             which D1, D2 and D5 are read."
        }
        "2b" => "The two readings between which it turns on, at the limit of Fig. 2a.",
        "2c" => "A sweep reads voltages to its step: a bar stands on each level.",
        "2d" => "Every 8th sweep; off on the way up, on on the way down.",
        "2e" => {
            "The voltage is what the source-measure unit is set to; while it limits the \
             current, the device has less."
        }
        "2f" => "Nothing limits the current but the widest filament.",
        "2g" => "Mean and standard deviation over the sweeps of each device.",
        "2h" => "The paper's text gives the pulse 2 us, its caption 10 us; here it has 2 us.",
        "2i" => "A few cycles of each decade; all are counted.",
        "3b-e" => "The first spike is the highest: the filament starts from nothing.",
        "3f" => "Mean and standard deviation over all spikes, the first one included.",
        "4c" => "The ring at 0.8 V is the mean of the two frequencies of Fig. 4a.",
        _ => "",
    }
}
