//! A network of layers as a deck: one circuit, device by device.

use std::fmt::Write as _;

use memspike_crossbar::Config;

use crate::Layered;

/// Files that a deck names, as seen from it, and what it says beside the network.
#[derive(Debug, Clone, Copy)]
pub struct DeckFiles<'a> {
    /// A card with the models `zno` and `zno_varied`.
    pub card: &'a str,
    /// An IDX file of images, and how many it has.
    pub images: (&'a str, usize),
    /// The weights of each layer's array.
    pub weights: &'a [String],
    /// How each of these arrays is made. A weight of [`Config::weight_max`] moves a membrane as the network says,
    /// whatever conductances the array has.
    pub arrays: &'a [Config],
    /// Lines of comment below the title, without their asterisks.
    pub comment: &'a [&'a str],
    /// Whether each image draws as what it is, one of several that the same devices see; else each as the first.
    pub numbered: bool,
}

impl Layered<'_> {
    /// The whole network as a deck that looks at one image a run.
    ///
    /// # Panics
    /// If there are not as many files of weights, or arrays, as layers.
    #[must_use]
    pub fn deck(&self, files: &DeckFiles) -> String {
        let layers = self.layers.len();
        assert_eq!((files.weights.len(), files.arrays.len()), (layers, layers));
        let mut deck = self.title(files);
        for (layer, array) in files.arrays.iter().enumerate() {
            self.array_model(&mut deck, layer, array);
        }
        self.oscillation_neuron(&mut deck);
        for layer in 0..layers {
            self.lif_neuron(&mut deck, layer);
        }
        self.elements(&mut deck, files);
        deck
    }

    fn title(&self, files: &DeckFiles) -> String {
        let shape = self.shape();
        let behind: String =
            shape[1..].iter().map(|size| format!(", a crossbar, {size} LIF neurons")).collect();
        let comment: String = files.comment.iter().map(|line| format!("* {line}\n")).collect();
        format!(
            "A digit becomes spikes, spikes a decision: {} oscillation neurons{behind}\n\
             {comment}\
             .include {}\n\
             * Silver on one side: no filament at a negative voltage, which a membrane may reach.\n\
             .model lif ako:zno_varied ts_memristor(unipolar=1)\n",
            shape[0], files.card
        )
    }

    /// The model of a layer's array.
    fn array_model(&self, deck: &mut String, layer: usize, config: &Config) {
        let unit = self.layers[layer].weight_siemens;
        let (gmin, gmax) = (spice(config.gmin_s), spice(config.gmax_s));
        let mut flaws = String::new();
        let gain = unit / (config.gmax_s - config.gmin_s);
        let levels = f64::from(config.levels.unwrap_or(0));
        let Config { programming_noise, read_noise, faults, drift, wires, .. } = config;
        for (name, value, silent) in [
            ("gain", gain, 1.0),
            ("levels", levels, 0.0),
            ("programming_noise", programming_noise.sigma, 0.0),
            ("read_noise", read_noise.sigma, 0.0),
            ("stuck_on", faults.stuck_on, 0.0),
            ("stuck_off", faults.stuck_off, 0.0),
            ("drift_nu", drift.nu, 0.0),
            ("drift_nu_sigma", drift.nu_sigma, 0.0),
            ("drift_t0", drift.t0_s, 1.0),
            ("drift_time", drift.time_s, drift.t0_s),
            ("rrow", wires.row_ohm, 0.0),
            ("rcolumn", wires.column_ohm, 0.0),
            ("rdriver", wires.driver_ohm, 0.0),
            ("rsense", wires.sense_ohm, 0.0),
        ] {
            if value != silent {
                let _ = write!(flaws, " {name}={}", spice(value));
            }
        }
        let weight_max = config
            .weight_max
            .map_or_else(String::new, |weight| format!(" weight_max={}", spice(weight)));
        let _ = write!(
            deck,
            "* A weight of 1 is {}S.\n\
             .model synapses{} crossbar(gmin={gmin} gmax={gmax}{weight_max}{flaws})\n",
            spice(unit),
            self.suffix(layer),
        );
    }

    fn oscillation_neuron(&self, deck: &mut String) {
        let parameters = self.input_parameters();
        let _ = write!(
            deck,
            "\n\
             * A pixel charges the membrane; when its device turns on, a one-shot puts a pulse on the row.\n\
             .subckt osc_neuron pixel row\n\
             Rs pixel mem {}\n\
             Cm mem 0 {}\n\
             N1 mem 0 zno_varied\n\
             Vd row 0 SPIKE(N1 {} {})\n\
             .ends\n",
            spice(parameters.neuron_ohm),
            spice(parameters.neuron_farad),
            spice(parameters.pulse_v),
            spice(parameters.pulse_s),
        );
    }

    /// The neuron of a layer, with the driver of its row where there is a layer behind it.
    fn lif_neuron(&self, deck: &mut String, layer: usize) {
        let parameters = self.parameters(layer);
        let suffix = self.suffix(layer);
        let behind = self.layers.get(layer + 1).map(|behind| behind.row);
        let (port, driver, what) = match behind {
            Some(row) => {
                let (volt, width) = (spice(row.pulse_v), spice(row.pulse_s));
                let driver = format!("Vd row 0 SPIKE(N1 {volt} {width})\n");
                (" row", driver, " that leaks; a spike puts a pulse on the next row")
            }
            None => ("", String::new(), " that leaks"),
        };
        let _ = write!(
            deck,
            "\n\
             * The current of a column charges a membrane{what}.\n\
             .subckt lif_neuron{suffix} mem{port}\n\
             Rl mem 0 {}\n\
             Cm mem 0 {}\n\
             N1 mem 0 lif\n\
             {driver}\
             .ends\n",
            spice(parameters.neuron_ohm),
            spice(parameters.neuron_farad),
        );
    }

    fn elements(&self, deck: &mut String, files: &DeckFiles) {
        let (images, count) = files.images;
        let last_picture = count.saturating_sub(1);
        let numbered = if files.numbered { ".options repetition={picture}\n" } else { "" };
        let last_input = self.pixels() - 1;
        let _ = write!(
            deck,
            "\n\
             .param picture=0\n\
             .step param picture 0 {last_picture} 1\n\
             {numbered}\
             Vpix[0:{last_input}] pix[0:{last_input}] 0 IMAGE(\"{images}\" 0 {}) number={{picture}}\n\
             Xosc[0:{last_input}] pix[0:{last_input}] row[0:{last_input}] osc_neuron\n",
            spice(self.inputs.full_v),
        );
        let mut rows = format!("row[0:{last_input}]");
        for (layer, weights) in files.weights.iter().enumerate() {
            let (suffix, last) = (self.suffix(layer), self.layers[layer].weights.columns() - 1);
            let neurons = format!("mem{suffix}[0:{last}]");
            let _ = writeln!(
                deck,
                "Asyn{suffix} {rows} {neurons} synapses{suffix} weights=\"{weights}\""
            );
            rows = format!("row{suffix}[0:{last}]");
            let port = if suffix.is_empty() { String::new() } else { format!(" {rows}") };
            let _ = writeln!(deck, "Xlif{suffix}[0:{last}] {neurons}{port} lif_neuron{suffix}");
        }
        self.observations(deck);
    }

    /// What is run, measured and kept: the last layer's decision, membranes and spikes, and the spikes before it.
    fn observations(&self, deck: &mut String) {
        let last = self.classes() - 1;
        let hidden = |layer: usize| {
            let last = self.layers[layer].weights.columns() - 1;
            format!(" spike(xlif{}[0:{last}].n1)", self.suffix(layer))
        };
        let hidden: String = (0..self.layers.len() - 1).map(hidden).collect();
        let _ = write!(
            deck,
            "\n\
             .tran {} uic\n\
             .meas tran spikes[0:{last}] spikes Xlif[0:{last}].N1\n\
             * The neuron that fires most; of several the lowest.\n\
             .meas tran digit argmax spikes[0:{last}]\n\
             .save v(mem[0:{last}]) spike(xlif[0:{last}].n1){hidden}\n\
             .end\n",
            spice(self.duration_s),
        );
    }
}

/// A number as decks write it, exactly: its digits, and a suffix for a power of a thousand where there is one.
fn spice(value: f64) -> String {
    const SUFFIXES: [&str; 10] = ["f", "p", "n", "u", "m", "", "k", "Meg", "G", "T"];
    let scientific = format!("{value:e}");
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or_default();
    let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    let before = 1 + exponent.rem_euclid(3) as usize;
    let suffix = usize::try_from(exponent.div_euclid(3) + 5).ok().and_then(|at| SUFFIXES.get(at));
    let Some(suffix) = suffix else { return scientific };
    let sign = if value < 0.0 { "-" } else { "" };
    let (whole, part) =
        if digits.len() > before { digits.split_at(before) } else { (digits.as_str(), "") };
    let point = if part.is_empty() { "" } else { "." };
    format!("{sign}{whole:0<before$}{point}{part}{suffix}")
}

#[cfg(test)]
mod tests {
    use super::spice;

    #[test]
    fn numbers_keep_every_digit_and_get_the_suffix_of_their_power() {
        for (value, text) in [
            (1e6, "1Meg"),
            (47e-9, "47n"),
            (4.7e-8, "47n"),
            (400e-6, "400u"),
            (2.0, "2"),
            (0.1, "100m"),
            (123_456.0, "123.456k"),
            (-1.25e-3, "-1.25m"),
            (1e-16, "1e-16"),
            (1.5e15, "1.5e15"),
        ] {
            assert_eq!(spice(value), text);
        }
    }
}
