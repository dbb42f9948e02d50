//! Measurements that an exported deck asks ngspice for.

use memspike_spice::{Options, export};

use crate::{common::ngspice::measurements, netlists, parse, run};

#[test]
fn measurements_of_a_run_from_rest_agree() {
    // Without uic: the source holds 50 mV first. One device stands upside down, in a subcircuit.
    let text = "Two neurons from rest
V1 in 0 PULSE(0.05 0.8 5m 0 0 100m 200m)
X1 in out neuron
X2 in other neuron
.subckt neuron a b
R1 a b 1Meg
C1 b 0 47n
N1 0 b device
.ends
.model device ts_memristor(ron=130 vform=0.13)
.tran 100m
.meas tran first first_spike X1.N1
.meas tran second WHEN v(out)=0.2 FALL=2
.meas tran beside FIND v(other) WHEN v(out)=0.15 RISE=3
.meas tran delay TRIG v(out) VAL=0.2 RISE=1 TARG v(out) VAL=0.2 FALL=1
.meas tran peak MAX v(out) FROM=60m
.meas tran least MIN v(out) FROM=60m
.meas tran swing PP v(out) FROM=60m
.meas tran mean AVG v(in,out)
.meas tran effective RMS v(out)
.meas tran charge INTEG i(X1.R1)
.end
";
    assert_measures_agree(text, 10);
}

/// Asserts that ngspice measures what we do, each of so many numbers within a thousandth.
fn assert_measures_agree(text: &str, count: usize) {
    let deck = parse(&netlists().join("rest.cir"), text);
    let theirs = measurements(&export(&deck, Options::default()).expect("it has a form"));
    let outcome = run(&deck);
    assert_eq!(outcome.measures.len(), count);
    for (name, ours) in &outcome.measures {
        let ours = ours.unwrap_or_else(|| panic!("no {name}: {:?}", outcome.warnings));
        let (_, theirs) = theirs
            .iter()
            .find(|(n, _)| n == name)
            .unwrap_or_else(|| panic!("ngspice has no {name} in {theirs:?}"));
        assert!((theirs / ours - 1.0).abs() < 1e-3, "{name}: {theirs} for {ours}");
    }
}

#[test]
fn measurements_of_laws_and_switches_by_current_agree() {
    let text = "Laws, and switches by current
.param k=2
V1 a 0 SIN(0 1 50)
Vs a s 0
R1 s c 1k
C1 c 0 1u IC=0
B1 o1 0 V={k*v(c)-v(a)+1k*i(Vs)+0.1}
Rb1 o1 0 1k
B2 0 o2 I={max(v(c),min(v(a),0.3))*1m}
R2 o2 0 1k
E1 o3 0 VALUE={if(v(a)>=0.2 && !(v(c)<0), v(a), abs(v(c)))}
R3 o3 0 1k
.subckt amp x y g=1
Vm x q 0
Rq q 0 2k
B1 y 0 V={limit(g*v(x)+1k*i(Vm),-1,1)}
.ends
X1 c o5 amp g=3
R5 o5 0 1k
W1 a o[6] Vs relay
W2 a o[7] Vs relay2
R[6:7] o[6:7] 0 1k
.model relay iswitch(ion=0.1m ioff=0.05m ron=10 roff=1meg)
.model relay2 iswitch(ion=0.05m ioff=0.1m ron=10 roff=1meg)
.options vswitch=hysteresis
.tran 40m uic
.meas tran i1 avg i(b1)
.meas tran i2 max i(b2)
.meas tran o3 avg v(o3)
.meas tran o5 rms v(o5)
.meas tran o6 avg v(o[6])
.meas tran o7 avg v(o[7])
.meas tran is avg i(e1)
.end
";
    assert_measures_agree(text, 7);
}
