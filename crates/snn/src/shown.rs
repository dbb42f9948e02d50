//! Images shown to a network whose arrays have been programmed.

use std::borrow::Cow;

use memspike_device::BuiltModel;

use crate::{
    Arrays, Dataset, DeviceNetwork, Encoding, Evaluation, Image, Layered, Lif, Parameters,
    PointLayers, PointNetwork, PointStage, Response, Synapses, Unusable, Workspace,
};

/// In how much detail neurons are simulated.
#[derive(Debug, Clone, Copy)]
pub enum Level<'a> {
    /// Ideal neurons, exact and fast.
    Point {
        /// What turns pixels into spikes.
        encoding: &'a Encoding,
        /// LIF neurons that say nothing of their ideal.
        lif: Lif,
    },
    /// Every device.
    Device {
        /// Devices of the oscillation and of the LIF neurons.
        devices: [&'a BuiltModel; 2],
        /// How each differs from the others.
        seed: u64,
    },
}

/// Why not all images were shown.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Unshown {
    /// Whoever watches asked to stop.
    #[error("interrupted")]
    Stopped,
    /// An array cannot be used.
    #[error(transparent)]
    Array(#[from] Unusable),
}

/// Who watches images being shown.
#[derive(Clone, Copy)]
pub struct Watch<'a> {
    /// Whether to go on; asked before each image.
    pub goes_on: &'a (dyn Fn() -> bool + Sync),
    /// Told after each image.
    pub shown: &'a (dyn Fn() + Sync),
}

impl Layered<'_> {
    /// Shows every image of a data set, on the threads of the present pool, which change nothing.
    ///
    /// # Errors
    /// [`Unshown`].
    pub fn evaluate(
        &self,
        level: Level<'_>,
        arrays: &Arrays,
        data: &Dataset,
        watch: Watch<'_>,
    ) -> Result<Evaluation, Unshown> {
        match level {
            Level::Point { encoding, lif } => {
                self.at_point_level((encoding, lif), arrays, data, watch)
            }
            Level::Device { devices, seed } => {
                let network = DeviceNetwork::new(self, devices, arrays.quiet(), seed);
                let respond =
                    |workspace: &mut Workspace, reading: Reading<'_, '_>, number, image: &Image| {
                        match reading {
                            Some(reading) => {
                                let synapses = reading.iter().map(AsRef::as_ref);
                                network.with_synapses(synapses).respond(workspace, number, image)
                            }
                            None => network.respond(workspace, number, image),
                        }
                    };
                show(arrays, data, watch, respond)
            }
        }
    }

    fn at_point_level(
        &self,
        (encoding, lif): (&Encoding, Lif),
        arrays: &Arrays,
        data: &Dataset,
        watch: Watch<'_>,
    ) -> Result<Evaluation, Unshown> {
        let circuits: Vec<Parameters> =
            (0..self.layers.len()).map(|layer| self.parameters(layer)).collect();
        let lifs = self.layers.iter().map(|layer| layer.neuron.ideal.unwrap_or(lif));
        let neurons: Vec<(&Parameters, Lif)> = circuits.iter().zip(lifs).collect();
        let quiet = at_points(encoding, &neurons, arrays.quiet());
        show(arrays, data, watch, |(): &mut (), reading, _, image| match reading {
            Some(reading) => {
                let synapses = reading.iter().map(AsRef::as_ref);
                at_points(encoding, &neurons, synapses).respond(image)
            }
            None => quiet.respond(image),
        })
    }
}

/// What arrays do for one image, where that is not what they always do.
type Reading<'r, 's> = Option<&'r [Cow<'s, Synapses>]>;

/// Shows every image, its reading of the arrays first if readings differ.
fn show<W: Default + Send>(
    arrays: &Arrays,
    data: &Dataset,
    watch: Watch<'_>,
    respond: impl Fn(&mut W, Reading<'_, '_>, u32, &Image) -> Response + Sync,
) -> Result<Evaluation, Unshown> {
    let respond = |workspace: &mut W, number, image: &Image| {
        if !(watch.goes_on)() {
            return Err(Unshown::Stopped);
        }
        let reading = arrays.reading(number)?;
        Ok(respond(workspace, reading.as_deref(), number, image))
    };
    Evaluation::of(data, respond, watch.shown)
}

/// Layers of ideal neurons, each with its circuit, behind these synapses.
fn at_points<'a>(
    encoding: &'a Encoding,
    neurons: &[(&'a Parameters, Lif)],
    synapses: impl IntoIterator<Item = &'a Synapses>,
) -> PointLayers<'a> {
    let mut stages = neurons.iter().zip(synapses).map(|((parameters, lif), synapses)| PointStage {
        parameters,
        lif: *lif,
        synapses,
    });
    let PointStage { parameters, lif, synapses } = stages.next().expect("a layer at least");
    let first = PointNetwork::new(parameters, encoding, lif, synapses);
    PointLayers::new(first, stages.collect())
}
