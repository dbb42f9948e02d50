//! Options of a training that has not begun.

use memspike_snn::training::Options;

/// Learning rate of networks of events, whose weights are in thresholds.
const EVENTS_RATE: f64 = 1e-3;

use crate::train_args::TrainArguments;

/// Options of a preset with what the user chose instead, but for the images that are kept.
pub fn chosen(options: Options, arguments: &TrainArguments) -> Options {
    let TrainArguments { neurons, choices, shape, .. } = arguments;
    let count = |choice: Option<u32>, preset: Option<u32>| match choice {
        None => preset,
        Some(0) => None,
        some => some,
    };
    let neurons = neurons.of(options.ideal());
    let events = arguments.exact.data.is_some();
    let rate = if events { EVENTS_RATE } else { options.learning_rate };
    let options = Options {
        seed: choices.seed.unwrap_or(options.seed),
        epochs: choices.epochs.unwrap_or(options.epochs),
        batch: choices.batch.unwrap_or(options.batch),
        learning_rate: choices.learning_rate.unwrap_or(rate),
        loss: choices.loss.map_or(options.loss, Into::into),
        slope: choices.slope.unwrap_or(options.slope),
        encoding: neurons.code,
        lif_threshold: neurons.threshold_v,
        lif_reset: neurons.reset_v,
        shape: shape.as_ref().map_or(options.shape, |shape| shape.0.clone()),
        events,
        recurrent: arguments.recurrent,
        dropout: choices.dropout.unwrap_or(options.dropout),
        shift: choices.shift.unwrap_or(options.shift),
        weight_decay: choices.weight_decay.unwrap_or(options.weight_decay),
        coarse_steps: choices.coarse_steps.or(options.coarse_steps),
        coarse_epochs: choices.coarse_epochs.unwrap_or(options.coarse_epochs),
        weight_limit: choices.weight_limit.unwrap_or(options.weight_limit),
        weight_noise: choices.weight_noise.unwrap_or(options.weight_noise),
        threshold_noise: choices.threshold_noise.unwrap_or(options.threshold_noise),
        rate_noise: choices.rate_noise.unwrap_or(options.rate_noise),
        levels: count(choices.levels, options.levels),
        patience: count(choices.patience, options.patience),
        ..options
    }
    .in_steps(neurons.steps);
    Options { score: choices.score.unwrap_or(options.score), ..options }
}
