//! The faults.

/// What is planted: text of a file, what it becomes, and the first gate after lint that notices.
#[derive(Clone, Copy)]
pub struct Fault {
    pub name: &'static str,
    pub file: &'static str,
    pub from: &'static str,
    pub to: &'static str,
    pub gate: &'static str,
}

/// A fault in the core.
pub const CORE: Fault = Fault { name: "", file: "lif.v", from: "", to: "", gate: "sim" };

/// A fault in the board-level top.
const BOARD: Fault = Fault { file: "lif_spi.v", ..CORE };

pub const SERIAL: &[Fault] = &[
    Fault {
        name: "threshold off by one",
        from: "wire reached = ~beyond[9];",
        to: "wire reached = (~beyond[9]) & (|beyond[8:0]);",
        ..CORE
    },
    Fault {
        name: "unsigned compare",
        from: "wire reached = ~beyond[9];",
        to: "wire reached = (~beyond[9]) | v[8];",
        ..CORE
    },
    Fault {
        name: "no saturation above",
        from: "(~sum[10]) & sum[9]",
        to: "(~sum[10]) & (~sum[10]) & 1'd0 & sum[9]",
        ..CORE
    },
    Fault {
        name: "no saturation below",
        from: "(sum[10] & (~sum[9])) ?",
        to: "(sum[10] & (~sum[9]) & 1'd0) ?",
        ..CORE
    },
    Fault {
        name: "leak without its carry",
        from: "operand[8], operand, tick",
        to: "operand[8], operand, tick & v[0]",
        ..CORE
    },
    Fault { name: "leak by another shift", from: "v >>> 3", to: "v >>> 4", ..CORE },
    Fault {
        name: "leak before the threshold",
        from: "$signed({v[8], v}) - limit",
        to: "$signed({v[8], v}) - ($signed({v[8], v}) >>> 3) - limit",
        ..CORE
    },
    Fault {
        name: "reset to zero instead of by subtraction",
        from: "$signed(beyond[8:0]) : stopped",
        to: "($signed(beyond[8:0]) & 9'sd0) : stopped",
        ..CORE
    },
    Fault {
        name: "weights of the neighbour",
        from: "weights <= $signed(rows[weight_address]);",
        to: "weights <= $signed(rows[weight_address ^ 6'd1]);",
        ..CORE
    },
    Fault {
        name: "a spike lost under back-pressure",
        from: "if (out_valid & out_ready) begin",
        to: "if (out_valid & (out_ready | 1'd1)) begin",
        ..CORE
    },
    Fault {
        name: "a tick taken before the start that is offered with it",
        from: "assign in_tick_ready = idle & (~in_start);",
        to: "assign in_tick_ready = idle;",
        ..CORE
    },
    Fault {
        name: "potentials that survive the start of image",
        from: "next_state & {9{~clearing}}",
        to: "next_state",
        ..CORE
    },
    Fault {
        name: "a state written while its sweep stands still",
        from: "if (advance & execute) begin",
        to: "if (execute) begin",
        ..CORE
    },
    Fault {
        name: "counts that do not saturate",
        from: "(old == 4'd15) ? old : (old + 4'd1)",
        to: "old + 4'd1",
        ..CORE
    },
    Fault {
        name: "the last of equal counts wins",
        from: "best < more",
        to: "best <= more",
        ..CORE
    },
];

/// In the top and the counter of a serial core: what is left out gives a signal that nothing drives.
pub const TOP: &[Fault] = &[
    Fault { name: "no winner", from: "    assign winner = leader;\n", to: "", ..CORE },
    Fault { name: "no count", from: "    assign count = shown;\n", to: "", ..CORE },
    Fault {
        name: "no address of a spike",
        from: "    assign out_address = address;\n",
        to: "",
        ..CORE
    },
    Fault {
        name: "a threshold that is not passed down",
        from: "#(.THRESHOLD(THRESHOLD_0), .WEIGHTS(WEIGHTS_0)) layer_0",
        to: "#(.WEIGHTS(WEIGHTS_0)) layer_0",
        ..CORE
    },
    Fault {
        name: "a threshold that is not passed to the neuron",
        from: "#(.THRESHOLD(THRESHOLD)) step_0",
        to: "step_0",
        ..CORE
    },
    Fault {
        name: "weights that are not passed down",
        from: "#(.THRESHOLD(THRESHOLD_0), .WEIGHTS(WEIGHTS_0)) layer_0",
        to: "#(.THRESHOLD(THRESHOLD_0)) layer_0",
        ..CORE
    },
    Fault {
        name: "counts that a start leaves",
        from: "clear_address <= clear_address + 2'd1;",
        to: "clear_address <= clear_address + 2'd2;",
        ..CORE
    },
    Fault {
        name: "weights of the first inputs for the last ones",
        from: "rows[weight_address]",
        to: "rows[weight_address & 6'd31]",
        ..CORE
    },
];

/// In the board-level top.
pub const BOARD_LEVEL: &[Fault] = &[
    Fault {
        name: "an unfinished word is not dropped",
        from: "if (!selected_q[1]) bits <= 5'd0;\n        else if (rises)",
        to: "if (rises)",
        ..BOARD
    },
    Fault {
        name: "the order to reset does nothing",
        from: "else if (execute & (order == 4'd15)) awake <= 4'd0;",
        to: "",
        ..BOARD
    },
    Fault { name: "every order resets", from: "(order == 4'd15)", to: "(order[3])", ..BOARD },
    Fault {
        name: "a spike lost between two words",
        from: ".out_ready(execute & (carried == 2'd1))",
        to: ".out_ready(1'd1)",
        ..BOARD
    },
    Fault {
        name: "a tick lost between two words",
        from: ".out_tick_ready(execute & (carried == 2'd2))",
        to: ".out_tick_ready(1'd1)",
        ..BOARD
    },
    Fault {
        name: "an order taken while the core is busy",
        from: "else if (execute & ~busy) begin",
        to: "else if (execute) begin",
        ..BOARD
    },
    Fault {
        name: "busy is not said",
        from: "reply[31] = |offer & ~taken;",
        to: "reply[31] = 1'b0;",
        ..BOARD
    },
    Fault {
        name: "start and tick exchanged",
        from: "{order == 4'd3, order == 4'd2, order == 4'd1}",
        to: "{order == 4'd2, order == 4'd3, order == 4'd1}",
        ..BOARD
    },
    Fault {
        name: "an order without meaning is a tick",
        from: "order == 4'd2,",
        to: "order[2:0] == 3'd2,",
        ..BOARD
    },
    Fault {
        name: "the highest bit of an event's address stays as it was",
        from: "address <= word[ADDRESS_BITS-1:0];",
        to: "address <= {address[ADDRESS_BITS-1], word[ADDRESS_BITS-2:0]};",
        ..BOARD
    },
    Fault {
        name: "the lowest bit of an event's address stays as it was",
        from: "address <= word[ADDRESS_BITS-1:0];",
        to: "address <= {word[ADDRESS_BITS-1:1], address[0]};",
        ..BOARD
    },
    Fault {
        name: "a bit of an event's address that is set is not cleared",
        from: "address <= word[ADDRESS_BITS-1:0];",
        to: "address <= {word[ADDRESS_BITS-1:1], word[0] | address[0]};",
        ..BOARD
    },
    Fault {
        name: "a bit of an event's address is that of its neighbour",
        from: "address <= word[ADDRESS_BITS-1:0];",
        to: "address <= {word[ADDRESS_BITS-1:2], word[0], word[0]};",
        ..BOARD
    },
    Fault {
        name: "the highest bit of a counted neuron stays as it was",
        from: "count_address <= word[NEURON_BITS-1:0];",
        to: "count_address <= {count_address[NEURON_BITS-1], word[NEURON_BITS-2:0]};",
        ..BOARD
    },
    Fault {
        name: "the count that is shown is that of another neuron",
        from: "count_address <= word[NEURON_BITS-1:0];",
        to: "count_address <= word[NEURON_BITS:1];",
        ..BOARD
    },
    Fault {
        name: "the winner instead of the neuron that fires",
        from: "2'd1: reply[NEURON_BITS-1:0] = spike;",
        to: "2'd1: reply[NEURON_BITS-1:0] = winner;",
        ..BOARD
    },
    Fault {
        name: "nothing says that something waits",
        from: "assign waiting = |given;",
        to: "assign waiting = 1'b0;",
        ..BOARD
    },
    Fault { name: "no pin says anything", from: "    assign miso = word[31];\n", to: "", ..BOARD },
];

/// In the handshakes of a layer that does all neurons at once.
pub const PARALLEL: &[Fault] = &[
    Fault {
        name: "a spike lost under back-pressure",
        from: "if (out_valid & out_ready) begin",
        to: "if (out_valid & (out_ready | 1'd1)) begin",
        ..CORE
    },
    Fault {
        name: "a tick that overtakes its spikes",
        from: "assign out_tick = tick_done & (~out_valid);",
        to: "assign out_tick = tick_done;",
        ..CORE
    },
    Fault {
        name: "an event taken while spikes wait",
        from: "wire idle = ~(((started | ticked) | start_done) | tick_done);",
        to: "wire idle = ~((started | ticked) | start_done);",
        ..CORE
    },
    Fault {
        name: "the highest spike first",
        from: "pending[0] ? 2'd0 : (pending[1] ? 2'd1 : (pending[2] ? 2'd2 : 2'd3))",
        to: "pending[3] ? 2'd3 : (pending[2] ? 2'd2 : (pending[1] ? 2'd1 : 2'd0))",
        ..CORE
    },
];

/// The three faults that rust-hdl's Verilog has: simulators and synthesis, or its own simulation and both, disagree about it.
pub const RUST_HDL: &[Fault] = &[
    // Simulators take the constant as signed, yosys compares unsigned: negative potentials fire in hardware only.
    Fault {
        name: "a signed constant with an unsigned value",
        from: "wire reached = ~beyond[9];",
        to: "wire sign_unused = beyond[9]; localparam signed LEVEL = {THRESHOLD}; wire reached = v >= LEVEL;",
        gate: "netlist",
        ..CORE
    },
    // Rust means (tick & reached) == 0, Verilog reads tick & (reached == 0).
    Fault {
        name: "an operator that binds in Verilog otherwise than in Rust",
        from: "assign fired = tick & reached;",
        to: "wire silent = tick & reached == 1'd0; assign fired = ~silent;",
        ..CORE
    },
    // Rust means a sum of four bits that wraps to zero, Verilog keeps its carry in the fifth.
    Fault {
        name: "a sum that is widened before its carry is dropped",
        from: "wire [3:0] more = (old == 4'd15) ? old : (old + 4'd1);",
        to: "wire [4:0] next = old + 4'd1; wire [3:0] more = (next == 5'd0) ? 4'd15 : next[3:0];",
        ..CORE
    },
];

/// In a core of two layers, of which the last has potentials of 6 bits.
pub const CHAIN: &[Fault] = &[
    Fault {
        name: "threshold of the last layer off by one",
        from: "wire reached = ~beyond[6];",
        to: "wire reached = (~beyond[6]) & (|beyond[5:0]);",
        ..CORE
    },
    Fault {
        name: "no saturation above in the last layer",
        from: "(~sum[7]) & sum[6]",
        to: "(~sum[7]) & sum[6] & 1'd0",
        ..CORE
    },
    Fault {
        name: "no saturation below in the last layer",
        from: "(sum[7] & (~sum[6])) ?",
        to: "(sum[7] & (~sum[6]) & 1'd0) ?",
        ..CORE
    },
    Fault {
        name: "the threshold of the first layer in the last",
        from: ".THRESHOLD(THRESHOLD_1)",
        to: ".THRESHOLD(THRESHOLD_0)",
        ..CORE
    },
    Fault {
        name: "spikes between layers at the address of the neighbour",
        from: ".in_address(spikes_0_address)",
        to: ".in_address(spikes_0_address ^ 3'd1)",
        ..CORE
    },
    Fault {
        name: "a tick that overtakes the first layer",
        from: ".in_tick(spikes_0_tick)",
        to: ".in_tick(in_tick)",
        ..CORE
    },
    Fault {
        name: "a start that ends at the first layer",
        from: ".in_start(spikes_0_start)",
        to: ".in_start(spikes_0_start & 1'd0)",
        ..CORE
    },
    Fault {
        name: "a spike for which the last layer is not asked",
        from: ".out_ready(spikes_0_ready)",
        to: ".out_ready(spikes_0_ready | 1'd1)",
        ..CORE
    },
];
