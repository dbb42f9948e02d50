//! Examples of verbs, and what else stands at the end of their help.

pub(super) const EXAMPLES: &str = "\
Examples:
  memspike demo                                    a spiking network on ten drawn digits
  memspike paper                                   every number and figure of the paper
  memspike run netlists/oscillation.cir            measurements and spikes as tables
  memspike run neuron.cir -o neuron.fst            waveforms; gtkwave neuron.gtkw shows them
  memspike run neuron.cir --until 10m --json       10 ms, results as JSON
  memspike plot neuron.cir -o neuron.svg           waveforms and spikes as a picture
  memspike check neuron.cir                        find mistakes without running
  memspike export-spice neuron.cir -o neuron.sp    the same circuit for ngspice
  memspike net network.toml -o spikes.parquet      a large spiking network, exact
  memspike fit device.toml -o device.lib           a model card from measurements
  memspike train --mnist DIR --out out/net         train the spiking network
  memspike classify --weights out/net/weights.npy --mnist DIR
  memspike export-verilog --weights w.npy --threshold 1 --out core
                                                   trained weights as hardware

Exit status: 0 done, 1 the work failed, was interrupted or left a measurement without a value,
2 the input is wrong.";

pub(super) const RUN_EXAMPLES: &str = "\
Examples:
  memspike run neuron.cir
  memspike run neuron.cir -o neuron.vcd --spikes neuron.txt
  memspike run neuron.cir -o neuron.fst -o neuron.raw
  memspike run neuron.cir --csv neuron.csv --grid 10u --until 1m
  memspike run neuron.cir --json | jq '.runs[].measures'
  memspike run curve.cir --dc curve.csv            the sweep of .dc; --ac for .ac, --json | jq '.runs[].op' for .op
  memspike run neuron.cir --vcd - | gzip > neuron.vcd.gz

The deck - is standard input, the file - standard output; tables then go to standard error.
T is a SPICE number of seconds: 10u, 1m, 0.5, 2e-3.
A deck with .step or .mc writes one file for each of its runs: out-1.vcd, out-2.vcd, ...
Results do not depend on the number of threads.
Ctrl-C, SIGTERM and SIGHUP end all runs early: files and results are complete up to there, the exit
status is 1. It is 1 as well if a measurement has no value, with all results printed; --lenient makes
that a warning.";

pub(super) const CHECK_EXAMPLES: &str = "\
Examples:
  memspike check neuron.cir
  memspike check neuron.cir --json | jq .errors
  memspike check other.cir --from ltspice          what will run, what will not, what to write instead
  memspike check network.toml                      populations, projections, memory";

pub(super) const COMPARE_EXAMPLES: &str = "\
Examples:
  memspike compare netlists/snn_784x10.cir netlists/snn_cosim.cir
  memspike compare A.cir B.cir --images t10k-images-idx3-ubyte.gz --count 1000 --labels t10k-labels-idx1-ubyte.gz
  memspike compare A.cir B.cir --json | jq .same_decision

Both decks have the same .step, and each says by ARGMAX which output neuron decides. The decision is made
when that neuron has most spikes for good. Energies are those that a deck measures.";

pub(super) const EXPORT_EXAMPLES: &str = "\
Examples:
  memspike export-spice neuron.cir -o neuron.sp
  ngspice -b neuron.sp                             its measurements
  ngspice -b -r neuron.raw neuron.sp               its waveforms

A deck with .step becomes one file for each of its runs: neuron-1.sp, neuron-2.sp, ...
Memristors become subcircuits; a spike of N1 is a rise of v(x.n1.phase) through 0.5.
Numbers that are drawn at each cycle (sigma_von and the like) can only be left out: --nominal.";

pub(super) const FIT_EXAMPLES: &str = "\
Examples:
  memspike fit --example mine                      files to begin with, every key explained
  memspike fit mine/example.toml
  memspike fit device.toml -o device.lib
  memspike fit device.toml --json | jq .parameters

A measurement file names what was measured and which parameters are free. Sweeps are read as instruments
write them: any delimiter, decimal comma, units in the header, voltage forced or measured at the device.
Exit status 2: the data are too few, contradict each other, or are those of no threshold switch;
1: no fit was found. Neither writes a card.";

pub(super) const DEMO_EXAMPLES: &str = "\
Examples:
  memspike demo
  memspike demo --out there
  memspike demo --json | jq '.digits[].decision'";

pub(super) const PAPER_EXAMPLES: &str = "\
Examples:
  memspike paper                        everything, with out/paper/index.html
  memspike paper D1 D2 O3               three numbers and their figures
  memspike paper --card mine.lib        the same measurements of your device
  memspike paper --sensitivity          with what the paper leaves open tried otherwise
  memspike paper --json | jq .within

Exit status: 1 if a number leaves its band.";

pub(super) const COMPLETIONS_EXAMPLES: &str = "\
Examples:
  memspike completions bash > ~/.local/share/bash-completion/completions/memspike
  memspike completions fish > ~/.config/fish/completions/memspike.fish";
