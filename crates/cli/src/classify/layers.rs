//! The arrays of layers at point level.

use memspike_crossbar::{Array, Config, Error, matrix};
use memspike_snn::{
    Encoding, Layered, Lif, Parameters, PointLayers, PointNetwork, PointStage, Synapses,
};

/// An array for each layer.
pub struct Arrays {
    /// The circuit of each layer.
    pub circuits: Vec<Parameters>,
    arrays: Vec<Array>,
    /// Without read noise.
    pub quiet: Vec<Synapses>,
}

impl Arrays {
    /// Programs them. The draws of one array alone are keyed by no name, those of several by the name of each.
    pub fn program(layered: &Layered<'_>, config: &Config, seed: u64) -> Result<Self, Error> {
        let layers = layered.layers.len();
        let circuits: Vec<_> = (0..layers).map(|layer| layered.parameters(layer)).collect();
        let program = |layer: usize| {
            let name = match layers {
                1 => String::new(),
                _ if layer + 1 == layers => "asyn".to_owned(),
                _ => format!("asyn{}", layer + 1),
            };
            Array::program_named(&name, &matrix(layered.layers[layer].weights), config, seed)
        };
        let arrays = (0..layers).map(program).collect::<Result<Vec<_>, _>>()?;
        let quiet = circuits.iter().zip(&arrays).map(|(of, array)| Synapses::of_array(of, array));
        let quiet = quiet.collect();
        Ok(Self { circuits, arrays, quiet })
    }

    /// The reading of an image, unless it is the quiet one: read noise is drawn once an image, under its number.
    pub fn reading(&self, image: u32) -> Result<Option<Vec<Synapses>>, Error> {
        if self.arrays[0].config().read_noise.sigma == 0.0 {
            return Ok(None);
        }
        let read = |(of, array): (&Parameters, &Array)| {
            Ok(Synapses::of_response(of, &array.read(u64::from(image))?))
        };
        self.circuits.iter().zip(&self.arrays).map(read).collect::<Result<_, _>>().map(Some)
    }

    /// The network with a reading of its arrays.
    pub fn network<'a>(
        &'a self,
        encoding: &'a Encoding,
        lifs: &[Lif],
        synapses: &'a [Synapses],
    ) -> PointLayers<'a> {
        let first = PointNetwork::new(&self.circuits[0], encoding, lifs[0], &synapses[0]);
        let stage = |layer: usize| PointStage {
            parameters: &self.circuits[layer],
            lif: lifs[layer],
            synapses: &synapses[layer],
        };
        let behind = (1..synapses.len()).map(stage).collect();
        PointLayers::new(first, behind)
    }
}
