//! The one list of what a deck can be told.

use std::fmt;

macro_rules! codes {
    ($($(#[doc = $doc:literal])* $variant:ident = $text:literal $severity:ident,)*) => {
        /// What a diagnostic is about. Stable: scripts may match on [`Code::as_str`].
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Code { $($(#[doc = $doc])* $variant,)* }

        impl Code {
            /// Every code.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The code in kebab case, such as `unknown-model`.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }

            /// What it is about, in a sentence.
            #[must_use]
            pub fn about(self) -> &'static str {
                match self { $(Self::$variant => concat!($($doc),*).trim_ascii(),)* }
            }

            /// Whether the deck still runs.
            #[must_use]
            pub fn severity(self) -> Severity {
                match self { $(Self::$variant => Severity::$severity,)* }
            }
        }
    };
}

/// Whether a deck with this diagnostic still runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// It runs; the user should look.
    Warning,
    /// It does not run.
    Error,
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

codes! {
    // Files and lines.
    /// A file cannot be read.
    Unreadable = "unreadable" Error,
    /// A file includes itself, directly or through others.
    IncludeCycle = "include-cycle" Error,
    /// Includes nest deeper than 32, or are more than 1,000 files.
    IncludeLimit = "include-limit" Error,
    /// The text of the deck and of what it includes exceeds 64 MiB.
    DeckTooLarge = "deck-too-large" Error,
    /// A line of more than 1,048,576 bytes; a card may have more in lines that continue it.
    LineTooLong = "line-too-long" Error,
    /// There is no text.
    EmptyDeck = "empty-deck" Error,
    /// `+` with no card before it.
    StrayContinuation = "stray-continuation" Error,
    /// The title line reads like a command.
    TitleIsCommand = "title-is-command" Warning,
    /// Cards after `.end`.
    TextAfterEnd = "text-after-end" Warning,
    /// A command that has no meaning here is skipped.
    IgnoredCommand = "ignored-command" Warning,
    /// Values with commas between blanks, `0,5 0,8`, which are twice as many as they seem.
    DecimalComma = "decimal-comma" Warning,
    /// A section that a library lacks.
    LibSection = "lib-section" Error,
    /// Sections of a file that is included whole.
    SkippedSection = "skipped-section" Warning,
    /// Commands of a `.control` block are skipped.
    IgnoredControl = "ignored-control" Warning,
    /// A `.control` block without its end.
    UnclosedControl = "unclosed-control" Error,
    /// There were more than 100 errors, of which that many are shown.
    TooManyErrors = "too-many-errors" Error,
    /// There were more than 100 warnings, of which that many are shown.
    TooManyWarnings = "too-many-warnings" Warning,

    /// Measurements of what the deck does not ask for are skipped.
    IgnoredMeasure = "ignored-measure" Warning,

    // Cards.
    /// Text that the card's grammar does not expect.
    Syntax = "syntax" Error,
    /// A dot command that does not exist.
    UnknownCommand = "unknown-command" Error,
    /// A dot command of SPICE that memspike lacks.
    UnsupportedCommand = "unsupported-command" Error,
    /// A command that belongs outside of subcircuits.
    TopLevelOnly = "top-level-only" Error,
    /// A card that begins with no element letter.
    UnknownElementLetter = "unknown-element-letter" Error,
    /// An element of SPICE that memspike lacks.
    UnsupportedElement = "unsupported-element" Error,
    /// An element form of SPICE that memspike lacks.
    UnsupportedForm = "unsupported-form" Error,
    /// An element card ends before its nodes or model do.
    MissingNode = "missing-node" Error,
    /// A value is missing.
    MissingValue = "missing-value" Error,
    /// Text after a complete card.
    ExtraText = "extra-text" Error,

    // Numbers and expressions.
    /// Text where a number should stand.
    NotANumber = "not-a-number" Error,
    /// A suffix in the middle of a number, such as `2k2`.
    SuffixInside = "suffix-inside" Error,
    /// Letters after a number that are neither suffix nor unit.
    UnknownSuffix = "unknown-suffix" Error,
    /// `1M`, which is a thousandth.
    MegaIsMilli = "mega-is-milli" Warning,
    /// `1F`, which is a femto.
    FaradIsFemto = "farad-is-femto" Warning,
    /// `1A` of a current, which is one ampere.
    AmpereIsUnit = "ampere-is-unit" Warning,
    /// A number that no double holds, or that no circuit has.
    OutOfRange = "out-of-range" Error,
    /// An expression without its closing brace, quote or parenthesis.
    Unclosed = "unclosed" Error,
    /// An expression that cannot be read.
    ExpressionSyntax = "expression-syntax" Error,
    /// An expression nests deeper than 200, or stands for more terms or operations than any deck needs; the message says which.
    ExpressionDepth = "expression-depth" Error,
    /// A function that does not exist.
    UnknownFunction = "unknown-function" Error,
    /// A function with a wrong number of arguments.
    ArgumentCount = "argument-count" Error,
    /// An expression whose value is infinite or no number.
    NotFinite = "not-finite" Error,
    /// A voltage or current of the circuit where the value must be the same at all times.
    NotConstant = "not-constant" Error,
    /// What a source follows is not piecewise linear in voltages and currents.
    NotLinear = "not-linear" Error,
    /// Points of a table that do not ascend.
    TablePoints = "table-points" Error,
    /// A random function where the value must be the same in every run.
    RandomRefused = "random-refused" Error,
    /// A name in an expression that nothing defines.
    UnknownParameter = "unknown-parameter" Error,
    /// Two parameters of one name.
    DuplicateParameter = "duplicate-parameter" Error,
    /// Parameters that need each other.
    ParameterCycle = "parameter-cycle" Error,

    // Sources.
    /// A source function that does not exist.
    UnknownWaveform = "unknown-waveform" Error,
    /// A source function of SPICE that memspike lacks.
    UnsupportedWaveform = "unsupported-waveform" Error,
    /// Too few or too many values in a source function.
    WaveformArguments = "waveform-arguments" Error,
    /// A negative time or frequency in a source.
    NegativeTime = "negative-time" Error,
    /// Times of a PWL that go back.
    PwlOrder = "pwl-order" Error,
    /// A file of points of a PWL that cannot be read.
    PwlFile = "pwl-file" Error,
    /// A PWL that goes back to a time that none of its points has.
    PwlRepeat = "pwl-repeat" Error,
    /// A pulse longer than its period: it is cut.
    PulsePeriod = "pulse-period" Warning,
    /// A count that is no whole number.
    PulseCount = "pulse-count" Error,
    /// A staircase whose step, time or number of levels makes no sense.
    SweepRange = "sweep-range" Error,
    /// An image that cannot be read, or lacks the pixel.
    Image = "image" Error,
    /// An image with pixels that no source shows.
    ImagePart = "image-part" Warning,
    /// A current limit of zero or less, or of a source that has none.
    Compliance = "compliance" Error,
    /// A time that moves because it is no whole number of femtoseconds.
    TimeGrain = "time-grain" Warning,
    /// A source without a value.
    ZeroSource = "zero-source" Warning,
    /// A resistor of zero ohms.
    ZeroResistance = "zero-resistance" Warning,
    /// A value beside the value of a model.
    ModelValue = "model-value" Warning,
    /// A resistor below zero ohms.
    NegativeResistance = "negative-resistance" Warning,
    /// A temperature that the model of a device does not know.
    Temperature = "temperature" Warning,

    // Models and subcircuits.
    /// A model kind that does not exist.
    UnknownModelKind = "unknown-model-kind" Error,
    /// A parameter that the model kind lacks.
    UnknownModelParameter = "unknown-model-parameter" Error,
    /// Models that are kinds of each other.
    ModelCycle = "model-cycle" Error,
    /// Model parameters that describe no device.
    ModelParameter = "model-parameter" Error,
    /// PSpice's switch, which changes continuously there and at once here.
    SwitchTransition = "switch-transition" Warning,
    /// A model that nothing defines.
    UnknownModel = "unknown-model" Error,
    /// Two models of one name.
    DuplicateModel = "duplicate-model" Error,
    /// A file of vectors of a digital source that cannot be read.
    VectorFile = "vector-file" Error,
    /// A network of point neurons that cannot be read or connected.
    Network = "network" Error,
    /// Verilog that cannot be found, compiled or connected.
    Verilog = "verilog" Error,
    /// A port of a digital block that cannot be open, inverted or what it is connected to.
    OpenPort = "open-port" Error,
    /// A port that a module lacks.
    UnknownPort = "unknown-port" Error,
    /// A net that nothing or more than one thing drives.
    NetDrivers = "net-drivers" Error,
    /// A net that has the name of a node.
    AutomaticBridge = "automatic-bridge" Warning,
    /// A model on an element letter that is wired otherwise.
    ModelTerminals = "model-terminals" Error,
    /// A subcircuit that nothing defines.
    UnknownSubcircuit = "unknown-subcircuit" Error,
    /// Two subcircuits of one name.
    DuplicateSubcircuit = "duplicate-subcircuit" Error,
    /// One port named twice, or a global node that is several.
    BadPort = "bad-port" Error,
    /// A port named as ground that an instance connects to another node.
    GroundPort = "ground-port" Warning,
    /// An instance with more or fewer nodes than ports.
    PortCount = "port-count" Error,
    /// A range of indices that cannot be read, or has more than 1,000,000.
    VectorRange = "vector-range" Error,
    /// A vector of nodes on an element that has another number of indices, or none.
    VectorLength = "vector-length" Error,
    /// Weights that cannot be read, or that an array cannot hold.
    Weights = "weights" Error,
    /// An instance sets a parameter that the subcircuit lacks.
    UnknownInstanceParameter = "unknown-instance-parameter" Error,
    /// A subcircuit that contains itself.
    SubcircuitRecursion = "subcircuit-recursion" Error,
    /// Subcircuits nest deeper than 64.
    SubcircuitDepth = "subcircuit-depth" Error,
    /// The deck has more than 2,000,000 elements.
    ElementLimit = "element-limit" Error,
    /// More memory than there is.
    Memory = "memory" Error,
    /// `.subckt` without `.ends`.
    MissingEnds = "missing-ends" Error,
    /// `.ends` without `.subckt`, or of another name.
    StrayEnds = "stray-ends" Error,

    // Runs.
    /// No `.tran`, nor anything else to be done.
    MissingTran = "missing-tran" Error,
    /// Two `.tran`.
    DuplicateTran = "duplicate-tran" Error,
    /// Two `.dc`, or two `.ac`.
    DuplicateAnalysis = "duplicate-analysis" Error,
    /// Times of `.tran` that make no run.
    TranRange = "tran-range" Error,
    /// A `.step` of something that does not exist.
    StepTarget = "step-target" Error,
    /// A `.step` that never arrives.
    StepRange = "step-range" Error,
    /// A `.step` of more than 100,000 points, or points of a sweep that are too many for the signals that are kept.
    StepLimit = "step-limit" Error,
    /// Two `.mc`.
    DuplicateMc = "duplicate-mc" Error,
    /// A number of samples that is no whole number above zero.
    McCount = "mc-count" Error,
    /// More than 100,000 runs of `.mc`, those of each point of `.step` together.
    McLimit = "mc-limit" Error,
    /// Two initial voltages for one node.
    DuplicateInitial = "duplicate-initial" Error,
    /// A node that no element has.
    UnknownNode = "unknown-node" Error,
    /// An element that does not exist.
    UnknownElement = "unknown-element" Error,
    /// The current of an element that is no voltage source or inductor, where another is to hear it.
    NoBranch = "no-branch" Error,
    /// A measurement of spikes on an element that has none.
    NotADevice = "not-a-device" Error,
    /// A measurement that does not exist.
    UnknownMeasure = "unknown-measure" Error,
    /// Two measurements of one name.
    DuplicateMeasure = "duplicate-measure" Error,
    /// A window of a measurement that ends before it begins: it has no value.
    EmptyWindow = "empty-window" Warning,
    /// A measurement's time or count that makes no sense.
    MeasureRange = "measure-range" Error,

    // The circuit.
    /// Two elements of one name.
    DuplicateElement = "duplicate-element" Error,
    /// A value that must be above zero.
    BadValue = "bad-value" Error,
    /// A node with one pin, whose voltage nothing says.
    DanglingPin = "dangling-pin" Error,
    /// A node with one pin.
    SinglePin = "single-pin" Warning,
    /// A node with no path for direct current.
    NoDcPath = "no-dc-path" Error,
    /// A row of an array that no source holds.
    RowNotHeld = "row-not-held" Error,
    /// A loop of ideal sources.
    SourceLoop = "source-loop" Error,
    /// Inductors that are not there or cannot be coupled as they should.
    Coupling = "coupling" Error,
    /// Both ends of a source on one node.
    ShortedSource = "shorted-source" Error,
}
