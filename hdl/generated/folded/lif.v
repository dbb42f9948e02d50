// SPDX-License-Identifier: MIT-0
// Made by memspike 0.2.0.
// All modules are in this file on purpose.
/* verilator lint_off DECLFILENAME */
`default_nettype none

// lif: spiking neurons (LIF), 16-4-4.
// folded: 2 neurons a cycle, weights and potentials in memory
// Specification: spec.json, SHA-256 f99ad3c48916ad8c644f49ed5fde2fb469b592ec600510c99856d4c1e33842a4.
// Check it: `make all` compares with the bit-exact model and proves the arithmetic.
module lif #(
    parameter signed [8:0] THRESHOLD_0 = 9'sd25,
    parameter WEIGHTS_0 = "",
    parameter signed [8:0] THRESHOLD_1 = 9'sd25,
    parameter WEIGHTS_1 = ""
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
    wire spikes_1_start;
    wire spikes_1_tick;
    wire spikes_1_valid;
    wire [1:0] spikes_1_address;
    wire spikes_1_start_ready;
    wire spikes_1_tick_ready;
    wire spikes_1_ready;
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
    lif_layer_1 #(.THRESHOLD(THRESHOLD_1), .WEIGHTS(WEIGHTS_1)) layer_1 (
        .clk(clk),
        .rst(rst),
        .in_start(spikes_0_start),
        .in_tick(spikes_0_tick),
        .in_valid(spikes_0_valid),
        .in_address(spikes_0_address),
        .in_start_ready(spikes_0_start_ready),
        .in_tick_ready(spikes_0_tick_ready),
        .in_ready(spikes_0_ready),
        .out_start(spikes_1_start),
        .out_tick(spikes_1_tick),
        .out_valid(spikes_1_valid),
        .out_address(spikes_1_address),
        .out_start_ready(spikes_1_start_ready),
        .out_tick_ready(spikes_1_tick_ready),
        .out_ready(spikes_1_ready)
    );
    lif_counter counter (
        .clk(clk),
        .rst(rst),
        .in_start(spikes_1_start),
        .in_tick(spikes_1_tick),
        .in_valid(spikes_1_valid),
        .in_address(spikes_1_address),
        .in_start_ready(spikes_1_start_ready),
        .in_tick_ready(spikes_1_tick_ready),
        .in_ready(spikes_1_ready),
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
module lif_layer_1 #(
    parameter signed [8:0] THRESHOLD = 9'sd25,
    parameter WEIGHTS = ""
) (
    input  wire clk,
    input  wire rst,
    input  wire in_start,
    input  wire in_tick,
    input  wire in_valid,
    input  wire [1:0] in_address,
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
    reg group = 1'd0;
    reg execute = 1'd0;
    reg execute_group = 1'd0;
    reg [2:0] weight_address = 3'd0;
    reg [1:0] pending = 2'd0;
    reg start_done = 1'd0;
    reg tick_done = 1'd0;
    reg pending_group = 1'd0;
    reg [9:0] weights;
    reg [21:0] state;
    (* ram_style = "block", no_rw_check = 1 *)
    reg [9:0] rows [0:7];
    generate
        if (WEIGHTS == "") begin : built_in
            initial begin
                rows[0] = 10'h04f;
                rows[1] = 10'h35c;
                rows[2] = 10'h3f5;
                rows[3] = 10'h01a;
                rows[4] = 10'h2e0;
                rows[5] = 10'h236;
                rows[6] = 10'h06b;
                rows[7] = 10'h3c3;
            end
        end else begin : from_file
            initial $readmemh(WEIGHTS, rows);
        end
    endgenerate
    (* ram_style = "block", no_rw_check = 1 *)
    reg [21:0] states [0:1];
    integer states_word;
    initial begin
        for (states_word = 0; states_word < 2; states_word = states_word + 1) states[states_word] = 22'd0;
    end

    // Spikes leave, lowest neuron first; the tick follows the last of them.
    assign out_valid = |pending;
    assign out_address = {pending_group, pending[0] ? 1'd0 : 1'd1};
    assign out_start = start_done;
    assign out_tick = tick_done & (~out_valid);
    wire advance = ~(ticking & out_valid);
    wire [1:0] fired;
    wire signed [8:0] v_0 = $signed(state[8:0]);
    wire signed [8:0] next_0_v;
    wire [1:0] next_0_refractory;
    wire signed [4:0] weight_0 = $signed(weights[4:0]);
    lif_step_1 #(.THRESHOLD(THRESHOLD)) step_0 (
        .tick(ticking),
        .weight(weight_0),
        .v(v_0),
        .refractory(state[10:9]),
        .fired(fired[0]),
        .next_v(next_0_v),
        .next_refractory(next_0_refractory)
    );
    wire signed [8:0] v_1 = $signed(state[19:11]);
    wire signed [8:0] next_1_v;
    wire [1:0] next_1_refractory;
    wire signed [4:0] weight_1 = $signed(weights[9:5]);
    lif_step_1 #(.THRESHOLD(THRESHOLD)) step_1 (
        .tick(ticking),
        .weight(weight_1),
        .v(v_1),
        .refractory(state[21:20]),
        .fired(fired[1]),
        .next_v(next_1_v),
        .next_refractory(next_1_refractory)
    );
    wire [21:0] next_state = {next_1_refractory, next_1_v, next_0_refractory, next_0_v};
    always @(posedge clk) begin
        if (advance & issue) begin
            state <= states[group];
        end
        if (advance & execute) begin
            states[execute_group] <= next_state & {22{~clearing}};
        end
    end
    always @(posedge clk) begin
        if ((advance & issue) & integrating) begin
            weights <= rows[weight_address];
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
            group <= 1'd0;
            execute <= 1'd0;
            pending <= 2'd0;
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
                pending <= pending & (pending - 2'd1);
            end
            if (advance) begin
                execute <= issue;
                if (issue) begin
                    group <= (group == 1'd1) ? 1'd0 : (group + 1'd1);
                    issue <= ~(group == 1'd1);
                end
                if (execute & ticking) begin
                    pending <= fired;
                end
                if (execute & (execute_group == 1'd1)) begin
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
    wire [3:0] first_word = {2'd0, in_address} * 4'd2;
    wire first_word_unused = first_word[3];
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
            weight_address <= first_word[2:0];
        end else begin
            if ((advance & issue) & integrating) begin
                weight_address <= weight_address + 3'd1;
            end
        end
    end
endmodule

// One neuron of a layer: its state after a tick, or after an event of this weight.
module lif_step_1 #(
    parameter signed [8:0] THRESHOLD = 9'sd25
) (
    input  wire tick,
    input  wire signed [4:0] weight,
    input  wire signed [8:0] v,
    input  wire [1:0] refractory,
    output wire fired,
    output wire signed [8:0] next_v,
    output wire [1:0] next_refractory
);
    wire signed [9:0] limit = $signed({THRESHOLD[8], THRESHOLD});
    wire signed [9:0] beyond = $signed({v[8], v}) - limit;
    wire reached = ~beyond[9];
    wire resting = |refractory;
    assign fired = (tick & reached) & (~resting);
    wire signed [12:0] product = $signed({{4{v[8]}}, v}) * 13'sd11;
    wire signed [5:0] taken = $signed(product[12:7]);
    wire signed [8:0] leak = $signed({{3{taken[5]}}, taken});
    wire signed [8:0] operand = tick ? (~leak) : $signed({{4{weight[4]}}, weight});
    wire signed [10:0] sum = $signed({v[8], v, 1'd1}) + $signed({operand[8], operand, tick & (~(|product[6:0]))});
    wire carry_unused = sum[0];
    wire signed [8:0] stopped = (sum[10] & (~sum[9])) ? 9'sh100 : (((~sum[10]) & sum[9]) ? 9'sd255 : $signed(sum[9:1]));
    wire [8:0] beyond_unused = beyond[8:0];
    assign next_v = resting ? v : (fired ? 9'sd4 : stopped);
    assign next_refractory = fired ? 2'd2 : ((tick & (|refractory)) ? (refractory - 2'd1) : refractory);
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
    reg group = 1'd0;
    reg execute = 1'd0;
    reg execute_group = 1'd0;
    reg [4:0] weight_address = 5'd0;
    reg [1:0] pending = 2'd0;
    reg start_done = 1'd0;
    reg tick_done = 1'd0;
    reg pending_group = 1'd0;
    reg [9:0] weights;
    reg [17:0] state;
    (* ram_style = "block", no_rw_check = 1 *)
    reg [9:0] rows [0:31];
    generate
        if (WEIGHTS == "") begin : built_in
            initial begin
                rows[0] = 10'h2b4;
                rows[1] = 10'h2b5;
                rows[2] = 10'h0d8;
                rows[3] = 10'h0f1;
                rows[4] = 10'h072;
                rows[5] = 10'h369;
                rows[6] = 10'h257;
                rows[7] = 10'h178;
                rows[8] = 10'h37b;
                rows[9] = 10'h1ff;
                rows[10] = 10'h2de;
                rows[11] = 10'h387;
                rows[12] = 10'h001;
                rows[13] = 10'h30c;
                rows[14] = 10'h3bc;
                rows[15] = 10'h017;
                rows[16] = 10'h32a;
                rows[17] = 10'h24f;
                rows[18] = 10'h345;
                rows[19] = 10'h2d0;
                rows[20] = 10'h3d9;
                rows[21] = 10'h158;
                rows[22] = 10'h21c;
                rows[23] = 10'h251;
                rows[24] = 10'h31f;
                rows[25] = 10'h3e1;
                rows[26] = 10'h197;
                rows[27] = 10'h249;
                rows[28] = 10'h294;
                rows[29] = 10'h1e2;
                rows[30] = 10'h0d4;
                rows[31] = 10'h3be;
            end
        end else begin : from_file
            initial $readmemh(WEIGHTS, rows);
        end
    endgenerate
    (* ram_style = "block", no_rw_check = 1 *)
    reg [17:0] states [0:1];
    integer states_word;
    initial begin
        for (states_word = 0; states_word < 2; states_word = states_word + 1) states[states_word] = 18'd0;
    end

    // Spikes leave, lowest neuron first; the tick follows the last of them.
    assign out_valid = |pending;
    assign out_address = {pending_group, pending[0] ? 1'd0 : 1'd1};
    assign out_start = start_done;
    assign out_tick = tick_done & (~out_valid);
    wire advance = ~(ticking & out_valid);
    wire [1:0] fired;
    wire signed [8:0] v_0 = $signed(state[8:0]);
    wire signed [8:0] next_0_v;
    wire signed [4:0] weight_0 = $signed(weights[4:0]);
    lif_step_0 #(.THRESHOLD(THRESHOLD)) step_0 (
        .tick(ticking),
        .weight(weight_0),
        .v(v_0),
        .fired(fired[0]),
        .next_v(next_0_v)
    );
    wire signed [8:0] v_1 = $signed(state[17:9]);
    wire signed [8:0] next_1_v;
    wire signed [4:0] weight_1 = $signed(weights[9:5]);
    lif_step_0 #(.THRESHOLD(THRESHOLD)) step_1 (
        .tick(ticking),
        .weight(weight_1),
        .v(v_1),
        .fired(fired[1]),
        .next_v(next_1_v)
    );
    wire [17:0] next_state = {next_1_v, next_0_v};
    always @(posedge clk) begin
        if (advance & issue) begin
            state <= states[group];
        end
        if (advance & execute) begin
            states[execute_group] <= next_state & {18{~clearing}};
        end
    end
    always @(posedge clk) begin
        if ((advance & issue) & integrating) begin
            weights <= rows[weight_address];
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
            group <= 1'd0;
            execute <= 1'd0;
            pending <= 2'd0;
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
                pending <= pending & (pending - 2'd1);
            end
            if (advance) begin
                execute <= issue;
                if (issue) begin
                    group <= (group == 1'd1) ? 1'd0 : (group + 1'd1);
                    issue <= ~(group == 1'd1);
                end
                if (execute & ticking) begin
                    pending <= fired;
                end
                if (execute & (execute_group == 1'd1)) begin
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
    wire [5:0] first_word = {2'd0, in_address} * 6'd2;
    wire first_word_unused = first_word[5];
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
            weight_address <= first_word[4:0];
        end else begin
            if ((advance & issue) & integrating) begin
                weight_address <= weight_address + 5'd1;
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
