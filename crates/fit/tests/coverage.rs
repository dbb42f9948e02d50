//! How often the truth lies within the uncertainty that is reported.
//!
//! The devices are simulated here, level by level of a staircase, by code of this file alone: growth is
//! a sum over levels, the on state a resistor under a current limit. Instruments add noise, an offset
//! and a displacement current, and log what was forced or what was measured at the device.

use std::{collections::BTreeMap, fmt::Write as _, fs};

use memspike_fit::{Quantity, Task};
use memspike_random::Draws;
use tempfile::TempDir;

/// A device and the instrument that measures it.
#[derive(Debug, Clone)]
struct Truth {
    von: f64,
    vs: f64,
    t0: f64,
    vhold: f64,
    roff: f64,
    ron: f64,
    sigma_von: f64,
    sigma_vhold: f64,
    step: f64,
    dwell: f64,
    top: f64,
    cycles: usize,
    /// Sign of each cycle: all positive, all negative, or in turns.
    signs: [f64; 2],
    /// Limit of the source (A).
    compliance: Option<f64>,
    /// Whether the limit is told to the fit.
    told: bool,
    /// Whether the voltage at the device is logged.
    measured: bool,
    offset: f64,
    /// Current per rate of the voltage (F).
    capacitance: f64,
    /// Noise of the current (A), and as a part of it.
    noise: [f64; 2],
}

/// Draws of one device, in order.
struct Drawer {
    draws: Draws,
    count: u64,
}

impl Drawer {
    fn new(seed: u64, what: &str) -> Self {
        Self { draws: Draws::new(seed, what), count: 0 }
    }

    fn normal(&mut self) -> f64 {
        self.count += 1;
        self.draws.normal_pair(self.count)[0]
    }

    /// Between two bounds, evenly: the angle of a pair of normal numbers.
    fn even(&mut self, from: f64, to: f64) -> f64 {
        self.count += 1;
        let [x, y] = self.draws.normal_pair(self.count);
        from + (to - from) * (y.atan2(x) / std::f64::consts::TAU + 0.5)
    }

    fn decades(&mut self, from: f64, to: f64) -> f64 {
        self.even(from.ln(), to.ln()).exp()
    }
}

fn device(seed: u64) -> Truth {
    let mut d = Drawer::new(seed, "a measured device");
    let (von, step) = (d.even(0.15, 0.6), d.even(3e-3, 1e-2));
    let (vs, dwell) = (d.even(5e-3, 5e-2), d.decades(0.01, 0.2));
    // From thresholds that are von to those that follow the rate.
    let t0 = d.decades(0.03, 30.0) * vs * dwell / step;
    let vhold = von * d.even(0.3, 0.7);
    let (roff, ron) = (d.decades(1e7, 1e11), d.decades(200.0, 2e4));
    let compliance = (d.even(0.0, 1.0) < 0.7).then(|| vhold * d.even(1.02, 2.0) / ron);
    let threshold = von + vs * (t0 * step / (dwell * vs)).ln_1p();
    let sign = d.even(0.0, 3.0);
    Truth {
        von,
        vs,
        t0,
        vhold,
        roff,
        ron,
        sigma_von: step * d.even(0.8, 2.0),
        sigma_vhold: step * d.even(0.8, 2.0),
        step,
        dwell,
        top: 1.25 * threshold + 8.0 * step,
        cycles: 8 + d.even(0.0, 8.0) as usize,
        signs: [[1.0, 1.0], [-1.0, -1.0], [1.0, -1.0]][sign as usize],
        compliance,
        told: d.even(0.0, 1.0) < 0.5,
        measured: d.even(0.0, 1.0) < 0.4,
        offset: d.even(-2e-10, 2e-10),
        capacitance: d.decades(1e-12, 1e-9),
        noise: [d.decades(1e-12, 1e-9), d.decades(1e-3, 3e-2)],
    }
}

/// Voltage and current of one cycle after the other.
fn points(truth: &Truth, seed: u64) -> Vec<[f64; 2]> {
    let mut d = Drawer::new(seed, "its noise");
    let levels = (truth.top / truth.step) as usize;
    let mut points = Vec::new();
    for cycle in 0..truth.cycles {
        let sign = truth.signs[cycle % 2];
        let von = truth.von + truth.sigma_von * d.normal();
        let vhold = truth.vhold + truth.sigma_vhold * d.normal();
        let (mut grown, mut on) = (0.0, false);
        let up = (0..levels).map(|k| (k, 1.0));
        let down = (0..levels).rev().map(|k| (k, -1.0));
        for (level, way) in up.chain(down) {
            let volt = level as f64 * truth.step;
            if on {
                on = volt > vhold;
            } else if way > 0.0 {
                let rate =
                    if volt < von { 0.0 } else { ((volt - von) / truth.vs).exp() / truth.t0 };
                grown += truth.dwell * rate;
                on = grown >= 1.0;
            }
            let free = if on { volt / truth.ron } else { volt / truth.roff };
            let limit = truth.compliance.unwrap_or(f64::INFINITY);
            let ampere = free.min(limit);
            let limited = on && free > limit;
            let across = if limited { ampere * truth.ron } else { volt };
            let displaced = truth.capacitance * way * truth.step / truth.dwell;
            let read = ampere * (1.0 + truth.noise[1] * d.normal()) + displaced;
            let logged = if truth.measured {
                sign * across * (1.0 + 5e-4 * d.normal()) + 2e-5 * d.normal()
            } else {
                sign * volt
            };
            points.push([logged, sign * read + truth.offset + truth.noise[0] * d.normal()]);
        }
    }
    points
}

/// The measurement file; resistances are free if they are read.
fn task(truth: &Truth, points: &[[f64; 2]]) -> Task {
    let folder = TempDir::new().expect("a folder");
    let mut csv = "voltage,current\n".to_owned();
    for [volt, ampere] in points {
        let _ = writeln!(csv, "{volt:.6e},{ampere:.6e}");
    }
    fs::write(folder.path().join("s.csv"), csv).expect("the sweep is written");
    let free = |name: &str, value: f64| {
        format!(
            "{name} = {{ start = {:e}, min = {:e}, max = {:e} }}\n",
            1.1 * value,
            0.2 * value,
            5.0 * value
        )
    };
    let parse = |resistances: &str| {
        let text = format!(
            "name = \"d\"\nmodel = \"ts_memristor\"\n[parameters]\n{}{}vs = {:e}\nt0 = {:e}\nvform = 0\n\
             {resistances}[[measurements]]\nkind = \"sweep\"\ncsv = \"s.csv\"\nstep = {:e}\ndwell = {:e}\n\
             voltage = \"{}\"\n{}",
            free("von", truth.von),
            free("vhold", truth.vhold),
            truth.vs,
            truth.t0,
            truth.step,
            truth.dwell,
            if truth.measured { "measured" } else { "forced" },
            match truth.compliance {
                Some(ampere) if truth.told => format!("compliance = {ampere:e}\n"),
                _ => String::new(),
            }
        );
        let name = folder.path().join("m.toml");
        Task::parse(&name.to_string_lossy(), &text).unwrap_or_else(|e| panic!("{e}\n{truth:?}"))
    };
    let read = parse("");
    let has = |wanted: fn(&Quantity) -> bool| read.measurements.iter().any(|m| wanted(&m.quantity));
    let roff = if has(|q| matches!(q, Quantity::OffResistance { .. })) {
        free("roff", truth.roff)
    } else {
        format!("roff = {:e}\n", truth.roff)
    };
    let ron = if has(|q| matches!(q, Quantity::OnResistance { .. })) {
        free("ron", truth.ron)
    } else {
        format!("ron = {:e}\n", truth.ron)
    };
    parse(&(roff + &ron))
}

#[test]
fn the_truth_lies_within_two_standard_deviations_as_often_as_that_says() {
    const DEVICES: u64 = 200;
    let mut counts: BTreeMap<&str, [u32; 3]> = BTreeMap::new();
    for seed in 0..DEVICES {
        let truth = device(seed);
        let task = task(&truth, &points(&truth, seed));
        let fit = task.fit(|_, _| true).unwrap_or_else(|e| panic!("{seed}: {e}\n{truth:?}"));
        assert_eq!(fit.contradiction, None, "{seed}: {truth:?}");
        let fitted = fit.parameters.iter().map(|p| (p.name, p.value, p.sigma.unwrap_or(0.0)));
        let spread = fit.spreads.iter().map(|s| (s.parameter, s.value, s.sigma));
        for (name, value, sigma) in fitted.chain(spread) {
            let true_value = match name {
                "von" => truth.von,
                "vhold" => truth.vhold,
                "roff" => truth.roff,
                "ron" => truth.ron,
                "sigma_von" => truth.sigma_von,
                "sigma_vhold" => truth.sigma_vhold,
                other => panic!("{other}"),
            };
            let off = (value - true_value).abs() / sigma;
            if off > 4.0 {
                eprintln!(
                    "{seed}: {name} {value:e} +- {sigma:e}, truth {true_value:e}: {off:.1}; {truth:?}"
                );
            }
            let [read, one, two] = counts.entry(name).or_default();
            *read += 1;
            *one += u32::from(off <= 1.0);
            *two += u32::from(off <= 2.0);
        }
    }
    for (name, [read, one, two]) in &counts {
        let part = |count: u32| 100.0 * f64::from(count) / f64::from(*read);
        eprintln!(
            "{name}: read of {read} devices, truth within 1 sigma {:.1} %, within 2 sigma {:.1} %",
            part(*one),
            part(*two)
        );
    }
    assert_eq!(counts.len(), 6);
    for (name, [read, _, two]) in counts {
        let within = f64::from(two) / f64::from(read);
        assert!(read >= DEVICES as u32 / 3, "{name} is read of {read} devices only");
        assert!((0.9..=0.995).contains(&within), "{name}: {within}");
    }
}
