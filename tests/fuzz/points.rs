//! Files of points of a PWL.

use memspike_netlist::{Deck, Report, StepPoint};

use crate::{
    corpus::{Corpus, Input},
    deck::assert_report,
    harness::{Answer, folder, survive, write},
};

const DECK: &str = "Points\nV1 a 0 PWL(file=\"points.txt\") r=0 td=1m\nR1 a 0 1k\n.tran 1m\n.end\n";

fn corpus() -> Corpus {
    let inputs = vec![
        Input::new("spaces", "0 0\n1m 1\n2.5m -500m\n"),
        Input::new("commas", "* time, V\r\n0,0\r\n1e-3,1\r\n1e-3,2\r\n4e-3,-0.5"),
        Input::new("marked", b"\xff\xfe0\0 \x001\0\n\x002\0 \x003\0".to_vec()),
    ];
    Corpus { inputs, words: &["1meg", "1M", "-1", "1e999", "#", "time", ";", "0"] }
}

#[test]
fn damaged_points_are_a_source_or_a_report() {
    let folder = folder();
    let name = folder.path().join("deck.cir").display().to_string();
    let read = || -> Result<(), Report> {
        let elaborated = Deck::parse(&name, DECK)?.elaborate(&StepPoint::default(), 0)?;
        assert_eq!(elaborated.circuit.elements().len(), 2);
        Ok(())
    };
    survive("points", &corpus(), 2000, |input| {
        write(&folder, "points.txt", &input.bytes);
        match read() {
            Ok(()) => Answer::Accepted,
            Err(report) => {
                assert_report(&report, &name, DECK);
                Answer::Refused
            }
        }
    });
}
