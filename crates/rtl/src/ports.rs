//! The ports of a module, as Verilator tells them.

use memspike_digital::Direction;

/// A port of a module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Port {
    /// Its name in Verilog.
    pub name: String,
    /// Its name in Verilator's C++.
    pub member: String,
    /// Which way it goes.
    pub direction: Direction,
    /// How many bits it has.
    pub width: u32,
}

/// What is wrong with ports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum PortsError {
    /// A port goes both ways.
    Inout(String),
    /// What Verilator wrote is not what is known of it.
    Unreadable(String),
}

/// Ports in their order from Verilator's description of the netlist, with widths from the header that it wrote.
pub(crate) fn read(xml: &str, header: &str) -> Result<(String, Vec<Port>), PortsError> {
    let unreadable = |what: &str| PortsError::Unreadable(what.to_owned());
    let options = roxmltree::ParsingOptions { allow_dtd: true, ..Default::default() };
    let document = roxmltree::Document::parse_with_options(xml, options)
        .map_err(|error| PortsError::Unreadable(error.to_string()))?;
    let cell = document.descendants().find(|node| node.has_tag_name("cell"));
    let top =
        cell.and_then(|cell| cell.attribute("submodname")).ok_or(unreadable("no top module"))?;
    let is_top =
        |node: &roxmltree::Node| node.has_tag_name("module") && node.attribute("name") == Some(top);
    let module = document.descendants().find(is_top).ok_or(unreadable("no top module"))?;
    let mut ports: Vec<(u32, Port)> = Vec::new();
    for var in module.children().filter(|node| node.has_tag_name("var")) {
        let Some(direction) = var.attribute("dir") else { continue };
        let attribute =
            |name: &str| var.attribute(name).ok_or(unreadable("a port lacks something"));
        let name = attribute("name")?.to_owned();
        let member = attribute("origName")?.to_owned();
        let index: u32 = attribute("pinIndex")?.parse().map_err(|_| unreadable("an index"))?;
        let direction = match direction {
            "input" => Direction::In,
            "output" => Direction::Out,
            _ => return Err(PortsError::Inout(name)),
        };
        let width = width(header, &member)
            .ok_or_else(|| PortsError::Unreadable(format!("port '{name}' is no vector of bits")))?;
        ports.push((index, Port { name, member, direction, width }));
    }
    ports.sort_by_key(|(index, _)| *index);
    Ok((top.to_owned(), ports.into_iter().map(|(_, port)| port).collect()))
}

/// The width of a port: the header has it as `VL_IN8(&name,3,0);`, wide ones with their number of words behind.
fn width(header: &str, member: &str) -> Option<u32> {
    header.lines().find_map(|line| {
        let (kind, rest) = line.trim().split_once("(&")?;
        if !(kind.starts_with("VL_IN") || kind.starts_with("VL_OUT")) {
            return None;
        }
        let mut parts = rest.split_once(')')?.0.split(',');
        if parts.next() != Some(member) {
            return None;
        }
        let (high, low): (i64, i64) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
        u32::try_from((high - low).abs() + 1).ok()
    })
}
