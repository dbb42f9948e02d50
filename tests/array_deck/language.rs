//! What decks of networks are written with beside arrays: vectors of ports, images, and numbers computed from measurements.

use std::fs;

use crate::{assert_near, elaborate, folder, measure, run, run_deck};

#[test]
fn layers_are_subcircuits_with_vectors_of_ports() {
    let flat = run("V0[0:3] row[0:3] 0 {1+index}
        A1 row[0:3] mem[0:1] array weights=w.csv
        R1[0:1] mem[0:1] 0 1k
        .model array crossbar(gmax=1u)
        .tran 1m
        .meas tran first avg v(mem[0])
        .meas tran second avg v(mem[1])");
    let nested = run(".subckt layer in[0:3] out[1:0]
        A1 in[0:3] out[0:1] array weights=w.csv
        R1[0:1] out[0:1] 0 1k
        .model array crossbar(gmax=1u)
        .ends
        V0[0:3] row[0:3] 0 {1+index}
        X1 row[0:3] b a layer
        R2 a 0 1g
        R3 b 0 1g
        .tran 1m
        .meas tran first avg v(a)
        .meas tran second avg v(b)
        .meas tran both param='first+0*second'");
    for name in ["first", "second"] {
        // Beside 1 kohm, 1 Gohm is a millionth.
        let (flat, nested) = (measure(&flat, name), measure(&nested, name));
        assert!((nested / flat - 1.0).abs() < 2e-6, "{name}: {nested} {flat}");
    }
}

#[test]
fn what_several_measurements_gave_can_be_computed_with() {
    let outcome = run("V0[0:1] x[0:1] 0 {0.5+index}
        R1[0:1] x[0:1] m[0:1] 1Meg\nC1[0:1] m[0:1] 0 47n\nN1[0:1] m[0:1] 0 zno
        .model zno ts_memristor()
        .tran 0.5 uic
        .meas tran n[0:1] spikes N1[0:1]
        .meas tran more param='n[1]-n[0]'");
    let of = |name| measure(&outcome, name);
    assert!(of("more") > 0.0);
    assert_eq!(of("more"), of("n[1]") - of("n[0]"));
}

#[test]
fn a_model_s_parameters_mean_what_they_mean_where_its_own_card_stands() {
    // Turns on at 0.3 V in both: `v` inside the subcircuit is another one; `zno` is the one outside.
    let outcome = run(".param v=0.3
        .model zno sw(vt={v} vh=0 ron=1 roff=1g)
        .subckt cell a c params: v=2
        .model zno ako:zno(ron=2)
        S1 a 0 c 0 zno
        .ends
        V1 c 0 PWL(0 0 1 1)
        V2 in 0 1
        R1 in a 1
        X1 a c cell
        .tran 1
        .meas tran on first_spike X1.S1
        .meas tran current find i(R1) at=1");
    assert!((measure(&outcome, "on") - 0.3).abs() < 1e-6);
    assert_near(measure(&outcome, "current"), 1.0 / 3.0);
}

#[test]
fn an_image_s_pixels_lie_between_the_two_levels_as_its_bytes_do() {
    let folder = folder();
    let bytes = [[0, 51, 102], [255, 204, 1]];
    let mut idx = vec![0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 3];
    idx.extend(bytes.as_flattened());
    fs::write(folder.path().join("two.idx"), idx).expect("written");
    for (number, image) in bytes.iter().enumerate() {
        // The index says which pixel it is, in whatever order.
        let deck = elaborate(
            folder.path(),
            &format!(
                "V1[2:0] pix[2:0] 0 IMAGE(\"two.idx\" 0.5 2) number={{{number}}}
                R1[0:2] pix[0:2] 0 1k
                .tran 1m
                .meas tran p0 avg v(pix[0])
                .meas tran p1 avg v(pix[1])
                .meas tran p2 avg v(pix[2])"
            ),
            0,
        );
        let outcome = run_deck(&deck);
        for (at, byte) in image.iter().enumerate() {
            let exact = 0.5 + 1.5 * f64::from(*byte) / 255.0;
            assert_near(measure(&outcome, &format!("p{at}")), exact);
        }
    }
}

#[test]
fn argmax_names_the_index_of_the_greatest_and_of_equal_ones_the_first() {
    let winner = |volts: [f64; 3]| {
        let [a, b, c] = volts;
        let outcome = run(&format!(
            "V[4] x[4] 0 {a}\nV[5] x[5] 0 {b}\nV[6] x[6] 0 {c}
            R1[4:6] x[4:6] m[4:6] 1Meg\nC1[4:6] m[4:6] 0 47n\nN1[4:6] m[4:6] 0 zno
            .model zno ts_memristor()
            .tran 0.5 uic
            .meas tran n[4:6] spikes N1[4:6]
            .meas tran class argmax n[4:6]"
        ));
        measure(&outcome, "class")
    };
    assert_eq!(winner([0.5, 2.0, 1.0]), 5.0);
    assert_eq!(winner([0.5, 1.0, 1.0]), 5.0);
    assert_eq!(winner([0.0, 0.0, 0.0]), 4.0);
}
