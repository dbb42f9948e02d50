//! A network of one layer as a deck: one circuit, device by device.

use crate::SingleLayer;

/// Files that a deck names, as seen from it.
#[derive(Debug, Clone, Copy)]
pub struct DeckFiles<'a> {
    /// A card with the models `zno` and `zno_varied`.
    pub card: &'a str,
    /// An IDX file of images, and how many it has.
    pub images: (&'a str, usize),
    /// The weights of the array.
    pub weights: &'a str,
    /// Lines of comment below the title, without their asterisks.
    pub comment: &'a [&'a str],
}

impl SingleLayer<'_> {
    /// The whole network as a deck that looks at one image a run.
    #[must_use]
    pub fn deck(&self, files: &DeckFiles) -> String {
        let (inputs, outputs) = (self.inputs(), self.outputs());
        let (last_input, last_output) = (inputs - 1, outputs - 1);
        let (images, count) = files.images;
        let DeckFiles { card, weights, .. } = files;
        let comment: String = files.comment.iter().map(|line| format!("* {line}\n")).collect();
        let parameters = &self.parameters;
        let ohm = spice(parameters.neuron_ohm);
        let farad = spice(parameters.neuron_farad);
        let (pulse_v, pulse_s) = (spice(parameters.pulse_v), spice(parameters.pulse_s));
        let white_v = spice(parameters.white_v);
        let siemens = spice(parameters.weight_siemens);
        let duration_s = spice(parameters.duration_s);
        let last_picture = count.saturating_sub(1);
        format!(
            "A digit becomes spikes, spikes a decision: {inputs} oscillation neurons, a crossbar, {outputs} LIF neurons\n\
             {comment}\
             .include {card}\n\
             * Silver on one side: no filament at a negative voltage, which a membrane may reach.\n\
             .model lif ako:zno_varied ts_memristor(unipolar=1)\n\
             * A weight of 1 is {siemens}S.\n\
             .model synapses crossbar(gmin=0 gmax={siemens} weight_max=1)\n\
             \n\
             * A pixel charges the membrane; when its device turns on, a one-shot puts a pulse on the row.\n\
             .subckt osc_neuron pixel row\n\
             Rs pixel mem {ohm}\n\
             Cm mem 0 {farad}\n\
             N1 mem 0 zno_varied\n\
             Vd row 0 SPIKE(N1 {pulse_v} {pulse_s})\n\
             .ends\n\
             \n\
             * The current of a column charges a membrane that leaks.\n\
             .subckt lif_neuron mem\n\
             Rl mem 0 {ohm}\n\
             Cm mem 0 {farad}\n\
             N1 mem 0 lif\n\
             .ends\n\
             \n\
             .param picture=0\n\
             .step param picture 0 {last_picture} 1\n\
             Vpix[0:{last_input}] pix[0:{last_input}] 0 IMAGE(\"{images}\" 0 {white_v}) number={{picture}}\n\
             Xosc[0:{last_input}] pix[0:{last_input}] row[0:{last_input}] osc_neuron\n\
             Asyn row[0:{last_input}] mem[0:{last_output}] synapses weights=\"{weights}\"\n\
             Xlif[0:{last_output}] mem[0:{last_output}] lif_neuron\n\
             \n\
             .tran {duration_s} uic\n\
             .meas tran spikes[0:{last_output}] spikes Xlif[0:{last_output}].N1\n\
             * The neuron that fires most; of several the lowest.\n\
             .meas tran digit argmax spikes[0:{last_output}]\n\
             .save v(mem[0:{last_output}]) spike(xlif[0:{last_output}].n1)\n\
             .end\n"
        )
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
