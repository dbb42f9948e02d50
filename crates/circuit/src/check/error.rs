//! Findings of the checks, in words.

/// One finding. Elements are named by their position in the builder
/// ([`crate::Builder::element`]'s result).
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum CircuitError {
    /// Two elements of one name.
    #[error("two elements are named '{name}'")]
    DuplicateName {
        /// The name.
        name: String,
        /// The first.
        first: usize,
        /// The second.
        second: usize,
    },
    /// A value that must be finite and above zero is not.
    #[error("'{name}': {quantity} must be above zero and finite, found {value:e}")]
    BadValue {
        /// Element.
        name: String,
        /// `resistance`, `capacitance` or `inductance`.
        quantity: &'static str,
        /// Value found.
        value: f64,
        /// Position.
        element: usize,
    },
    /// A node with a single pin from which no direct current can reach ground.
    #[error("node '{node}' connects to nothing but '{name}'")]
    DanglingPin {
        /// Node.
        node: String,
        /// The only element at it.
        name: String,
        /// Its position.
        element: usize,
    },
    /// A node from which no direct current can reach ground.
    #[error("node '{node}' has no path for direct current to ground")]
    NoDcPath {
        /// Node.
        node: String,
        /// An element at it.
        element: usize,
    },
    /// A loop that contains only ideal voltage sources (`V`, `E`, resistors of zero).
    #[error("ideal voltage sources (V, E, H, R of zero) form a loop: {}", names.join(", "))]
    SourceLoop {
        /// Names around the loop.
        names: Vec<String>,
        /// Positions around the loop.
        elements: Vec<usize>,
    },
    /// A row of a crossbar array that no source holds.
    #[error("row '{node}' of '{name}' is held by no independent voltage source")]
    RowNotHeld {
        /// Node of the row.
        node: String,
        /// A current of the array.
        name: String,
        /// Its position.
        element: usize,
    },
    /// A spike driver follows an element that the circuit does not have.
    #[error("'{name}' follows '{device}', which does not exist")]
    NoSuchDevice {
        /// The driver.
        name: String,
        /// What it follows.
        device: String,
        /// Position of the driver.
        element: usize,
    },
    /// A spike driver follows an element that never spikes.
    #[error("'{name}' follows '{device}', which never spikes")]
    NotADevice {
        /// The driver.
        name: String,
        /// What it follows.
        device: String,
        /// Position of the driver.
        element: usize,
    },
    /// An element hears the current of one that the circuit does not have, or whose current is no unknown.
    #[error("'{name}' hears the current of '{heard}', which is no voltage source")]
    NoBranch {
        /// The element.
        name: String,
        /// What it hears.
        heard: String,
        /// Position of the element.
        element: usize,
    },
    /// An inductor is coupled to what is no other inductor, or by a factor outside -1 to 1.
    #[error("'{name}' cannot be coupled to '{other}' by a factor of {factor}")]
    BadCoupling {
        /// The inductor.
        name: String,
        /// What it would be coupled to.
        other: String,
        /// The factor.
        factor: f64,
        /// Position of the inductor.
        element: usize,
    },
    /// A sum weighs a row that its array does not have.
    #[error("'{name}' has a weight for row {row}, its array has {rows} rows")]
    NoSuchRow {
        /// The sum.
        name: String,
        /// The row, from 0.
        row: usize,
        /// Rows of the array.
        rows: usize,
        /// Position of the sum.
        element: usize,
    },
    /// Two things drive a net.
    #[error("'{first}' and '{second}' both drive '{net}'")]
    NetDrivenTwice {
        /// The net.
        net: String,
        /// What drives it, by name.
        first: String,
        /// What else does.
        second: String,
    },
    /// Nothing drives a net that something hears.
    #[error("nothing drives '{net}', which '{name}' hears")]
    NetNotDriven {
        /// The net.
        net: String,
        /// What hears it.
        name: String,
    },
    /// A voltage source or a device that connects a node to itself.
    #[error("both ends of '{name}' are on node '{node}'")]
    ShortedSource {
        /// Element.
        name: String,
        /// Node.
        node: String,
        /// Position.
        element: usize,
    },
}
