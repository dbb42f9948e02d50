//! Modules.

use super::{Expression, Signal};

/// A Verilog module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Module {
    /// Its name.
    pub name: String,
    /// What it is, as comment lines above it.
    pub about: Vec<String>,
    /// Its parameters.
    pub parameters: Vec<Parameter>,
    /// Its ports.
    pub ports: Vec<Port>,
    /// Its contents.
    pub items: Vec<Item>,
}

/// A parameter with its default.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Parameter {
    /// A number.
    Number {
        /// Name and type.
        signal: Signal,
        /// Default.
        value: Expression,
    },
    /// The name of a file.
    File {
        /// Name.
        name: String,
        /// Default.
        value: String,
    },
}

/// Direction of a port.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Into the module.
    Input,
    /// Out of it.
    Output,
}

/// A port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Port {
    /// Its direction.
    pub direction: Direction,
    /// Name and type.
    pub signal: Signal,
}

/// Something in a module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Item {
    /// A comment line.
    Comment(String),
    /// A wire; with an expression, driven by it.
    Wire(Signal, Option<Expression>),
    /// A register, initially zero if `cleared`. A read register of a memory is not, because block memories have no initial output.
    Register {
        /// Name and type.
        signal: Signal,
        /// Whether it starts at zero.
        cleared: bool,
    },
    /// A memory.
    Memory(Memory),
    /// An output port driven by an expression.
    Assign(Signal, Expression),
    /// What happens at a rising edge of `clk`.
    Clocked(Vec<Statement>),
    /// Another module.
    Instance(Instance),
}

/// A memory of words. It is read and written at clock edges only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Memory {
    /// Its name.
    pub name: String,
    /// Width of a word (bit).
    pub bits: u32,
    /// Number of words.
    pub words: usize,
    /// What it holds at first.
    pub content: MemoryContent,
    /// Whether no word is ever read in the cycle in which it is written; synthesis then needs no logic for that case.
    pub disjoint: bool,
}

/// What a memory holds at first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MemoryContent {
    /// Zeros.
    Zero,
    /// Hexadecimal words of a file that a parameter names.
    File {
        /// The parameter.
        parameter: String,
        /// Hexadecimal words that it holds if the parameter is empty; none if there is always a file.
        built_in: Vec<String>,
    },
}

/// A statement of a clocked block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Statement {
    /// A register takes a value.
    Set(Signal, Expression),
    /// Under a condition, otherwise.
    If(Expression, Vec<Statement>, Vec<Statement>),
    /// A register takes a word of a memory as it was before the edge.
    Read {
        /// The register.
        into: Signal,
        /// The memory.
        memory: String,
        /// The address.
        address: Expression,
    },
    /// A word of a memory takes a value.
    Write {
        /// The memory.
        memory: String,
        /// The address.
        address: Expression,
        /// The value.
        value: Expression,
    },
    /// Some bits of a word of a memory take a value, the others stay.
    WriteBits {
        /// The memory.
        memory: String,
        /// The address.
        address: Expression,
        /// The lowest of the bits; there are as many as the value has.
        low: u32,
        /// The value.
        value: Expression,
    },
}

/// An instance of a module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Instance {
    /// The module.
    pub module: String,
    /// Its name here.
    pub name: String,
    /// Parameters of the module and of this one that are passed on to them.
    pub parameters: Vec<(String, String)>,
    /// What is connected to its ports.
    pub connections: Vec<Connection>,
}

/// A port of an instance and what is connected to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Connection {
    /// The port.
    pub port: String,
    /// What is connected.
    pub value: Expression,
}

impl Module {
    /// A module without contents.
    #[must_use]
    pub fn new(name: impl Into<String>, about: &[&str]) -> Self {
        Self {
            name: name.into(),
            about: about.iter().map(|line| (*line).to_owned()).collect(),
            parameters: Vec::new(),
            ports: Vec::new(),
            items: Vec::new(),
        }
    }

    /// Adds an input.
    pub fn input(&mut self, signal: Signal) -> Signal {
        self.ports.push(Port { direction: Direction::Input, signal: signal.clone() });
        signal
    }

    /// Adds an output.
    pub fn output(&mut self, signal: Signal) -> Signal {
        self.ports.push(Port { direction: Direction::Output, signal: signal.clone() });
        signal
    }

    /// Adds an output that an expression drives.
    ///
    /// # Panics
    /// If their types differ.
    pub fn drive(&mut self, signal: Signal, value: Expression) {
        assert_eq!(signal.kind, value.kind(), "what drives {}", signal.name);
        self.output(signal.clone());
        self.items.push(Item::Assign(signal, value));
    }

    /// Adds a wire that an expression drives.
    ///
    /// # Panics
    /// If their types differ.
    pub fn wire(&mut self, signal: Signal, value: Expression) -> Signal {
        assert_eq!(signal.kind, value.kind(), "what drives {}", signal.name);
        self.items.push(Item::Wire(signal.clone(), Some(value)));
        signal
    }

    /// Adds a wire that an instance drives.
    pub fn net(&mut self, signal: Signal) -> Signal {
        self.items.push(Item::Wire(signal.clone(), None));
        signal
    }

    /// Adds a register that starts at zero.
    pub fn register(&mut self, signal: Signal) -> Signal {
        self.items.push(Item::Register { signal: signal.clone(), cleared: true });
        signal
    }

    /// Adds the read register of a memory.
    pub fn read_register(&mut self, signal: Signal) -> Signal {
        self.items.push(Item::Register { signal: signal.clone(), cleared: false });
        signal
    }

    /// Adds a numeric parameter.
    ///
    /// # Panics
    /// If type and default differ.
    pub fn parameter(&mut self, signal: Signal, value: Expression) -> Signal {
        assert_eq!(signal.kind, value.kind(), "the default of {}", signal.name);
        self.parameters.push(Parameter::Number { signal: signal.clone(), value });
        signal
    }

    /// Adds a comment line.
    pub fn comment(&mut self, line: &str) {
        self.items.push(Item::Comment(line.to_owned()));
    }

    /// Adds what happens at a rising edge of `clk`.
    pub fn clocked(&mut self, statements: Vec<Statement>) {
        self.items.push(Item::Clocked(statements));
    }
}

impl Statement {
    /// A register takes a value.
    ///
    /// # Panics
    /// If their types differ.
    #[must_use]
    pub fn set(signal: &Signal, value: Expression) -> Self {
        assert_eq!(signal.kind, value.kind(), "what {} takes", signal.name);
        Self::Set(signal.clone(), value)
    }

    /// A register becomes zero.
    #[must_use]
    pub fn clear(signal: &Signal) -> Self {
        Self::set(
            signal,
            match signal.kind.signed {
                true => Expression::integer(0, signal.kind.bits),
                false => Expression::number(0, signal.kind.bits),
            },
        )
    }

    /// A flag is set.
    #[must_use]
    pub fn raise(flag: &Signal) -> Self {
        Self::set(flag, Expression::number(1, 1))
    }

    /// Under a condition.
    #[must_use]
    pub fn when(condition: Expression, then: Vec<Self>) -> Self {
        Self::If(condition, then, Vec::new())
    }
}

impl Connection {
    /// Connects a signal.
    #[must_use]
    pub fn new(port: impl Into<String>, value: Expression) -> Self {
        Self { port: port.into(), value }
    }

    /// Connects a signal to the port of its name.
    #[must_use]
    pub fn same(signal: &Signal) -> Self {
        Self::new(&signal.name, signal.get())
    }
}
