//! Names that a core can have: no word of the languages that its tools read, and none that stands in
//! the files of its folder already.

/// The files of a folder that are the same for every core.
const FIXED: [&str; 11] = [
    include_str!("export/spi.v"),
    include_str!("export/axi.v"),
    include_str!("export/testbench_axi.v"),
    include_str!("export/reference.v"),
    include_str!("export/reference_axi.v"),
    include_str!("export/reference_load.v"),
    include_str!("export/reference_counter.v"),
    include_str!("export/reference_layer.v"),
    include_str!("export/reference_shell.v"),
    include_str!("testbench_body.v"),
    include_str!("export/testbench_spi.v"),
];

/// Modules and files of a folder.
const FOLDER: &[&str] = &[
    "blocks",
    "build",
    "counter",
    "handshakes",
    "model",
    "readme",
    "reference",
    "stream",
    "testbench",
    "vectors",
];

/// How the names of other modules and files of a folder begin, which are numbered or have a kind.
const BEGINNINGS: &[&str] =
    &["check_", "expected_", "model_", "reference_", "retuned_", "spi_", "testbench_"];

/// The reserved words of IEEE 1364-2005 (Verilog) and IEEE 1800-2017 (SystemVerilog), those of C++ that
/// Verilator cannot name a model by, and those of SystemC.
const RESERVED: &str = "
    accept_on alias always always_comb always_ff always_latch and assert assign assume automatic before
    begin bind bins binsof bit break buf bufif0 bufif1 byte case casex casez cell chandle checker class
    clocking cmos config const constraint context continue cover covergroup coverpoint cross deassign
    default defparam design disable dist do edge else end endcase endchecker endclass endclocking endconfig
    endfunction endgenerate endgroup endinterface endmodule endpackage endprimitive endprogram endproperty
    endsequence endspecify endtable endtask enum event eventually expect export extends extern final
    first_match for force foreach forever fork forkjoin function generate genvar global highz0 highz1 if iff
    ifnone ignore_bins illegal_bins implements implies import incdir include initial inout input inside
    instance int integer interconnect interface intersect join join_any join_none large let liblist library
    local localparam logic longint macromodule matches medium modport module nand negedge nettype new
    nexttime nmos nor noshowcancelled not notif0 notif1 null or output package packed parameter pmos
    posedge primitive priority program property protected pull0 pull1 pulldown pullup
    pulsestyle_ondetect pulsestyle_onevent pure rand randc randcase randsequence rcmos real realtime ref
    reg reject_on release repeat restrict return rnmos rpmos rtran rtranif0 rtranif1 s_always s_eventually
    s_nexttime s_until s_until_with scalared sequence shortint shortreal showcancelled signed small soft
    solve specify specparam static string strong strong0 strong1 struct super supply0 supply1 sync_accept_on
    sync_reject_on table tagged task this throughout time timeprecision timeunit tran tranif0 tranif1 tri
    tri0 tri1 triand trior trireg type typedef union unique unique0 unsigned until until_with untyped use
    uwire var vectored virtual void wait wait_order wand weak weak0 weak1 while wildcard wire with within
    wor xnor xor
    asm auto bool catch char char16_t char32_t compl concept const_cast constexpr decltype delete double
    dynamic_cast explicit false float friend goto inline long main mutable namespace noexcept nullptr operator
    private public register reinterpret_cast requires short sizeof static_assert static_cast std switch
    template thread_local throw true try typeid typename using volatile wchar_t
    sc_clock sc_in sc_inout sc_main sc_module sc_out sc_signal sensitive";

/// Whether `name` can name the top module of a core: no word of a file in its folder either.
pub(crate) fn is_name(name: &str) -> bool {
    is_module(name)
        && !FOLDER.contains(&name)
        && !BEGINNINGS.iter().any(|beginning| name.starts_with(beginning))
        && !FIXED.iter().any(|text| words(text).any(|word| word == name))
}

/// Whether `name` can name a module at all: a letter, then at most 40 letters, digits or underscores.
pub(crate) fn is_module(name: &str) -> bool {
    let mut letters = name.chars();
    letters.next().is_some_and(|first| first.is_ascii_alphabetic())
        && letters.all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
        && name.len() <= 41
        && !RESERVED.split_whitespace().any(|word| word == name)
}

/// The identifiers of a Verilog text, keywords among them, without those of comments and strings.
pub(crate) fn words(text: &str) -> impl Iterator<Item = &str> {
    let code = text.lines().map(|line| line.split_once("//").map_or(line, |(code, _)| code));
    let inside = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '@';
    let unquoted = code.flat_map(|line| line.split('"').step_by(2));
    unquoted.flat_map(move |part| part.split(move |c| !inside(c))).filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use super::is_name;

    #[test]
    fn words_of_the_languages_and_of_the_folder_are_no_names() {
        for name in ["signed", "endmodule", "always_ff", "logic", "class", "reference", "counter"] {
            assert!(!is_name(name), "{name}");
        }
        for name in ["check_counter", "check_layer_1", "reference_bank_0", "testbench_spi"] {
            assert!(!is_name(name), "{name}");
        }
        for name in ["rst", "clk", "in_valid", "testbench", "1st", "", "a-b", "a b"] {
            assert!(!is_name(name), "{name}");
        }
        for name in ["lif", "output_layer", "my_neurons", "Core7", "a"] {
            assert!(is_name(name), "{name}");
        }
    }
}
