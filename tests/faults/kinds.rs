//! Every kind of output with the command that writes it, and the inputs of those commands.

/// An output that is one file; `{}` is its path, without what its name ends in.
pub struct FileKind {
    pub name: &'static str,
    pub command: &'static str,
    /// What its name must end in, as the command says.
    pub ending: &'static str,
    /// What the command reads.
    pub input: &'static str,
}

const fn file(name: &'static str, command: &'static str, input: &'static str) -> FileKind {
    FileKind { name, command, ending: "", input }
}

/// Files that are written in order, and so go through pipes.
pub const FILES: [FileKind; 5] = [
    file("VCD", "run neuron.cir --grid 100u --vcd {}", "neuron.cir"),
    file("CSV", "run neuron.cir --grid 100u --csv {}", "neuron.cir"),
    file("spikes", "run neuron.cir --spikes {}", "neuron.cir"),
    file("card", "fit device.toml -o {}", "device.toml"),
    file("SPICE", "export-spice neuron.cir -o {}", "neuron.cir"),
];

/// Files whose beginning is written last.
pub const BACKWARDS: [FileKind; 2] = [
    FileKind {
        name: "FST",
        command: "run neuron.cir --grid 10u -o {}.fst",
        ending: ".fst",
        input: "neuron.cir",
    },
    FileKind {
        name: "raw",
        command: "run neuron.cir --grid 10u -o {}.raw",
        ending: ".raw",
        input: "neuron.cir",
    },
];

/// Every kind of file.
pub fn files() -> impl Iterator<Item = &'static FileKind> {
    FILES.iter().chain(&BACKWARDS)
}

/// An output that is a folder.
pub struct FolderKind {
    pub name: &'static str,
    pub command: &'static str,
    /// A file of it that is written late.
    pub late: &'static str,
}

pub const CORE: FolderKind = FolderKind {
    name: "core",
    command: "export-verilog --weights w.npy --threshold 1 --out {}",
    late: "Makefile",
};

pub const TRAINING: FolderKind = FolderKind {
    name: "training",
    command: "train --mnist . --overwrite --epochs 1 --batch 20 --validation 20 --card card.lib --out {}",
    late: "weights.npy",
};

pub const PAPER: FolderKind =
    FolderKind { name: "paper", command: "paper D1 --card card.lib --out {}", late: "index.html" };

/// Its folder is always this one.
pub const DEMO: FolderKind = FolderKind { name: "demo", command: "demo", late: "index.html" };
pub const DEMO_FOLDER: &str = "out/demo";

/// The command with a path in it.
pub fn with_path(command: &str, path: &str) -> String {
    command.replace("{}", path)
}

/// A neuron with an ideal switch that turns on at 0.25 V and off at 0.085 V.
pub const NEURON: &str = "\
Neuron with an ideal switch
Vin in 0 DC 0.8
R1 in out 1Meg
C1 out 0 47n
S1 out 0 out 0 ideal
.model ideal SW(VT=0.1675 VH=0.0825 RON=1k ROFF=1e12)
.tran 1 uic
.meas tran spikes spikes S1
.end
";

/// Three runs of it.
fn three() -> String {
    NEURON
        .replace("DC 0.8", "DC {vin}")
        .replace(".tran", ".param vin=1\n.step param vin list 0.6 0.7 0.8\n.tran")
}

/// Three runs with eight thousand resistors more.
pub fn wide() -> String {
    let more: String = (0..8000).map(|number| format!("Rmore{number} in 0 1Meg\n")).collect();
    three().replace(".tran", &format!("{more}.tran"))
}

/// Three thresholds and a hold voltage for three parameters.
const DEVICE: &str = r#"name = "mine"
model = "ts_memristor"
source = "a test"
[parameters]
von = { start = 0.15, min = 0.1, max = 0.2 }
vs = 0.02
t0 = { start = 0.5, min = 0.01, max = 10 }
vhold = { start = 0.09, min = 0.05, max = 0.12 }
[[measurements]]
kind = "threshold"
value = 0.165
tolerance = 0.01
rate = 0.05
[[measurements]]
kind = "threshold"
value = 0.208
tolerance = 0.01
rate = 0.5
[[measurements]]
kind = "threshold"
value = 0.251
tolerance = 0.01
rate = 5
[[measurements]]
kind = "hold"
value = 0.1
tolerance = 0.02
rate = 0.05
peak = 0.3
"#;

/// A fit of more than a minute: the measurements of the ZnO device and 1,000 frequencies on a line from 38 to
/// 130 Hz.
fn slow() -> String {
    let zno = include_str!("../../netlists/measurements/zno.toml");
    let (device, _) = zno.split_once("[[variants]]").expect("it has variants");
    let more: String = (0..1000)
        .map(|number| {
            let (frequency, millivolts) = (38.0 + 0.092 * f64::from(number), 500 + number);
            format!(
                "[[measurements]]\nkind = \"frequency\"\nvalue = {frequency}\ntolerance = 0.5\n\
                 voltage = \"{millivolts}m\"\nresistance = \"1Meg\"\ncapacitance = \"47n\"\n"
            )
        })
        .collect();
    format!("{device}{more}")
}

/// Images of a training, few and easy.
const IMAGES: u32 = 60;

/// Names and bytes of all inputs.
pub fn inputs() -> Vec<(&'static str, Vec<u8>)> {
    let pixels: Vec<u8> = (0..IMAGES)
        .flat_map(|image| (0..784).map(move |at| if at / 56 == image % 10 + 2 { 220 } else { 0 }))
        .collect();
    let labels: Vec<u8> = (0..IMAGES).map(|image| (image % 10) as u8).collect();
    vec![
        ("neuron.cir", NEURON.into()),
        ("long.cir", NEURON.replace(".tran 1 uic", ".tran 18000 uic").into()),
        ("three.cir", three().into()),
        ("device.toml", DEVICE.into()),
        ("slow.toml", slow().into()),
        ("card.lib", include_bytes!("../../netlists/cards/zno.lib").into()),
        ("w.npy", npy()),
        ("train-images-idx3-ubyte", idx(&[IMAGES, 28, 28], &pixels)),
        ("train-labels-idx1-ubyte", idx(&[IMAGES], &labels)),
    ]
}

/// An IDX file: magic number, lengths, entries.
fn idx(lengths: &[u32], entries: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0, 0, 8, lengths.len() as u8];
    bytes.extend(lengths.iter().flat_map(|n| n.to_be_bytes()));
    bytes.extend(entries);
    bytes
}

/// Weights of a layer of 12 x 4 as the format's description has them: magic, version, length of the
/// header, header, float32.
fn npy() -> Vec<u8> {
    let (inputs, neurons) = (12, 4);
    let header =
        format!("{{'descr': '<f4', 'fortran_order': False, 'shape': ({inputs}, {neurons}), }}");
    let header = format!("{header:<117}\n");
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend((header.len() as u16).to_le_bytes());
    bytes.extend(header.as_bytes());
    let weight = |at: u32| (at % 17) as f32 / 8.0 - 1.0;
    bytes.extend((0..inputs * neurons).flat_map(|at| weight(at).to_le_bytes()));
    bytes
}
