use memspike_adjoint::*;
use std::ops::ControlFlow;
fn main() {
    let a: Vec<String> = std::env::args().collect();
    let get = |name: &str, d: f64| -> f64 {
        a.iter().find_map(|x| x.strip_prefix(&format!("{name}="))).map_or(d, |v| v.parse().unwrap())
    };
    let loss = match get("loss", 0.0) as u32 {
        0 => Loss::FirstSpike,
        1 => Loss::Potential,
        _ => Loss::Fraction,
    };
    let mut design = Design::default();
    let tau = design.tau_s();
    design.pulse_s = get("pulse", 1.0) * tau;
    design.refractory_s = get("refr", 0.0) * tau;
    let code = YinYang {
        early_s: get("early", 0.1) * tau,
        late_s: get("late", 1.0) * tau,
        bias_s: get("bias", 0.1) * tau,
    };
    let until_s = get("until", 3.0) * tau;
    let hidden = get("hidden", 120.0) as usize;
    let network = design.network(&[5, hidden, 3]).unwrap();
    let layers = Layers::of(&network).unwrap();
    let seed = get("seed", 0.0) as u64;
    let train = code.samples(seed, "yin-yang training", 5000);
    let val = code.samples(seed, "yin-yang validation", 1000);
    let test = code.samples(seed, "yin-yang test", 1000);
    let mut o = Options::new(loss, until_s);
    o.seed = seed;
    o.epochs = get("epochs", 30.0) as u32;
    o.batch = get("batch", f64::from(o.batch)) as u32;
    o.learning_rate = get("lr", o.learning_rate);
    o.terms.sharpness = get("sharp", o.terms.sharpness);
    o.terms.early = get("earlyw", o.terms.early);
    o.terms.alive = get("alive", o.terms.alive);
    o.start_mean = get("mean", o.start_mean);
    o.start_deviation = get("dev", o.start_deviation);
    o.longest = get("clip", 1.0);
    o.weight_decay = get("decay", 0.0);
    rayon::ThreadPoolBuilder::new().num_threads(1).build_global().unwrap();
    let mut t = Trainer::new(&o, &layers, (&train, &val), None);
    let begin = std::time::Instant::now();
    while !t.is_over() {
        let e = t.epoch(|_| ControlFlow::Continue(())).unwrap().unwrap();
        if e.number % (get("every", 10.0) as u32) == 0 || e.number == 1 {
            println!(
                "{} loss {:.4} train {:.2} val {:.2} {:.1} s",
                e.number,
                e.loss,
                100.0 * e.training_accuracy,
                100.0 * e.validation_accuracy,
                begin.elapsed().as_secs_f64()
            );
        }
    }
    let best = t.state().best.clone().unwrap();
    let acc = accuracy(&layers, &best.weights, &test, &o).unwrap();
    let last = accuracy(&layers, &t.weights(), &test, &o).unwrap();
    println!(
        "{} best {} val {:.2} test {:.2} last {:.2}",
        a[1..].join(" "),
        best.epoch.number,
        100.0 * best.epoch.validation_accuracy,
        100.0 * acc,
        100.0 * last
    );
}
