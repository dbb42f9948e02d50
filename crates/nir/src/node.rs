//! Nodes of graphs.

use std::collections::BTreeMap;

use crate::{Array, Graph};

/// A node of a graph.
#[derive(Debug, Clone, PartialEq)]
pub enum Node {
    /// Something with parameters.
    Primitive(Primitive),
    /// A graph within a graph.
    Graph(Graph),
}

/// Something with parameters.
#[derive(Debug, Clone, PartialEq)]
pub struct Primitive {
    /// What it is.
    pub kind: Kind,
    /// Its parameters by their names.
    pub parameters: BTreeMap<String, Parameter>,
    /// What tools say beside; the names of groups within groups are joined by `/`.
    pub metadata: BTreeMap<String, Parameter>,
}

/// A parameter.
#[derive(Debug, Clone, PartialEq)]
pub enum Parameter {
    /// Numbers, in the units of NIR: seconds, and others whose unit the network chooses.
    Array(Array),
    /// A word.
    Text(String),
}

impl From<Array> for Parameter {
    fn from(array: Array) -> Self {
        Self::Array(array)
    }
}

impl Primitive {
    /// A node with these parameters.
    #[must_use]
    pub fn new<const N: usize>(kind: Kind, parameters: [(&str, Array); N]) -> Self {
        let owned = parameters.map(|(name, array)| (name.to_owned(), array.into()));
        Self { kind, parameters: owned.into(), metadata: BTreeMap::new() }
    }

    /// A parameter that has numbers, if it is there.
    #[must_use]
    pub fn array(&self, name: &str) -> Option<&Array> {
        match self.parameters.get(name)? {
            Parameter::Array(array) => Some(array),
            Parameter::Text(_) => None,
        }
    }

    /// A parameter that is a word, if it is there.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&str> {
        match self.parameters.get(name)? {
            Parameter::Array(_) => None,
            Parameter::Text(text) => Some(text),
        }
    }
}

/// Makes [`Kind`] of a list: `Name: [what it must have], [what it may have]`.
macro_rules! kinds {
    ($($(#[$doc:meta])+ $kind:ident: [$($needed:literal),*], [$($possible:literal),*];)+) => {
        /// What a node is. Equations and units are those of the reference package, nir 1.0.8.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Kind {
            $($(#[$doc])+ $kind,)+
        }

        impl Kind {
            /// All that NIR knows, beside graphs within graphs.
            pub const ALL: &[Self] = &[$(Self::$kind,)+];

            /// Its name in files.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$kind => stringify!($kind),)+ }
            }

            /// Parameters that it must have.
            #[must_use]
            pub const fn needed(self) -> &'static [&'static str] {
                match self { $(Self::$kind => &[$($needed),*],)+ }
            }

            /// Parameters that it may have beside.
            #[must_use]
            pub const fn possible(self) -> &'static [&'static str] {
                match self { $(Self::$kind => &[$($possible),*],)+ }
            }
        }
    };
}

kinds! {
    /// Where signals come in.
    Input: ["shape"], [];
    /// Where they go out.
    Output: ["shape"], [];
    /// `y = W x + b`.
    Affine: ["weight", "bias"], [];
    /// `y = W x`.
    Linear: ["weight"], [];
    /// `y = s x`, element by element.
    Scale: ["scale"], [];
    /// 1 where `x` lies above the threshold, else 0.
    Threshold: ["threshold"], [];
    /// `y(t) = x(t - delay)` (s).
    Delay: ["delay"], [];
    /// Several dimensions become one.
    Flatten: ["start_dim", "end_dim"], ["input_type"];
    /// A convolution over one dimension.
    Conv1d: ["weight", "stride", "padding", "dilation", "groups", "bias"], ["input_shape"];
    /// A convolution over two dimensions.
    Conv2d: ["weight", "stride", "padding", "dilation", "groups", "bias"], ["input_shape"];
    /// Sums over windows.
    SumPool2d: ["kernel_size", "stride", "padding"], [];
    /// Means over windows.
    AvgPool2d: ["kernel_size", "stride", "padding"], [];
    /// `dv/dt = R I`.
    I: ["r"], [];
    /// `dv/dt = R I`, and a spike where `v` lies above the threshold.
    IF: ["r", "v_threshold"], ["v_reset"];
    /// `tau dv/dt = v_leak - v + R I`.
    LI: ["tau", "r", "v_leak"], [];
    /// `tau dv/dt = v_leak - v + R I`, and a spike where `v` lies above the threshold.
    LIF: ["tau", "r", "v_leak", "v_threshold"], ["v_reset"];
    /// LI behind a current that decays.
    CubaLI: ["tau_syn", "tau_mem", "r", "v_leak"], ["w_in"];
    /// LIF behind a current that decays.
    CubaLIF: ["tau_syn", "tau_mem", "r", "v_leak", "v_threshold"], ["v_reset", "w_in"];
}

impl Kind {
    /// What has this name in files.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.name() == name)
    }

    /// Whether its output follows from its input at the same instant.
    #[must_use]
    pub const fn is_immediate(self) -> bool {
        !matches!(
            self,
            Self::I | Self::IF | Self::LI | Self::LIF | Self::CubaLI | Self::CubaLIF | Self::Delay
        )
    }

    /// Whether it has a state: a neuron, spiking or not.
    #[must_use]
    pub const fn is_neuron(self) -> bool {
        matches!(self, Self::I | Self::IF | Self::LI | Self::LIF | Self::CubaLI | Self::CubaLIF)
    }

    /// Whether its output are spikes.
    #[must_use]
    pub const fn is_spiking(self) -> bool {
        matches!(self, Self::IF | Self::LIF | Self::CubaLIF)
    }
}
