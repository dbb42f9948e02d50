//! Gradients against finite differences.

use memspike_snn::training::{
    ByAnswer, Deviations, Loss, Pass, Seen, Shown, Spiking, Surrogate, Table, Unrolled, Volts,
};

/// Loss and gradients of a sample whose label is 3, of the network in double precision.
fn differentiated(
    network: &Unrolled,
    shown: &Shown<'_, f64>,
    loss: Loss,
) -> (f64, Pass<f64>, Vec<Vec<f64>>) {
    let mut pass = Pass::new(network.stages());
    network.forward(&mut pass, shown);
    let scores: Vec<f64> =
        pass.counts.iter().zip(&pass.potentials_v).map(|(n, v)| 0.2 * n + 3.0 * v).collect();
    let (value, by_score) = loss.of(&scores, 3);
    let by = |factor: f64| by_score.iter().map(|d| factor * d).collect();
    let by = ByAnswer { counts: by(0.2), potentials_v: by(3.0) };
    let zeros = |table: &Table| vec![0.0; table.weights()];
    let mut gradients: Vec<Vec<f64>> = network.tables().iter().map(zeros).collect();
    network.backward(&mut pass, shown, &by, &mut gradients);
    (value, pass, gradients)
}

/// Holds gradients of the smoothed network against differences of its loss.
pub fn hold_against_differences(
    network: &Unrolled,
    volts: &[Vec<f64>],
    seen: Seen<'_>,
    deviations: &Deviations<f64>,
    (loss, slope): (Loss, f64),
) {
    let surrogate = Surrogate { slope, spiking: Spiking::Smooth, through_reset: true };
    let of = |volts: &[Vec<f64>]| {
        let tables = network.tables();
        let arrays = volts.iter().zip(&tables);
        let volts: Vec<Volts<f64>> =
            arrays.map(|(rows, table)| Volts::new(rows.clone(), table.neurons)).collect();
        differentiated(network, &Shown { seen, volts: &volts, deviations, surrogate }, loss)
    };
    let (_, pass, gradients) = of(volts);
    assert!(pass.counts.iter().sum::<f64>() > 2.0, "{:?}", pass.counts);
    let most = gradients.iter().flatten().fold(0.0, |most: f64, d| most.max(d.abs()));
    assert!(most > 1e-3, "{most}");
    for (at, gradient) in gradients.iter().enumerate() {
        for k in 0..40 {
            let place = (k * 977 + k) % gradient.len();
            let mut moved = volts.to_vec();
            let h = 1e-7;
            moved[at][place] += h;
            let above = of(&moved).0;
            moved[at][place] -= 2.0 * h;
            let difference = (above - of(&moved).0) / (2.0 * h);
            let error = (gradient[place] - difference).abs();
            assert!(
                error <= 1e-6 * difference.abs() + 1e-7 * (1.0 + most),
                "{loss:?} array {at} weight {place}: {} against {difference}",
                gradient[place]
            );
        }
    }
}
