//! NIR, the exchange format of spiking networks: graphs of nodes and edges in HDF5, read and written as the reference
//! package does (nir 1.0.8 on PyPI), and what they are as networks.
//!
//! A [`Graph`] is what a file says, with all parameters in the precision and units in which they stand there;
//! [`Graph::flat`] checks it once and finds all shapes; [`Graph::network`] makes a [`memspike_network::Network`] of it,
//! [`Graph::of_network`] the way back. What cannot be represented is refused by the name of its node, never dropped.
//!
//! ```
//! use memspike_nir::{Array, Graph, Kind, Options, Primitive};
//!
//! let mut graph = Graph::default();
//! let one = |value: f64| Array::row(vec![value]);
//! graph.add("in", Primitive::new(Kind::Input, [("shape", Array::of_shape(&[1]))]));
//! graph.add("lif", Primitive::new(Kind::LIF, [
//!     ("tau", one(0.02)), ("r", one(0.02)), ("v_leak", one(0.0)), ("v_threshold", one(1.5)), ("v_reset", one(0.0)),
//! ]));
//! graph.add("out", Primitive::new(Kind::Output, [("shape", Array::of_shape(&[1]))]));
//! graph.join("in", "lif");
//! graph.join("lif", "out");
//! assert_eq!(Graph::decode(graph.encode()?)?, graph);
//! let network = graph.network(&Options::default())?.network;
//! assert_eq!(network.neurons(), 2);
//! # Ok::<(), memspike_nir::NirError>(())
//! ```

mod array;
mod arrival;
mod error;
mod export;
mod flat;
mod graph;
mod grid;
mod import;
mod map;
mod neuron;
mod node;
mod read;
mod shape;
mod stepper;
mod window;
mod write;

pub use array::{Array, Numbers};
pub use error::{EdgeFault, Fault, NirError};
pub use flat::{Flat, FlatNode};
pub use graph::Graph;
pub use grid::{Grid, Stepped, Tool};
pub use import::{Imported, Options, Placed, SHORTEST_DELAY_FS};
pub use node::{Kind, Node, Parameter, Primitive};
pub use write::VERSION;
