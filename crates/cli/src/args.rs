//! The command line's grammar.

mod examples;

use std::path::PathBuf;

use clap::{Arg, Args, Command, CommandFactory as _, Parser, Subcommand};
use clap_complete::Shell;
use memspike_files::is_standard_output;
use memspike_netlist::parse_number;
use memspike_time::{FEMTOSECOND_S, LONGEST_RUN_S};
use memspike_trace::TimeScale;

use crate::{
    convert::{CONVERT_EXAMPLES, ConvertArguments},
    diff_args::{DIFF_EXAMPLES, DiffArguments},
    flags::{JsonFlag, LoudnessFlags, OutFile, SeedFlag, ThreadsFlag, folder},
    hardware_args::{
        EXPORT_VERILOG_EXAMPLES, ExportVerilogArguments, SYNTH_EXAMPLES, SynthArguments,
        VERIFY_EXAMPLES, VerifyArguments,
    },
    language_args::{
        EXAMPLE_EXAMPLES, EXPLAIN_EXAMPLES, ExampleArguments, ExplainArguments, FUNCTIONS_EXAMPLES,
        FunctionsArguments, MODELS_EXAMPLES, ModelsArguments,
    },
    man::{MAN_EXAMPLES, ManArguments},
    net_args::{NET_EXAMPLES, NetArguments},
    network_args::{CLASSIFY_EXAMPLES, ClassifyArguments, QUANTISE_EXAMPLES, QuantiseArguments},
    network_deck::{NETWORK_DECK_EXAMPLES, NetworkDeckArguments},
    nir_args::{NIR_EXAMPLES, NirArguments},
    plot_args::{PLOT_EXAMPLES, PlotArguments},
    raster_args::{RASTER_EXAMPLES, RasterArguments},
    train_args::{TRAIN_EXAMPLES, TrainArguments},
};
use examples::{
    CHECK_EXAMPLES, COMPARE_EXAMPLES, COMPLETIONS_EXAMPLES, DEMO_EXAMPLES, EXAMPLES,
    EXPORT_EXAMPLES, FIT_EXAMPLES, PAPER_EXAMPLES, RUN_EXAMPLES,
};

/// Event-driven simulator of spiking memristor circuits: SPICE decks in, exact spikes out.
#[derive(Parser)]
#[command(name = "memspike", version, after_help = EXAMPLES, arg_required_else_help = true)]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub verb: Verb,
    #[command(flatten)]
    pub loudness: LoudnessFlags,
}

/// What the values of options are called that are numbers.
const NUMBERS: [&str; 7] = ["T", "N", "X", "V", "S", "OHM", "F"];

/// The grammar. What follows an option for a number is its value also if it begins with a minus, so that whoever
/// reads the value says what is wrong with it.
pub fn grammar() -> Command {
    let mut grammar = Arguments::command();
    let verbs: Vec<String> =
        grammar.get_subcommands().map(|verb| verb.get_name().to_owned()).collect();
    for verb in verbs {
        grammar = grammar.mut_subcommand(verb, |verb| {
            verb.mut_args(|option| {
                let is_number = is_number(&option);
                option.allow_hyphen_values(is_number)
            })
        });
    }
    grammar
}

fn is_number(option: &Arg) -> bool {
    let name = option.get_value_names().and_then(|names| names.first());
    name.is_some_and(|name| name.split(',').next().is_some_and(|name| NUMBERS.contains(&name)))
}

/// The verbs.
#[derive(Subcommand)]
pub enum Verb {
    /// Simulate a deck; print its measurements and spikes.
    #[command(after_help = RUN_EXAMPLES)]
    Run(RunArguments),
    /// Read and check a deck or a network without simulating it.
    #[command(after_help = CHECK_EXAMPLES)]
    Check(CheckArguments),
    /// Run two decks on the same images; print decisions, spikes and latencies side by side.
    #[command(after_help = COMPARE_EXAMPLES)]
    Compare(CompareArguments),
    /// Draw waveforms, spikes and measures of a deck or a file.
    #[command(after_help = PLOT_EXAMPLES)]
    Plot(PlotArguments),
    /// Compare two files of waveforms, signal by signal.
    #[command(after_help = DIFF_EXAMPLES)]
    Diff(DiffArguments),
    /// Write a deck as standard SPICE elements, which ngspice runs.
    #[command(after_help = EXPORT_EXAMPLES)]
    ExportSpice(ExportArguments),
    /// Run a large spiking network event by event; print how its populations fire.
    #[command(after_help = NET_EXAMPLES)]
    Net(NetArguments),
    /// Show graphs of NIR, the exchange format of spiking networks; write them as networks and back.
    #[command(after_help = NIR_EXAMPLES)]
    Nir(NirArguments),
    /// Print and draw how the populations of a recording fire: spikes, rates, regularity, correlation.
    #[command(after_help = RASTER_EXAMPLES)]
    Raster(RasterArguments),
    /// Fit a model card to measurements of a device.
    #[command(after_help = FIT_EXAMPLES)]
    Fit(FitArguments),
    /// Train the spiking network on images.
    #[command(after_help = TRAIN_EXAMPLES)]
    Train(TrainArguments),
    /// Show test images to the spiking network; print accuracy, spikes and energy.
    #[command(after_help = CLASSIFY_EXAMPLES)]
    Classify(ClassifyArguments),
    /// Write a network of layers as a deck, with all that it names.
    #[command(after_help = NETWORK_DECK_EXAMPLES)]
    NetworkDeck(NetworkDeckArguments),
    /// Write weights of one layer as a network's file, or back.
    #[command(after_help = CONVERT_EXAMPLES)]
    Convert(ConvertArguments),
    /// Show test images to the output layer with integer weights; print what each width costs.
    #[command(after_help = QUANTISE_EXAMPLES)]
    Quantise(QuantiseArguments),
    /// Write trained weights as a core of LIF neurons in Verilog, with testbench and proofs.
    #[command(after_help = EXPORT_VERILOG_EXAMPLES)]
    ExportVerilog(ExportVerilogArguments),
    /// Run every check of an exported core with the outside tools.
    #[command(after_help = VERIFY_EXAMPLES)]
    Verify(VerifyArguments),
    /// Print size and speed of an exported core on an FPGA.
    #[command(after_help = SYNTH_EXAMPLES)]
    Synth(SynthArguments),
    /// Show ten drawn digits to the spiking network, run the paper's neurons; write a page and waveforms.
    #[command(after_help = DEMO_EXAMPLES)]
    Demo(DemoArguments),
    /// Run the paper's measurements; print simulated beside measured numbers, draw its figures.
    #[command(after_help = PAPER_EXAMPLES)]
    Paper(PaperArguments),
    /// Print the kinds of models that decks can name, or the parameters of one.
    #[command(after_help = MODELS_EXAMPLES)]
    Models(ModelsArguments),
    /// Print the functions of expressions.
    #[command(after_help = FUNCTIONS_EXAMPLES)]
    Functions(FunctionsArguments),
    /// Explain the code of a diagnostic, or a word of decks.
    #[command(after_help = EXPLAIN_EXAMPLES)]
    Explain(ExplainArguments),
    /// Write a deck, a card, a measurement file or a network to begin with.
    #[command(after_help = EXAMPLE_EXAMPLES)]
    Example(ExampleArguments),
    /// Write man pages of all verbs.
    #[command(after_help = MAN_EXAMPLES)]
    Man(ManArguments),
    /// Print a completion script for a shell.
    #[command(after_help = COMPLETIONS_EXAMPLES)]
    Completions {
        /// The shell.
        shell: Shell,
    },
}

impl Verb {
    /// Whether several ranks share its work.
    pub fn is_spread(&self) -> bool {
        matches!(self, Self::Run(_) | Self::Net(_) | Self::Classify(_))
    }

    /// Whether data was asked for on standard output, and not only words for people.
    pub fn prints_data(&self) -> bool {
        let leads_there = |path: &Option<PathBuf>| path.as_deref().is_some_and(is_standard_output);
        match self {
            Self::Run(run) => {
                run.json.json
                    || [&run.vcd, &run.csv, &run.spikes, &run.dc, &run.ac, &run.measures]
                        .into_iter()
                        .any(leads_there)
                    || run.out.iter().any(|path| is_standard_output(path))
            }
            Self::Check(check) => check.json.json,
            Self::Compare(compare) => compare.json.json,
            Self::Diff(diff) => diff.json.json,
            Self::ExportSpice(export) => export.out.out.is_none() || leads_there(&export.out.out),
            Self::Net(net) => {
                net.json.json || [&net.out, &net.probe_out].into_iter().any(leads_there)
            }
            Self::Nir(nir) => nir.verb.prints_data(),
            Self::Raster(raster) => raster.json.json || leads_there(&raster.out),
            Self::Plot(plot) => is_standard_output(&plot.out),
            Self::Fit(fit) => fit.json.json || leads_there(&fit.out.out),
            Self::Train(train) => train.json.json,
            Self::Classify(classify) => classify.json.json,
            Self::Quantise(quantise) => quantise.json.json,
            Self::Verify(verify) => verify.json.json,
            Self::Synth(synth) => synth.json.json,
            Self::Paper(paper) => paper.json.json,
            Self::Completions { .. } | Self::Models(_) | Self::Functions(_) | Self::Explain(_) => {
                true
            }
            Self::Example(example) => example.name.is_none(),
            Self::Demo(demo) => demo.json.json,
            Self::Convert(_) | Self::NetworkDeck(_) | Self::ExportVerilog(_) | Self::Man(_) => {
                false
            }
        }
    }
}

/// Arguments of `run`.
#[derive(Args)]
pub struct RunArguments {
    /// The deck, a SPICE netlist.
    pub deck: PathBuf,
    /// Write waveforms; the name says how: .vcd, .fst, .raw (ngspice's) or .csv. May be given once for each.
    #[arg(long, short, value_name = "FILE", alias = "output")]
    pub out: Vec<PathBuf>,
    /// Write waveforms, spikes and device states as VCD.
    #[arg(long, value_name = "FILE")]
    pub vcd: Option<PathBuf>,
    /// Write waveforms as CSV, a file for each run.
    #[arg(long, value_name = "FILE")]
    pub csv: Option<PathBuf>,
    /// Write one line for each spike: its time and its element.
    #[arg(long, value_name = "FILE")]
    pub spikes: Option<PathBuf>,
    /// Write the measurements as CSV, a line for each run, with its values of `.step` and its sample of `.mc`.
    #[arg(long, value_name = "FILE")]
    pub measures: Option<PathBuf>,
    /// Write the points of `.dc` as CSV.
    #[arg(long, value_name = "FILE")]
    pub dc: Option<PathBuf>,
    /// Write the points of `.ac` as CSV, real and imaginary parts.
    #[arg(long, value_name = "FILE")]
    pub ac: Option<PathBuf>,
    #[command(flatten)]
    pub json: JsonFlag,
    /// End the run at T instead of where `.tran` says.
    #[arg(long, value_name = "T", value_parser = positive_seconds)]
    pub until: Option<f64>,
    #[command(flatten)]
    pub seed: SeedFlag,
    /// Space waveform points by T instead of by accuracy.
    #[arg(long, value_name = "T", value_parser = positive_seconds)]
    pub grid: Option<f64>,
    /// Show in waveforms what NAMES says instead of `.save`: 'v(mem*) i(r1) spike(x?.n1) state(*) filament(n1)'.
    #[arg(long, value_name = "NAMES")]
    pub save: Option<String>,
    /// Unit of time of VCD and FST: 1, 10 or 100 of f, p, n, u, m or 1 (seconds). [default: 1f, from 9223 s on 10f]
    #[arg(long, value_name = "T", value_parser = time_scale)]
    pub timescale: Option<TimeScale>,
    #[command(flatten)]
    pub threads: ThreadsFlag,
    /// Exit with status 0 even if a measurement has no value.
    #[arg(long)]
    pub lenient: bool,
}

/// Arguments of `compare`.
#[derive(Args)]
pub struct CompareArguments {
    /// A deck.
    pub a: PathBuf,
    /// The other one.
    pub b: PathBuf,
    /// Show the images of this IDX, .npy or .png file instead of those that the decks name.
    #[arg(long, value_name = "FILE")]
    pub images: Option<PathBuf>,
    /// Show the first N images instead of those that .step says.
    #[arg(long, value_name = "N")]
    pub count: Option<std::num::NonZeroU32>,
    /// What the images show: an IDX file of labels.
    #[arg(long, value_name = "FILE")]
    pub labels: Option<PathBuf>,
    #[command(flatten)]
    pub json: JsonFlag,
    #[command(flatten)]
    pub seed: SeedFlag,
    #[command(flatten)]
    pub threads: ThreadsFlag,
}

/// Arguments of `check`.
#[derive(Args)]
pub struct CheckArguments {
    /// The deck, a SPICE netlist; or a network, .toml, .json or .nir.
    #[arg(value_name = "DECK")]
    pub file: PathBuf,
    /// Show what of a deck that was written for another simulator will run, what will not, and what to write instead.
    #[arg(long, value_name = "SIMULATOR")]
    pub from: Option<From>,
    #[command(flatten)]
    pub json: JsonFlag,
}

/// Simulators whose decks `check --from` knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum From {
    /// ngspice.
    Ngspice,
    /// LTspice.
    Ltspice,
    /// PSpice.
    Pspice,
}

/// Arguments of `export-spice`.
#[derive(Args)]
pub struct ExportArguments {
    /// The deck, a SPICE netlist.
    pub deck: PathBuf,
    #[command(flatten)]
    pub out: OutFile,
    #[command(flatten)]
    pub seed: SeedFlag,
    /// Leave out what varies from cycle to cycle, which SPICE has not.
    #[arg(long)]
    pub nominal: bool,
}

/// Arguments of `fit`.
#[derive(Args)]
pub struct FitArguments {
    /// The measurement file, TOML.
    #[arg(required_unless_present = "example")]
    pub measurements: Option<PathBuf>,
    #[command(flatten)]
    pub out: OutFile,
    #[command(flatten)]
    pub json: JsonFlag,
    /// Write an example into this new folder: a measurement file that explains every key, its sweep, its card.
    #[arg(long, value_name = "DIR", conflicts_with_all = ["measurements", "out", "json"], value_parser = folder())]
    pub example: Option<PathBuf>,
}

/// Arguments of `demo`.
#[derive(Args)]
pub struct DemoArguments {
    /// The folder of the page, the waveforms and the network's deck.
    #[arg(long, short, value_name = "DIR", default_value = "out/demo", value_parser = folder())]
    pub out: PathBuf,
    #[command(flatten)]
    pub json: JsonFlag,
}

/// Arguments of `paper`.
#[derive(Args)]
pub struct PaperArguments {
    /// Ids of numbers, such as D1 or O3; all of them if there is none.
    pub ids: Vec<String>,
    /// The folder of figures, tables and index.html.
    #[arg(long, short, value_name = "DIR", default_value = "out/paper", value_parser = folder())]
    pub out: PathBuf,
    /// Another device: a file with one ts_memristor model card.
    #[arg(long, value_name = "FILE")]
    pub card: Option<PathBuf>,
    #[command(flatten)]
    pub json: JsonFlag,
    /// Also try every assumption otherwise: how far does each number move?
    #[arg(long)]
    pub sensitivity: bool,
    #[command(flatten)]
    pub seed: SeedFlag,
    #[command(flatten)]
    pub threads: ThreadsFlag,
}

/// A number as decks write it.
pub fn number(text: &str) -> Result<f64, String> {
    parse_number(text).map_err(|error| error.to_string())
}

fn time_scale(text: &str) -> Result<TimeScale, String> {
    let unit_s = number(text)?;
    TimeScale::from_s(unit_s)
        .ok_or_else(|| "1, 10 or 100 of a unit from fs to s is needed, such as 10p".to_owned())
}

/// A time that a run can have (s).
pub fn positive_seconds(text: &str) -> Result<f64, String> {
    let seconds = parse_number(text).map_err(|error| error.to_string())?;
    if (FEMTOSECOND_S..=LONGEST_RUN_S).contains(&seconds) {
        Ok(seconds)
    } else {
        Err(format!("a time between {FEMTOSECOND_S:e} and {LONGEST_RUN_S} seconds is needed"))
    }
}
