//! Sources that follow voltages and currents, against closed forms and ngspice.

mod common;

use common::dialect::{assert_agrees, elaborated};
use common::rig::{Trace, run_into};

/// Sources that follow, in every way to write them, over an RC section and a source that hears a current.
const LAWS: &str = "laws
.param k=2
V1 in 0 PULSE(0 1 1m 1m 1m 3m 10m)
V2 b 0 0.5
R1 in a 1k
C1 a 0 1u IC=0
Vs a a2 0
R5 a2 0 2k
.options reltol=1e-7 abstol=1e-15 vntol=1e-9
.tran 10u 25m 0 10u uic
";

#[test]
fn laws_of_voltages_and_currents_agree_with_ngspice() {
    let sources = "B1 o1 0 V={k*V(a) + 3*v( in , b )-1}
Rb1 o1 0 1k
B2 0 o2 I='v(a)/1k+ 1m*(k-1)'
R2 o2 0 1k
E1 o3 0 VALUE={v(a)*(1+k)-v(b)/4}
R3 o3 0 1k
G1 0 o4 cur='1m*v(o3)'
R4 o4 0 1k
F1 0 o5 Vs 2
R6 o5 0 1k
H1 o6 0 vs 1k
R7 o6 0 1k
E2 o7 0 POLY(2) (in,0) a b 0.1 2 3
R8 o7 0 1k
F2 0 o8 POLY(2) Vs V1 1m 2 3
R9 o8 0 1k
B3 o9 0 v= 2*v(o1)-i(vs)*1000+i(b1)
R10 o9 0 1k
E3 oa 0 POLY(1) a b 0 3
Ra oa 0 1k
G2 0 ob POLY(1) a 0 2m 1m
Rb ob 0 1k
H2 oc 0 POLY(1) Vs 0.25 1k 0
Rc oc 0 1k
";
    let nodes = ["o1", "o2", "o3", "o4", "o5", "o6", "o7", "o8", "o9", "oa", "ob", "oc"];
    assert_agrees(&format!("{LAWS}{sources}.end"), &nodes, 2e-4);
}

#[test]
fn laws_within_subcircuits_follow_their_own_nodes_and_sources() {
    let deck = format!(
        "{LAWS}.subckt amp p out PARAMS: gain=1
Vm p q 0
Rq q 0 3k
.subckt stage x y g=1
Bq y 0 V={{g*v(x)+i(Vq)*1k}}
Vq x xx 0
Rx xx 0 5k
.ends
X1 q out stage g={{2*gain}}
Bi 0 s I={{gain*i(vm)}}
Rs s 0 1k
.ends
X1 a u amp gain=3
X2 in w amp
Ru u 0 1k
Rw w 0 1k
B9 o 0 V={{v(x1.s)+v(x2.x1.xx)}}
Ro o 0 1k
.end"
    );
    assert_agrees(&deck, &["u", "w", "x1.s", "x2.s", "o"], 2e-4);
}

#[test]
fn sources_that_follow_themselves_are_the_resistances_and_gains_of_algebra() {
    // A source of current that follows its own voltage is a conductance, one of voltage that follows its own current
    // a resistance; V = V / 2 + 1 is 2 V.
    let deck = elaborated(
        "feedback
V1 in 0 PWL(0 0 1 1)
R1 in a 1k
B1 a 0 I={v(a)/3k}
R2 in b 1k
Hb b 0 Hb 3k
B2 c 0 V={0.5*v(c)+1}
Rc c 0 1k
B3 d 0 V={v(in,in)+v(a)-v(a)+0*v(b)}
Rd d 0 1k
.tran 1
.end",
    );
    let mut trace = Trace::of(&deck.circuit, &["a", "b", "c", "d"]);
    run_into(&deck.circuit, 1.0, &mut [&mut trace]);
    for t in [0.1, 0.5, 1.0] {
        for (signal, truth) in [0.75 * t, 0.75 * t, 2.0, 0.0].into_iter().enumerate() {
            assert!((trace.at(signal, t) - truth).abs() < 1e-14, "{signal} at {t}");
        }
    }
}

#[test]
fn a_state_that_a_law_feeds_back_moves_as_its_equation_says() {
    // C v' = (1 - v) / R + g v + 1 uA with g = 0.5 mS: v' = -500 v + 1001, in V and s.
    let deck = elaborated(
        "a law on a state
V1 in 0 1
Vs in s 0
R1 s a 1k
C1 a 0 1u IC=0
B1 0 a I={0.5m*v(a)+1u}
F1 0 m Vs 1k
Rm m 0 1
.tran 10m uic
.end",
    );
    let mut trace = Trace::of(&deck.circuit, &["a", "m"]);
    run_into(&deck.circuit, 10e-3, &mut [&mut trace]);
    for t in [0.0, 1e-4, 1e-3, 5e-3, 10e-3_f64] {
        let volt = 2.002 * -(-500.0 * t).exp_m1();
        assert!((trace.at(0, t) - volt).abs() < 1e-13, "a at {t}: {}", trace.at(0, t));
        // 1000 times the current of 1 kohm, in 1 ohm.
        assert!((trace.at(1, t) - (1.0 - volt)).abs() < 1e-13, "m at {t}");
    }
}

#[test]
fn laws_with_corners_agree_with_ngspice() {
    // A sine into an RC section: both are the controls, so that corners are met at many slopes. (ngspice's TABLE has
    // rounded corners; those of its functions are sharp.)
    let deck = "laws with corners
V1 a 0 SIN(0 2 100)
V2 b 0 0.5
R1 a c 1k
C1 c 0 1u IC=0
B1 o1 0 V={abs(v(c))}
Rb1 o1 0 1k
B2 o2 0 V={max(v(a),v(b))+min(v(c),0.2)}
R2 o2 0 1k
B4 o4 0 V={v(a)>v(c) ? v(a)-v(c) : 0}
R4 o4 0 1k
B6 0 o7 I={uramp(v(a)-abs(v(c)))*1m}
R7 o7 0 1k
B7 o8 0 V={pwl(v(a),-1,0,0,1,1,4)}
R8 o8 0 1k
.options reltol=1e-7 abstol=1e-15 vntol=1e-9
.tran 2u 25m 0 2u uic
.end";
    assert_agrees(deck, &["o1", "o2", "o4", "o7", "o8"], 5e-4);
}

#[test]
fn laws_with_corners_have_them_where_their_controls_are_to_the_last_digits() {
    // v(a) = t, in V and s, so that each law is a function of the time alone.
    let law = |expression: &str, truth: fn(f64) -> f64| {
        let text = format!("a ramp\nV1 a 0 PWL(0 0 4 4)\nV2 b 0 3\n{expression}\n.tran 4\n.end");
        let deck = elaborated(&text);
        let mut trace = Trace::of(&deck.circuit, &["o"]);
        run_into(&deck.circuit, 4.0, &mut [&mut trace]);
        for step in 1..400 {
            let t = f64::from(step) * 0.01;
            // On a step itself both values are right.
            let sides = [truth(t - 1e-12), truth(t + 1e-12)];
            let volt = trace.at(0, t);
            let near = sides.iter().any(|truth| (volt - truth).abs() < 4e-12);
            assert!(near, "{expression} at {t}: {volt}, {sides:?}");
        }
    };
    let loaded = |source: &str| format!("{source}\nRo o 0 1k");
    law(&loaded("B1 o 0 V={abs(v(a)-1.5)}"), |t| (t - 1.5).abs());
    law(&loaded("B1 o 0 V={max(v(a),2)-min(v(a),1)}"), |t| t.max(2.0) - t.min(1.0));
    law(&loaded("B1 o 0 V={max(1,max(v(a),min(2*v(a)-2,v(b))))}"), |t| {
        1_f64.max(t.max((2.0 * t - 2.0).min(3.0)))
    });
    law(&loaded("B1 o 0 V={limit(3*v(a),5,2)}"), |t| (3.0 * t).clamp(2.0, 5.0));
    law(&loaded("B1 o 0 V={if(v(a)>=1 && !(v(a)>2), v(a), v(b))}"), |t| {
        if (1.0..=2.0).contains(&t) { t } else { 3.0 }
    });
    law(&loaded("B1 o 0 V={(v(a)<1 || v(a)>v(b))*2}"), |t| {
        if (1.0..=3.0).contains(&t) { 0.0 } else { 2.0 }
    });
    law(&loaded("B1 o 0 V={ternary_fcn(v(a)<=2.5,v(a),-v(a))}"), |t| if t <= 2.5 { t } else { -t });
    let table = |t: f64| {
        if t < 1.0 {
            0.5
        } else if t < 2.0 {
            0.5 + 2.0 * (t - 1.0)
        } else {
            2.5
        }
    };
    law(&loaded("E1 o 0 TABLE {v(a)} (1,0.5) (2,2.5)"), table);
    law(&loaded("E1 o 0 VALUE={table(v(a),1,0.5,2,2.5)}"), table);
    law("G1 0 o table {v(a)} = (1 .5m) (2 2.5m)\nRo o 0 1k", table);
    let dialect = "VALUE = { IF ( (V(A,0) > {vref-1}) & (V(b) < {4}) | (v(a)<1), 'vref'*{u2(v(a)-2.5)}, gt0(v(a)-1.5) ) }";
    law(&format!(".param vref=3\nE1 o 0 {dialect}\nRo o 0 1k"), |t| {
        let within = (1.0..=2.0).contains(&t);
        if within { f64::from(t > 1.5) } else { 3.0 * (t - 2.5).clamp(0.0, 1.0) }
    });
    law(&loaded("B1 o 0 V='2.5-0.5'*v(a)+(temper-27)"), |t| 2.0 * t);
    law(&loaded("B1 o 0 V=pwl(v(a),1,0.5,2,2.5)"), |t| 0.5 + 2.0 * (t - 1.0));
}

#[test]
fn a_comparison_is_true_on_its_level_as_it_says() {
    for (condition, truth) in
        [("v(a)>=1", 5.0), ("v(a)>1", 0.0), ("v(a)<=1", 5.0), ("v(a)<1", 0.0), ("1<=v(a)", 5.0)]
    {
        // The level is held from the beginning, and come to from either side.
        for source in ["1", "PWL(0 0 1 1)", "PWL(0 3 1 1)", "PULSE(0 1 0.5)", "PULSE(2 1 .5)"] {
            let deck = elaborated(&format!(
                "level\nV1 a 0 {source}\nB1 o 0 V={{{condition} ? 5 : 0}}\nRo o 0 1k\n.tran 3\n.end"
            ));
            let mut trace = Trace::of(&deck.circuit, &["o"]);
            run_into(&deck.circuit, 3.0, &mut [&mut trace]);
            assert_eq!(trace.at(0, 2.0), truth, "{condition} with {source}");
        }
    }
}

#[test]
fn a_comparator_with_feedback_oscillates_with_the_period_of_its_closed_form() {
    // A relaxation oscillator: the output is 1 V or -1 V, hysteresis by a divider of 1/2 through a capacitor's node.
    // C charges to -out through R between 0.5 V and -0.5 V: half a period is R C ln 3.
    let deck = elaborated(
        "a comparator with feedback
B1 o 0 V={limit(1e6*(v(p)-v(n)),-1,1)}
R1 o p 10k
R2 p 0 10k
Cp p 0 1f IC=0.4
R3 o n 10k
C1 n 0 1u IC=0
.tran 200m uic
.end",
    );
    let mut trace = Trace::of(&deck.circuit, &["o"]);
    run_into(&deck.circuit, 0.2, &mut [&mut trace]);
    let mut edges = Vec::new();
    let mut before = trace.at(0, 1e-6);
    for step in 1..400_000 {
        let t = f64::from(step) * 0.5e-6;
        let now = trace.at(0, t);
        if (now > 0.0) != (before > 0.0) {
            edges.push(t);
        }
        before = now;
    }
    assert!(edges.len() > 10, "{edges:?}");
    let half = 10e-3 * 3_f64.ln();
    for pair in edges.windows(2) {
        assert!((pair[1] - pair[0] - half).abs() < 2e-6, "{}: {half}", pair[1] - pair[0]);
    }
}

#[test]
fn a_diode_of_straight_lines_charges_a_capacitor_that_nothing_else_holds() {
    // From 0.5 V on a conductance of 1 mS: C v' = 1 mS (1 V - 0.5 V - v), from 0 V.
    let deck = elaborated(
        "a peak detector
V1 a 0 1
G1 a c TABLE {v(a,c)} = (-10,0) (0.5,0) (10.5,10m)
C1 c 0 1u IC=0
.tran 10m
.end",
    );
    let mut trace = Trace::of(&deck.circuit, &["c"]);
    run_into(&deck.circuit, 10e-3, &mut [&mut trace]);
    for t in [0.0, 0.5e-3, 1e-3, 5e-3, 10e-3_f64] {
        let volt = 0.5 * -(-t / 1e-3).exp_m1();
        assert!((trace.at(0, t) - volt).abs() < 1e-13, "{t}: {}", trace.at(0, t));
    }
}

#[test]
fn an_amplifier_that_saturates_within_its_feedback_obeys_its_closed_form() {
    // Gain 1e5 within rails that follow the circuit, too: v(o) = -10 v(in) A / (A + 11), or a rail.
    let deck = elaborated(
        "a saturating amplifier without capacitors
V1 in 0 SIN(0 1 50)
Vp p 0 5
R1 in n 1k
R2 n o 10k
B1 o 0 V={limit(-1e5*v(n), -v(p), v(p)-1)}
.tran 40m
.end",
    );
    let mut trace = Trace::of(&deck.circuit, &["o"]);
    run_into(&deck.circuit, 0.04, &mut [&mut trace]);
    for step in 1..400 {
        let t = f64::from(step) * 1e-4 + 0.3e-4;
        let free = -10.0 * (2.0 * std::f64::consts::PI * 50.0 * t).sin() * 1e5 / (1e5 + 11.0);
        let truth = free.clamp(-5.0, 4.0);
        assert!((trace.at(0, t) - truth).abs() < 1e-10, "{t}: {}, {truth}", trace.at(0, t));
    }
}
