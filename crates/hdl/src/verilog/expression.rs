//! Expressions with width and sign.

/// Width and sign of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Type {
    /// Width (bit), at least one.
    pub bits: u32,
    /// Two's complement.
    pub signed: bool,
}

impl Type {
    /// An unsigned value.
    #[must_use]
    pub const fn unsigned(bits: u32) -> Self {
        Self { bits, signed: false }
    }

    /// A value in two's complement.
    #[must_use]
    pub const fn signed(bits: u32) -> Self {
        Self { bits, signed: true }
    }
}

/// A named value: port, register, wire or numeric parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signal {
    /// Its name.
    pub name: String,
    /// Its type.
    pub kind: Type,
}

impl Signal {
    /// An unsigned signal.
    #[must_use]
    pub fn unsigned(name: impl Into<String>, bits: u32) -> Self {
        Self { name: name.into(), kind: Type::unsigned(bits) }
    }

    /// A signal in two's complement.
    #[must_use]
    pub fn signed(name: impl Into<String>, bits: u32) -> Self {
        Self { name: name.into(), kind: Type::signed(bits) }
    }

    /// A signal of one bit.
    #[must_use]
    pub fn bit(name: impl Into<String>) -> Self {
        Self::unsigned(name, 1)
    }

    /// Its value.
    #[must_use]
    pub fn get(&self) -> Expression {
        Expression { kind: self.kind, node: Node::Signal(self.name.clone()) }
    }

    /// Its bits from `low` on, unsigned.
    ///
    /// # Panics
    /// If it has no such bits.
    #[must_use]
    pub fn slice(&self, low: u32, bits: u32) -> Expression {
        assert!(bits > 0 && low + bits <= self.kind.bits, "{} has no such bits", self.name);
        if self.kind == Type::unsigned(bits) {
            return self.get();
        }
        let slice = Node::Slice { name: self.name.clone(), low, bits };
        Expression { kind: Type::unsigned(bits), node: slice }
    }

    /// Its value in more bits, sign or zeros in front.
    ///
    /// # Panics
    /// If `bits` is less than its width.
    #[must_use]
    pub fn extended(&self, bits: u32) -> Expression {
        let more = bits.checked_sub(self.kind.bits).expect("an extension is wider");
        if more == 0 {
            return self.get();
        }
        if !self.kind.signed {
            return Expression::concat(vec![Expression::number(0, more), self.get()]);
        }
        let top = self.slice(self.kind.bits - 1, 1);
        let fill = if more == 1 { top } else { Expression::repeat(top, more) };
        Expression::concat(vec![fill, self.get()]).as_signed()
    }
}

/// A value made of signals.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expression {
    pub(super) kind: Type,
    pub(super) node: Node,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Node {
    /// Within the width of its expression, which may be wider than any number here.
    Number(i128),
    Signal(String),
    Slice {
        name: String,
        low: u32,
        bits: u32,
    },
    Repeat {
        times: u32,
        bit: Box<Expression>,
    },
    Concat(Vec<Expression>),
    Cast(Box<Expression>),
    Prefix(&'static str, Box<Expression>),
    Infix(&'static str, Box<Expression>, Box<Expression>),
    Shift(&'static str, Box<Expression>, u32),
    Choice(Box<Expression>, Box<Expression>, Box<Expression>),
}

impl Expression {
    /// Its type.
    #[must_use]
    pub const fn kind(&self) -> Type {
        self.kind
    }

    /// An unsigned literal.
    ///
    /// # Panics
    /// If the bits cannot hold the value.
    #[must_use]
    pub fn number(value: u64, bits: u32) -> Self {
        assert!(bits >= 64 || value < 1 << bits, "{bits} bits hold no {value}");
        Self { kind: Type::unsigned(bits), node: Node::Number(value.into()) }
    }

    /// A literal in two's complement.
    ///
    /// # Panics
    /// If the bits cannot hold the value.
    #[must_use]
    pub fn integer(value: i64, bits: u32) -> Self {
        // Of 64 bits and more every value is one.
        let half = 1_i128 << (bits.min(64) - 1);
        assert!((-half..half).contains(&value.into()), "{bits} bits hold no {value}");
        Self { kind: Type::signed(bits), node: Node::Number(value.into()) }
    }

    /// Values side by side, the first one highest; unsigned.
    #[must_use]
    pub fn concat(parts: Vec<Self>) -> Self {
        let bits = parts.iter().map(|part| part.kind.bits).sum();
        Self { kind: Type::unsigned(bits), node: Node::Concat(parts) }
    }

    /// A value of one bit, so many times; unsigned.
    ///
    /// # Panics
    /// If it has several bits.
    #[must_use]
    pub fn repeat(bit: Self, times: u32) -> Self {
        assert_eq!(bit.kind.bits, 1, "what is repeated");
        Self { kind: Type::unsigned(times), node: Node::Repeat { times, bit: Box::new(bit) } }
    }

    /// The same bits, in two's complement.
    #[must_use]
    pub fn as_signed(self) -> Self {
        Self { kind: Type::signed(self.kind.bits), node: Node::Cast(Box::new(self)) }
    }

    /// The same bits, unsigned.
    #[must_use]
    pub fn as_unsigned(self) -> Self {
        Self { kind: Type::unsigned(self.kind.bits), node: Node::Cast(Box::new(self)) }
    }

    fn prefix(operator: &'static str, kind: Type, operand: Self) -> Self {
        Self { kind, node: Node::Prefix(operator, Box::new(operand)) }
    }

    /// All bits inverted.
    #[must_use]
    pub fn inverted(self) -> Self {
        Self::prefix("~", self.kind, self)
    }

    /// Whether any bit is set.
    #[must_use]
    pub fn any(self) -> Self {
        if self.kind.bits == 1 {
            return self;
        }
        Self::prefix("|", Type::unsigned(1), self)
    }

    /// Operands of one type.
    fn infix(self, operator: &'static str, other: Self, kind: Type) -> Self {
        assert_eq!(self.kind, other.kind, "operands of {operator}");
        Self { kind, node: Node::Infix(operator, Box::new(self), Box::new(other)) }
    }

    /// Sum, cut to the width of both operands.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        let kind = self.kind;
        self.infix("+", other, kind)
    }

    /// Difference, cut to the width of both operands.
    #[must_use]
    pub fn minus(self, other: Self) -> Self {
        let kind = self.kind;
        self.infix("-", other, kind)
    }

    /// Product, cut to the width of both operands.
    #[must_use]
    pub fn times(self, other: Self) -> Self {
        let kind = self.kind;
        self.infix("*", other, kind)
    }

    /// Bits set in both.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        let kind = self.kind;
        self.infix("&", other, kind)
    }

    /// Bits set in either.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        let kind = self.kind;
        self.infix("|", other, kind)
    }

    /// Whether both are equal.
    #[must_use]
    pub fn equals(self, other: Self) -> Self {
        self.infix("==", other, Type::unsigned(1))
    }

    /// Whether the first is smaller.
    #[must_use]
    pub fn below(self, other: Self) -> Self {
        self.infix("<", other, Type::unsigned(1))
    }

    /// Whether the first is not smaller.
    #[must_use]
    pub fn reaches(self, other: Self) -> Self {
        self.infix(">=", other, Type::unsigned(1))
    }

    /// Shifted down, rounding down.
    ///
    /// # Panics
    /// If it is unsigned: there the operator would mean something else.
    #[must_use]
    pub fn shifted_down(self, distance: u32) -> Self {
        assert!(self.kind.signed, "an arithmetic shift of an unsigned value");
        Self { kind: self.kind, node: Node::Shift(">>>", Box::new(self), distance) }
    }

    /// Shifted down by a distance that is a signal, rounding down.
    ///
    /// # Panics
    /// If the value is unsigned, or the distance signed: there the operator would mean something else.
    #[must_use]
    pub fn shifted_down_by(self, distance: &Signal) -> Self {
        assert!(self.kind.signed, "an arithmetic shift of an unsigned value");
        assert!(!distance.kind.signed, "a signed distance");
        Self { kind: self.kind, node: Node::Infix(">>>", Box::new(self), Box::new(distance.get())) }
    }

    /// One of two values of one type.
    ///
    /// # Panics
    /// If their types differ, or the condition has several bits.
    #[must_use]
    pub fn choose(condition: Self, yes: Self, no: Self) -> Self {
        assert_eq!(condition.kind, Type::unsigned(1), "a condition");
        assert_eq!(yes.kind, no.kind, "branches of a choice");
        let kind = yes.kind;
        Self { kind, node: Node::Choice(Box::new(condition), Box::new(yes), Box::new(no)) }
    }
}
