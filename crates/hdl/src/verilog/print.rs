//! The printer: Verilog-2005 as a person would write it.

use std::fmt::Write as _;

use super::expression::Node;
use super::{
    Direction, Expression, Instance, Item, Memory, MemoryContent, Module, Parameter, Statement,
    Type,
};

/// A module as text.
#[must_use]
pub fn print(module: &Module) -> String {
    let mut text = String::new();
    for line in &module.about {
        let _ = writeln!(text, "// {line}");
    }
    let _ = write!(text, "module {}", module.name);
    if !module.parameters.is_empty() {
        let lines: Vec<String> = module.parameters.iter().map(parameter).collect();
        let _ = write!(text, " #(\n{}\n)", lines.join(",\n"));
    }
    let ports: Vec<String> = module
        .ports
        .iter()
        .map(|port| {
            let direction = match port.direction {
                Direction::Input => "input  wire",
                Direction::Output => "output wire",
            };
            format!("    {direction}{} {}", range(port.signal.kind), port.signal.name)
        })
        .collect();
    let _ = writeln!(text, " (\n{}\n);", ports.join(",\n"));
    for item in &module.items {
        print_item(&mut text, item);
    }
    text.push_str("endmodule\n");
    text
}

fn parameter(parameter: &Parameter) -> String {
    match parameter {
        Parameter::Number { signal, value } => {
            format!("    parameter{} {} = {}", range(signal.kind), signal.name, render(value))
        }
        Parameter::File { name, value } => format!("    parameter {name} = \"{value}\""),
    }
}

fn range(kind: Type) -> String {
    let sign = if kind.signed { " signed" } else { "" };
    match kind.bits {
        1 if !kind.signed => String::new(),
        bits => format!("{sign} [{}:0]", bits - 1),
    }
}

fn print_item(text: &mut String, item: &Item) {
    let _ = match item {
        Item::Comment(line) => writeln!(text, "\n    // {line}"),
        Item::Wire(signal, None) => {
            writeln!(text, "    wire{} {};", range(signal.kind), signal.name)
        }
        Item::Wire(signal, Some(value)) => {
            writeln!(text, "    wire{} {} = {};", range(signal.kind), signal.name, render(value))
        }
        Item::Register { signal, cleared: false } => {
            writeln!(text, "    reg{} {};", range(signal.kind), signal.name)
        }
        Item::Register { signal, cleared: true } => {
            let zero = literal(0, signal.kind);
            writeln!(text, "    reg{} {} = {zero};", range(signal.kind), signal.name)
        }
        Item::Memory(memory) => print_memory(text, memory),
        Item::Assign(signal, value) => {
            writeln!(text, "    assign {} = {};", signal.name, render(value))
        }
        Item::Clocked(statements) => {
            text.push_str("    always @(posedge clk) begin\n");
            print_statements(text, statements, 2);
            writeln!(text, "    end")
        }
        Item::Instance(instance) => print_instance(text, instance),
    };
}

fn print_memory(text: &mut String, memory: &Memory) -> std::fmt::Result {
    let Memory { name, bits, words, content, disjoint } = memory;
    let range = range(Type::unsigned(*bits));
    let disjoint = if *disjoint { ", no_rw_check = 1" } else { "" };
    writeln!(text, "    (* ram_style = \"block\"{disjoint} *)")?;
    writeln!(text, "    reg{range} {name} [0:{}];", words - 1)?;
    match content {
        MemoryContent::File { parameter, built_in } if built_in.is_empty() => {
            writeln!(text, "    initial $readmemh({parameter}, {name});")
        }
        MemoryContent::File { parameter, built_in } => {
            writeln!(text, "    generate")?;
            writeln!(text, "        if ({parameter} == \"\") begin : built_in")?;
            writeln!(text, "            initial begin")?;
            for (at, word) in built_in.iter().enumerate() {
                writeln!(text, "                {name}[{at}] = {bits}'h{word};")?;
            }
            writeln!(text, "            end")?;
            writeln!(text, "        end else begin : from_file")?;
            writeln!(text, "            initial $readmemh({parameter}, {name});")?;
            writeln!(text, "        end\n    endgenerate")
        }
        MemoryContent::Zero => {
            let zero = format!("{bits}'d0");
            writeln!(text, "    integer {name}_word;")?;
            writeln!(text, "    initial begin")?;
            writeln!(
                text,
                "        for ({name}_word = 0; {name}_word < {words}; {name}_word = {name}_word + 1) {name}[{name}_word] = {zero};"
            )?;
            writeln!(text, "    end")
        }
    }
}

fn print_statements(text: &mut String, statements: &[Statement], depth: usize) {
    let indent = "    ".repeat(depth);
    for statement in statements {
        let _ = match statement {
            Statement::Set(signal, value) => {
                writeln!(text, "{indent}{} <= {};", signal.name, render(value))
            }
            Statement::Read { into, memory, address } => {
                let word = format!("{memory}[{}]", render(address));
                let word = if into.kind.signed { format!("$signed({word})") } else { word };
                writeln!(text, "{indent}{} <= {word};", into.name)
            }
            Statement::Write { memory, address, value } => {
                writeln!(text, "{indent}{memory}[{}] <= {};", render(address), render(value))
            }
            Statement::WriteBits { memory, address, low, value } => {
                let high = low + value.kind().bits - 1;
                let bits = if high == *low { format!("{low}") } else { format!("{high}:{low}") };
                writeln!(
                    text,
                    "{indent}{memory}[{}][{bits}] <= {};",
                    render(address),
                    render(value)
                )
            }
            Statement::If(condition, then, otherwise) => {
                let _ = writeln!(text, "{indent}if ({}) begin", render(condition));
                print_statements(text, then, depth + 1);
                if !otherwise.is_empty() {
                    let _ = writeln!(text, "{indent}end else begin");
                    print_statements(text, otherwise, depth + 1);
                }
                writeln!(text, "{indent}end")
            }
        };
    }
}

fn print_instance(text: &mut String, instance: &Instance) -> std::fmt::Result {
    write!(text, "    {}", instance.module)?;
    if !instance.parameters.is_empty() {
        let list = instance.parameters.iter().map(|(port, value)| format!(".{port}({value})"));
        write!(text, " #({})", list.collect::<Vec<_>>().join(", "))?;
    }
    let list = instance
        .connections
        .iter()
        .map(|connection| format!("        .{}({})", connection.port, render(&connection.value)));
    let list: Vec<String> = list.collect();
    writeln!(text, " {} (\n{}\n    );", instance.name, list.join(",\n"))
}

/// An expression; whatever has an operator is in parentheses where it is an operand.
fn render(expression: &Expression) -> String {
    let inner = |operand: &Expression| match operand.node {
        Node::Prefix(..) | Node::Infix(..) | Node::Shift(..) | Node::Choice(..) => {
            format!("({})", render(operand))
        }
        _ => render(operand),
    };
    match &expression.node {
        Node::Number(value) => literal(*value, expression.kind),
        Node::Signal(name) => name.clone(),
        Node::Slice { name, low, bits: 1 } => format!("{name}[{low}]"),
        Node::Slice { name, low, bits } => format!("{name}[{}:{low}]", low + bits - 1),
        Node::Repeat { times, bit } => format!("{{{times}{{{}}}}}", render(bit)),
        Node::Concat(parts) => {
            format!("{{{}}}", parts.iter().map(render).collect::<Vec<_>>().join(", "))
        }
        Node::Cast(operand) if expression.kind.signed => format!("$signed({})", render(operand)),
        Node::Cast(operand) => format!("$unsigned({})", render(operand)),
        Node::Prefix(operator, operand) => format!("{operator}{}", inner(operand)),
        Node::Infix(operator, left, right) => {
            format!("{} {operator} {}", inner(left), inner(right))
        }
        Node::Shift(operator, operand, distance) => {
            format!("{} {operator} {distance}", inner(operand))
        }
        Node::Choice(condition, yes, no) => {
            format!("{} ? {} : {}", inner(condition), inner(yes), inner(no))
        }
    }
}

/// A number with width, base and sign. The smallest number of a width is its bits, because its
/// magnitude does not fit.
fn literal(value: i128, kind: Type) -> String {
    let Type { bits, signed } = kind;
    match (signed, value < 0) {
        (false, _) => format!("{bits}'d{value}"),
        (true, false) => format!("{bits}'sd{value}"),
        (true, true) => format!("{bits}'sh{}", two_s_complement(value, bits)),
    }
}

/// The lowest bits of a number, in hexadecimal.
fn two_s_complement(value: i128, bits: u32) -> String {
    let digit = |place: u32| {
        let nibble = (value >> (4 * place).min(127)) & 0xf;
        let within = (bits - 4 * place).min(4);
        format!("{:x}", nibble & ((1 << within) - 1))
    };
    (0..bits.div_ceil(4)).rev().map(digit).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Widths at which machine words end, and their neighbours.
    const WIDTHS: [u32; 14] = [1, 2, 31, 32, 33, 63, 64, 65, 127, 128, 129, 256, 257, 4096];

    #[test]
    fn literals_of_any_width_hold_any_number_that_fits() {
        for bits in WIDTHS {
            let top = if bits < 64 { (1 << bits) - 1 } else { u64::MAX };
            for value in [0, 1, top] {
                let text = render(&Expression::number(value, bits));
                assert_eq!(text, format!("{bits}'d{value}"));
            }
        }
    }

    #[test]
    fn negative_literals_are_their_bits_at_any_width() {
        for bits in WIDTHS {
            let ones = |bits: u32| "f".repeat(bits as usize / 4);
            // All bits set: a part of a digit, then whole ones.
            let head = ["", "1", "3", "7"][bits as usize % 4];
            let all = format!("{bits}'sh{head}{}", ones(bits));
            assert_eq!(render(&Expression::integer(-1, bits)), all);
            if bits > 64 {
                let least = render(&Expression::integer(i64::MIN, bits));
                assert_eq!(least, format!("{bits}'sh{head}{}8000000000000000", ones(bits - 64)));
            }
        }
        assert_eq!(render(&Expression::integer(i64::MIN, 64)), "64'sh8000000000000000");
        assert_eq!(render(&Expression::integer(-4, 3)), "3'sh4");
        assert_eq!(render(&Expression::integer(-5, 6)), "6'sh3b");
    }
}
