//! The oracle against closed forms, with dashu-float's arithmetic and functions.

use dashu_float::FBig;
use dashu_float::round::mode::HalfEven;

use crate::case::{Case, Element, Kind, Source};
use crate::oracle::{Truth, solve};
use crate::pieces::Perturbation;
use crate::random::Random;
use crate::real::{Real, sin_cos, tau};

/// A binary number of another's making.
type Big = FBig<HalfEven, 2>;

const PRECISION: usize = 500;

fn big(x: f64) -> Big {
    Big::try_from(x).expect("finite").with_precision(PRECISION).value()
}

/// The same number, told in pieces that are exact in both.
fn told(x: Real) -> Big {
    let (mut rest, mut sum) = (x, big(0.0));
    for _ in 0..10 {
        let piece = rest.to_f64();
        sum += big(piece);
        rest = rest - Real::from(piece);
    }
    sum
}

/// Asserts that two numbers differ by at most `tolerance` of `span`.
fn assert_close(found: Real, right: &Big, span: f64, tolerance: f64, what: &str) {
    let apart = (told(found) - right).to_f64().value().abs();
    assert!(apart <= tolerance * span, "{what}: {} for {right}, off by {apart:e}", told(found));
}

#[test]
fn arithmetic_agrees_with_dashu_to_370_bits() {
    let tolerance = 2f64.powi(-370);
    let mut random = Random::new(1);
    for _ in 0..2000 {
        let mut number = || {
            let scale = random.decades(1e-20, 1e20);
            let head = Real::from(scale * random.between(-1.0, 1.0));
            // Digits beyond those of an `f64`.
            head + Real::from(scale * random.between(-1e-30, 1e-30)) / Real::from(7)
        };
        let (a, b) = (number(), number());
        let (x, y) = (told(a), told(b));
        let size = |z: &Big| z.to_f64().value().abs();
        let sum = size(&x).max(size(&y));
        assert_close(a + b, &(&x + &y), sum, tolerance, "sum");
        assert_close(a - b, &(&x - &y), sum, tolerance, "difference");
        assert_close(a * b, &(&x * &y), size(&(&x * &y)), tolerance, "product");
        assert_close(a / b, &(&x / &y), size(&(&x / &y)), tolerance, "quotient");
        assert_eq!(a < b, x < y);
        assert_eq!(a.to_f64(), x.to_f64().value());
    }
    let angle = Real::from(2.5);
    let (sin, cos) = sin_cos(angle);
    assert_close(sin, &big(2.5).sin(), 1.0, tolerance, "sine");
    assert_close(cos, &big(2.5).cos(), 1.0, tolerance, "cosine");
    assert_close(sin_cos(tau()).0, &big(0.0), 1.0, tolerance, "tau");
}

/// A circuit of nodes from 1 on that starts with `uic`.
fn case(initial: &[f64], until: u64, parts: &[(&str, [usize; 2], [usize; 2], Kind)]) -> Case {
    let element = |(name, nodes, control, kind): &(&str, [usize; 2], [usize; 2], Kind)| Element {
        name: (*name).to_owned(),
        nodes: *nodes,
        control: *control,
        kind: kind.clone(),
    };
    let volts = std::iter::once(0.0).chain(initial.iter().copied()).collect();
    Case {
        elements: parts.iter().map(element).collect(),
        nodes: initial.len(),
        initial: Some(volts),
        until,
    }
}

/// Compares a node (from 1) at all samples with `right(time in seconds)`.
fn assert_follows(case: &Case, node: usize, right: impl Fn(&Big) -> Big) -> Truth {
    let truth = solve(case, Perturbation::NONE).expect("a truth");
    let span = truth.samples.iter().map(|s| s.volts[node - 1].to_f64().abs()).fold(0.0, f64::max);
    for sample in &truth.samples {
        let t = (big(sample.start_fs as f64) + big(sample.after_fs)) / big(1e15);
        assert_close(sample.volts[node - 1], &right(&t), span, 1e-25, &format!("{t:.20} s"));
    }
    truth
}

/// A supply at node 1 and an RC at node 2.
fn rc(source: Source, ohm: f64, farad: f64, until: u64) -> Case {
    let none = [0, 0];
    case(
        &[0.0, 0.0],
        until,
        &[
            ("v1", [1, 0], none, Kind::Voltage(source)),
            ("r1", [1, 2], none, Kind::Resistor(ohm)),
            ("c1", [2, 0], none, Kind::Capacitor(farad)),
        ],
    )
}

#[test]
fn the_oracle_charges_a_capacitor_exponentially() {
    // v = V (1 - e^(-t/RC)), from far below to far beyond the time constant.
    for (ohm, farad, until) in [(1e3, 1e-6, 1 << 42), (1e15, 1e-9, 1 << 20), (10.0, 1e-12, 1 << 45)]
    {
        let tau = big(ohm) * big(farad);
        let right = |t: &Big| big(3.0) * (big(1.0) - (-(t / &tau)).exp());
        assert_follows(&rc(Source::Dc(3.0), ohm, farad, until), 2, right);
    }
}

#[test]
fn the_oracle_lags_behind_a_ramp() {
    // v = s (t - tau (1 - e^(-t/tau))); the ramp ends with the run.
    for (ohm, farad, until) in [(1e3, 1e-6, 1_u64 << 42), (1e12, 1e-9, 1 << 30)] {
        let tau = big(ohm) * big(farad);
        let slope = big(2.0) / (big(until as f64) / big(1e15));
        let right = |t: &Big| &slope * (t - &tau * (big(1.0) - (-(t / &tau)).exp()));
        let source = Source::Pwl(vec![(0, 0.0), (until, 2.0)]);
        assert_follows(&rc(source, ohm, farad, until), 2, right);
    }
}

#[test]
fn the_oracle_filters_a_sine() {
    // v = (sin wt - w tau cos wt + w tau e^(-t/tau)) / (1 + (w tau)^2)
    let (ohm, farad, hz) = (1e3, 1e-6, 700.0);
    let (tau_s, w) = (big(ohm) * big(farad), big(2.0) * Big::pi(PRECISION) * big(hz));
    let x = &w * &tau_s;
    let right = |t: &Big| {
        let angle = &w * t;
        let wave = angle.sin() - &x * angle.cos() + &x * (-(t / &tau_s)).exp();
        wave / (big(1.0) + &x * &x)
    };
    let source =
        Source::Sine { offset: 0.0, amplitude: 1.0, hz, delay: 0, damping: 0.0, phase: 0.0 };
    assert_follows(&rc(source, ohm, farad, 1 << 43), 2, right);
}

#[test]
fn the_oracle_has_both_rates_of_two_sections() {
    // Two sections, the second a billion times faster: eigenvalues from the quadratic, the small one by its
    // stable form. v_a = A e^(-slow t) + (1 - A) e^(-fast t), v_a'(0) = -1 / (r c1).
    let (r, c1, c2) = (1e3, 1e-6, 1e-15);
    let none = [0, 0];
    let circuit = case(
        &[1.0, 1.0],
        1 << 44,
        &[
            ("r1", [1, 0], none, Kind::Resistor(r)),
            ("c1", [1, 0], none, Kind::Capacitor(c1)),
            ("r2", [1, 2], none, Kind::Resistor(r)),
            ("c2", [2, 0], none, Kind::Capacitor(c2)),
        ],
    );
    let (g1, g2) = (big(1.0) / (big(r) * big(c1)), big(1.0) / (big(r) * big(c2)));
    let (p, q) = (big(2.0) * &g1 + &g2, &g1 * &g2);
    let fast = big(0.5) * (&p + (&p * &p - big(4.0) * &q).sqrt());
    let slow = &q / &fast;
    let a = (&fast - &g1) / (&fast - &slow);
    let right = |t: &Big| &a * (-(&slow * t)).exp() + (big(1.0) - &a) * (-(&fast * t)).exp();
    assert_follows(&circuit, 1, right);
}

#[test]
fn the_oracle_rings_without_damping() {
    // C v1' = -g v2, C v2' = g v1.
    let (g, c) = (1e-3, 1e-6);
    let none = [0, 0];
    let circuit = case(
        &[0.7, 0.0],
        1 << 45,
        &[
            ("c1", [1, 0], none, Kind::Capacitor(c)),
            ("c2", [2, 0], none, Kind::Capacitor(c)),
            ("g1", [1, 0], [2, 0], Kind::Vccs(g)),
            ("g2", [2, 0], [1, 0], Kind::Vccs(-g)),
        ],
    );
    let w = big(g) / big(c);
    assert_follows(&circuit, 1, |t| big(0.7) * (&w * t).cos());
}

#[test]
fn the_oracle_divides_a_jump_between_capacitors() {
    // A step of 2 V through 1 nF onto 3 nF beside R: 2 V / 4 at once, then e^(-t / (R 4 nF)).
    let (r, c1, c2) = (1e6, 1e-9, 3e-9);
    let none = [0, 0];
    let source = Source::Pwl(vec![(1 << 40, 0.0), (1 << 40, 2.0)]);
    let circuit = case(
        &[0.0, 0.0],
        1 << 43,
        &[
            ("v1", [1, 0], none, Kind::Voltage(source)),
            ("c1", [1, 2], none, Kind::Capacitor(c1)),
            ("c2", [2, 0], none, Kind::Capacitor(c2)),
            ("r2", [2, 0], none, Kind::Resistor(r)),
        ],
    );
    let (sum, jump) = (big(c1) + big(c2), big((1_u64 << 40) as f64) / big(1e15));
    let tau = big(r) * &sum;
    assert_follows(&circuit, 2, |t| {
        if *t < jump {
            return big(0.0);
        }
        big(2.0) * big(c1) / &sum * (-((t - &jump) / &tau)).exp()
    });
}

#[test]
fn the_oracle_finds_the_period_of_a_relaxation_oscillator() {
    // Charges towards V RA / (R + RA) with R in parallel to RA, RA the switch's resistance; both ways to a
    // level are logarithms.
    let (supply, r, c, ron, roff) = (2.0, 1e6, 1e-9, 1e3, 1e9);
    let none = [0, 0];
    let circuit = case(
        &[0.0, 0.0],
        5_000_000_000_000,
        &[
            ("v1", [1, 0], none, Kind::Voltage(Source::Dc(supply))),
            ("r1", [1, 2], none, Kind::Resistor(r)),
            ("c1", [2, 0], none, Kind::Capacitor(c)),
            ("s1", [2, 0], [2, 0], Kind::Switch { vt: 0.5, vh: 0.25, ron, roff }),
        ],
    );
    let way = |from: f64, to: f64, ohm: f64| {
        let parallel = big(1.0) / (big(1.0) / big(r) + big(1.0) / big(ohm));
        let end = big(supply) * &parallel / big(r);
        let ratio = (big(from) - &end) / (big(to) - &end);
        parallel * big(c) * ratio.ln()
    };
    let truth = solve(&circuit, Perturbation::NONE).expect("a truth");
    assert!(truth.changes.len() >= 6, "{}", truth.changes.len());
    let mut at = way(0.0, 0.75, roff);
    for (k, change) in truth.changes.iter().enumerate() {
        let found = change.at_fs / Real::from(1_000_000_000_000_000);
        assert_close(found, &at, 1e-3, 1e-25, &format!("change {k}"));
        at += if k % 2 == 0 { way(0.75, 0.25, ron) } else { way(0.25, 0.75, roff) };
    }
}
