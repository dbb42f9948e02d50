// SPDX-License-Identifier: MIT-0
// Made by memspike 0.2.0.
// All modules are in this file on purpose.
/* verilator lint_off DECLFILENAME */
`default_nettype none

// lif: spiking neurons (LIF), 16-4.
// serial: one neuron a cycle, weights and potentials in memory
// Specification: spec.json, SHA-256 12d78fd09f73b4482191d561888ea1287725870d2def2be3bd8ccc1e47689413.
// Check it: `make all` compares with the bit-exact model and proves the arithmetic.
module lif #(
    parameter signed [8:0] THRESHOLD_0 = 9'sd25,
    parameter WEIGHTS_0 = ""
) (
    input  wire clk,
    input  wire rst,
    input  wire in_start,
    input  wire in_tick,
    input  wire in_valid,
    input  wire [3:0] in_address,
    output wire in_start_ready,
    output wire in_tick_ready,
    output wire in_ready,
    output wire out_start,
    output wire out_tick,
    output wire out_valid,
    output wire [1:0] out_address,
    input  wire out_start_ready,
    input  wire out_tick_ready,
    input  wire out_ready,
    input  wire [1:0] count_address,
    output wire [3:0] count,
    output wire [1:0] winner
);
    wire spikes_0_start;
    wire spikes_0_tick;
    wire spikes_0_valid;
    wire [1:0] spikes_0_address;
    wire spikes_0_start_ready;
    wire spikes_0_tick_ready;
    wire spikes_0_ready;
    lif_layer_0 #(.THRESHOLD(THRESHOLD_0), .WEIGHTS(WEIGHTS_0)) layer_0 (
        .clk(clk),
        .rst(rst),
        .in_start(in_start),
        .in_tick(in_tick),
        .in_valid(in_valid),
        .in_address(in_address),
        .in_start_ready(in_start_ready),
        .in_tick_ready(in_tick_ready),
        .in_ready(in_ready),
        .out_start(spikes_0_start),
        .out_tick(spikes_0_tick),
        .out_valid(spikes_0_valid),
        .out_address(spikes_0_address),
        .out_start_ready(spikes_0_start_ready),
        .out_tick_ready(spikes_0_tick_ready),
        .out_ready(spikes_0_ready)
    );
    lif_counter counter (
        .clk(clk),
        .rst(rst),
        .in_start(spikes_0_start),
        .in_tick(spikes_0_tick),
        .in_valid(spikes_0_valid),
        .in_address(spikes_0_address),
        .in_start_ready(spikes_0_start_ready),
        .in_tick_ready(spikes_0_tick_ready),
        .in_ready(spikes_0_ready),
        .out_start(out_start),
        .out_tick(out_tick),
        .out_valid(out_valid),
        .out_address(out_address),
        .out_start_ready(out_start_ready),
        .out_tick_ready(out_tick_ready),
        .out_ready(out_ready),
        .count_address(count_address),
        .count(count),
        .winner(winner)
    );
endmodule

// Counts spikes since the start of image and passes them on. `count` is the count of `count_address` a cycle
// before, `winner` the neuron with most spikes, of several the one that had them first.
module lif_counter (
    input  wire clk,
    input  wire rst,
    input  wire in_start,
    input  wire in_tick,
    input  wire in_valid,
    input  wire [1:0] in_address,
    input  wire out_start_ready,
    input  wire out_tick_ready,
    input  wire out_ready,
    input  wire [1:0] count_address,
    output wire [3:0] count,
    output wire [1:0] winner,
    output wire out_start,
    output wire out_tick,
    output wire out_valid,
    output wire [1:0] out_address,
    output wire in_start_ready,
    output wire in_tick_ready,
    output wire in_ready
);
    reg clearing = 1'd0;
    reg announce = 1'd0;
    reg update = 1'd0;
    reg valid = 1'd0;
    reg start_done = 1'd0;
    reg tick_done = 1'd0;
    reg [1:0] clear_address = 2'd0;
    reg [1:0] address = 2'd0;
    reg [3:0] best = 4'd0;
    reg [1:0] leader = 2'd0;
    reg [3:0] old;
    reg [3:0] shown;
    (* ram_style = "block" *)
    reg [3:0] counts [0:3];
    integer counts_word;
    initial begin
        for (counts_word = 0; counts_word < 4; counts_word = counts_word + 1) counts[counts_word] = 4'd0;
    end
    assign count = shown;
    assign winner = leader;
    assign out_start = start_done;
    assign out_tick = tick_done;
    assign out_valid = valid;
    assign out_address = address;
    wire idle = ~((((clearing | update) | valid) | start_done) | tick_done);

    // Of several offers a start is taken before a tick, a tick before an event.
    assign in_start_ready = idle;
    assign in_tick_ready = idle & (~in_start);
    assign in_ready = idle & (~(in_start | in_tick));
    wire take_start = in_start & in_start_ready;
    wire take_tick = in_tick & in_tick_ready;
    wire take_event = in_valid & in_ready;
    wire [3:0] more = (old == 4'd15) ? old : (old + 4'd1);
    wire leads = best < more;
    wire last = clear_address == 2'd3;

    // A reset clears the counts like a start of image, but silently.
    always @(posedge clk) begin
        if (rst) begin
            clearing <= 1'd1;
            announce <= 1'd0;
            clear_address <= 2'd0;
            update <= 1'd0;
            valid <= 1'd0;
            start_done <= 1'd0;
            tick_done <= 1'd0;
            best <= 4'd0;
            leader <= 2'd0;
        end else begin
            update <= take_event;
            if (out_start & out_start_ready) begin
                start_done <= 1'd0;
            end
            if (out_tick & out_tick_ready) begin
                tick_done <= 1'd0;
            end
            if (out_valid & out_ready) begin
                valid <= 1'd0;
            end
            if (clearing) begin
                clear_address <= clear_address + 2'd1;
                clearing <= ~last;
                start_done <= last & announce;
            end
            if (update & leads) begin
                best <= more;
                leader <= address;
            end
            if (take_start) begin
                clearing <= 1'd1;
                announce <= 1'd1;
                best <= 4'd0;
                leader <= 2'd0;
            end
            if (take_tick) begin
                tick_done <= 1'd1;
            end
            if (take_event) begin
                valid <= 1'd1;
            end
        end
    end
    wire [1:0] write_address = clearing ? clear_address : address;
    always @(posedge clk) begin
        if (take_event) begin
            address <= in_address;
            old <= counts[in_address];
        end
        shown <= counts[count_address];
        if (clearing | update) begin
            counts[write_address] <= more & {4{~clearing}};
        end
    end
endmodule

// A layer that sweeps over its groups of neurons: `issue` reads weights and state of `group`, a cycle later
// `execute` writes the new state of `execute_group`. A tick waits while spikes of a group wait to leave.
module lif_layer_0 #(
    parameter signed [8:0] THRESHOLD = 9'sd25,
    parameter WEIGHTS = ""
) (
    input  wire clk,
    input  wire rst,
    input  wire in_start,
    input  wire in_tick,
    input  wire in_valid,
    input  wire [3:0] in_address,
    input  wire out_start_ready,
    input  wire out_tick_ready,
    input  wire out_ready,
    output wire out_valid,
    output wire [1:0] out_address,
    output wire out_start,
    output wire out_tick,
    output wire in_start_ready,
    output wire in_tick_ready,
    output wire in_ready
);
    reg clearing = 1'd0;
    reg integrating = 1'd0;
    reg ticking = 1'd0;
    reg announce = 1'd0;
    reg issue = 1'd0;
    reg [1:0] group = 2'd0;
    reg execute = 1'd0;
    reg [1:0] execute_group = 2'd0;
    reg [5:0] weight_address = 6'd0;
    reg pending = 1'd0;
    reg start_done = 1'd0;
    reg tick_done = 1'd0;
    reg [1:0] pending_group = 2'd0;
    reg signed [4:0] weights;
    reg signed [8:0] state;
    (* ram_style = "block", no_rw_check = 1 *)
    reg [4:0] rows [0:63];
    generate
        if (WEIGHTS == "") begin : built_in
            initial begin
                rows[0] = 5'h14;
                rows[1] = 5'h15;
                rows[2] = 5'h15;
                rows[3] = 5'h15;
                rows[4] = 5'h18;
                rows[5] = 5'h06;
                rows[6] = 5'h11;
                rows[7] = 5'h07;
                rows[8] = 5'h12;
                rows[9] = 5'h03;
                rows[10] = 5'h09;
                rows[11] = 5'h1b;
                rows[12] = 5'h17;
                rows[13] = 5'h12;
                rows[14] = 5'h18;
                rows[15] = 5'h0b;
                rows[16] = 5'h1b;
                rows[17] = 5'h1b;
                rows[18] = 5'h1f;
                rows[19] = 5'h0f;
                rows[20] = 5'h1e;
                rows[21] = 5'h16;
                rows[22] = 5'h07;
                rows[23] = 5'h1c;
                rows[24] = 5'h01;
                rows[25] = 5'h00;
                rows[26] = 5'h0c;
                rows[27] = 5'h18;
                rows[28] = 5'h1c;
                rows[29] = 5'h1d;
                rows[30] = 5'h17;
                rows[31] = 5'h00;
                rows[32] = 5'h0a;
                rows[33] = 5'h19;
                rows[34] = 5'h0f;
                rows[35] = 5'h12;
                rows[36] = 5'h05;
                rows[37] = 5'h1a;
                rows[38] = 5'h10;
                rows[39] = 5'h16;
                rows[40] = 5'h19;
                rows[41] = 5'h1e;
                rows[42] = 5'h18;
                rows[43] = 5'h0a;
                rows[44] = 5'h1c;
                rows[45] = 5'h10;
                rows[46] = 5'h11;
                rows[47] = 5'h12;
                rows[48] = 5'h1f;
                rows[49] = 5'h18;
                rows[50] = 5'h01;
                rows[51] = 5'h1f;
                rows[52] = 5'h17;
                rows[53] = 5'h0c;
                rows[54] = 5'h09;
                rows[55] = 5'h12;
                rows[56] = 5'h14;
                rows[57] = 5'h14;
                rows[58] = 5'h02;
                rows[59] = 5'h0f;
                rows[60] = 5'h14;
                rows[61] = 5'h06;
                rows[62] = 5'h1e;
                rows[63] = 5'h1d;
            end
        end else begin : from_file
            initial $readmemh(WEIGHTS, rows);
        end
    endgenerate
    (* ram_style = "block", no_rw_check = 1 *)
    reg [8:0] states [0:3];
    integer states_word;
    initial begin
        for (states_word = 0; states_word < 4; states_word = states_word + 1) states[states_word] = 9'd0;
    end

    // Spikes leave, lowest neuron first; the tick follows the last of them.
    assign out_valid = pending;
    assign out_address = pending_group;
    assign out_start = start_done;
    assign out_tick = tick_done & (~out_valid);
    wire advance = ~(ticking & out_valid);
    wire fired;
    wire signed [8:0] next_0_v;
    lif_step_0 #(.THRESHOLD(THRESHOLD)) step_0 (
        .tick(ticking),
        .weight(weights),
        .v(state),
        .fired(fired),
        .next_v(next_0_v)
    );
    wire [8:0] next_state = {next_0_v};
    always @(posedge clk) begin
        if (advance & issue) begin
            state <= $signed(states[group]);
        end
        if (advance & execute) begin
            states[execute_group] <= next_state & {9{~clearing}};
        end
    end
    always @(posedge clk) begin
        if ((advance & issue) & integrating) begin
            weights <= $signed(rows[weight_address]);
        end
    end
    wire idle = ~((((clearing | integrating) | ticking) | start_done) | tick_done);

    // Of several offers a start is taken before a tick, a tick before an event.
    assign in_start_ready = idle;
    assign in_tick_ready = idle & (~in_start);
    assign in_ready = idle & (~(in_start | in_tick));
    wire take_start = in_start & in_start_ready;
    wire take_tick = in_tick & in_tick_ready;
    wire take_event = in_valid & in_ready;
    wire known = take_event;

    // A reset sweeps like a start of image, but silently.
    always @(posedge clk) begin
        if (rst) begin
            clearing <= 1'd1;
            issue <= 1'd1;
            announce <= 1'd0;
            integrating <= 1'd0;
            ticking <= 1'd0;
            group <= 2'd0;
            execute <= 1'd0;
            pending <= 1'd0;
            start_done <= 1'd0;
            tick_done <= 1'd0;
        end else begin
            if (out_start & out_start_ready) begin
                start_done <= 1'd0;
            end
            if (out_tick & out_tick_ready) begin
                tick_done <= 1'd0;
            end
            if (out_valid & out_ready) begin
                pending <= 1'd0;
            end
            if (advance) begin
                execute <= issue;
                if (issue) begin
                    group <= (group == 2'd3) ? 2'd0 : (group + 2'd1);
                    issue <= ~(group == 2'd3);
                end
                if (execute & ticking) begin
                    pending <= fired;
                end
                if (execute & (execute_group == 2'd3)) begin
                    clearing <= 1'd0;
                    integrating <= 1'd0;
                    ticking <= 1'd0;
                    if (clearing & announce) begin
                        start_done <= 1'd1;
                    end
                    if (ticking) begin
                        tick_done <= 1'd1;
                    end
                end
            end
            if (take_start) begin
                clearing <= 1'd1;
                announce <= 1'd1;
                issue <= 1'd1;
            end
            if (take_tick) begin
                ticking <= 1'd1;
                issue <= 1'd1;
            end
            if (known) begin
                integrating <= 1'd1;
                issue <= 1'd1;
            end
        end
    end
    wire [6:0] first_word = {3'd0, in_address} * 7'd4;
    wire first_word_unused = first_word[6];
    always @(posedge clk) begin
        if ((advance & execute) & ticking) begin
            pending_group <= execute_group;
        end
    end
    always @(posedge clk) begin
        if (advance) begin
            execute_group <= group;
        end
        if (known) begin
            weight_address <= first_word[5:0];
        end else begin
            if ((advance & issue) & integrating) begin
                weight_address <= weight_address + 6'd1;
            end
        end
    end
endmodule

// One neuron of a layer: its state after a tick, or after an event of this weight.
module lif_step_0 #(
    parameter signed [8:0] THRESHOLD = 9'sd25
) (
    input  wire tick,
    input  wire signed [4:0] weight,
    input  wire signed [8:0] v,
    output wire fired,
    output wire signed [8:0] next_v
);
    wire signed [9:0] limit = $signed({THRESHOLD[8], THRESHOLD});
    wire signed [9:0] beyond = $signed({v[8], v}) - limit;
    wire reached = ~beyond[9];
    assign fired = tick & reached;
    wire signed [8:0] leak = v >>> 3;
    wire signed [8:0] operand = tick ? (~leak) : $signed({{4{weight[4]}}, weight});
    wire signed [10:0] sum = $signed({v[8], v, 1'd1}) + $signed({operand[8], operand, tick});
    wire carry_unused = sum[0];
    wire signed [8:0] stopped = (sum[10] & (~sum[9])) ? 9'sh100 : (((~sum[10]) & sum[9]) ? 9'sd255 : $signed(sum[9:1]));
    assign next_v = fired ? $signed(beyond[8:0]) : stopped;
endmodule

`default_nettype wire
