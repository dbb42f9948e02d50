// SPDX-License-Identifier: MIT-0
// Made by memspike 0.2.0.
// All modules are in this file on purpose.
/* verilator lint_off DECLFILENAME */
`default_nettype none

// lif: spiking neurons (LIF), 16-4.
// parallel: all neurons of a layer at once, an event a cycle
// Specification: spec.json, SHA-256 f645ef6029e7c721686afb70fbee3850c5bbda881360f5a3b67c70de754ad4d5.
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

// A layer with its handshakes. Spikes of a tick leave one a cycle, then the tick itself.
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
    output wire in_start_ready,
    output wire in_tick_ready,
    output wire in_ready,
    output wire out_valid,
    output wire [1:0] out_address,
    output wire out_start,
    output wire out_tick
);
    reg start_done = 1'd0;
    reg tick_done = 1'd0;
    reg [3:0] pending = 4'd0;
    wire started;
    wire ticked;
    wire [3:0] fired;
    wire idle = ~(((started | ticked) | start_done) | tick_done);

    // Of several offers a start is taken before a tick, a tick before an event.
    assign in_start_ready = idle;
    assign in_tick_ready = idle & (~in_start);
    assign in_ready = idle & (~(in_start | in_tick));
    wire take_start = in_start & in_start_ready;
    wire take_tick = in_tick & in_tick_ready;
    wire take_event = in_valid & in_ready;

    // Spikes leave, lowest neuron first; the tick follows the last of them.
    assign out_valid = |pending;
    assign out_address = pending[0] ? 2'd0 : (pending[1] ? 2'd1 : (pending[2] ? 2'd2 : 2'd3));
    assign out_start = start_done;
    assign out_tick = tick_done & (~out_valid);
    always @(posedge clk) begin
        if (rst) begin
            start_done <= 1'd0;
            tick_done <= 1'd0;
            pending <= 4'd0;
        end else begin
            if (out_start & out_start_ready) begin
                start_done <= 1'd0;
            end
            if (out_tick & out_tick_ready) begin
                tick_done <= 1'd0;
            end
            if (out_valid & out_ready) begin
                pending <= pending & (pending - 4'd1);
            end
            if (started) begin
                start_done <= 1'd1;
            end
            if (ticked) begin
                tick_done <= 1'd1;
                pending <= fired;
            end
        end
    end
    lif_bank_0 #(.THRESHOLD(THRESHOLD), .WEIGHTS(WEIGHTS)) bank (
        .clk(clk),
        .rst(rst),
        .start(take_start),
        .tick(take_tick),
        .event_valid(take_event),
        .address(in_address),
        .started(started),
        .ticked(ticked),
        .fired(fired)
    );
endmodule

// The bare layer: weights and neurons. At most one of start, tick and event is set; what it asks for
// is done in the next cycle, in which `started`, `ticked` and `fired` say so.
module lif_bank_0 #(
    parameter signed [8:0] THRESHOLD = 9'sd25,
    parameter WEIGHTS = ""
) (
    input  wire clk,
    input  wire rst,
    input  wire start,
    input  wire tick,
    input  wire event_valid,
    input  wire [3:0] address,
    output wire [3:0] fired,
    output wire started,
    output wire ticked
);
    reg clearing = 1'd0;
    reg ticking = 1'd0;
    reg integrating = 1'd0;
    reg [19:0] weights;
    (* ram_style = "block", no_rw_check = 1 *)
    reg [19:0] rows [0:15];
    generate
        if (WEIGHTS == "") begin : built_in
            initial begin
                rows[0] = 20'had6b4;
                rows[1] = 20'h3c4d8;
                rows[2] = 20'hda472;
                rows[3] = 20'h5e257;
                rows[4] = 20'h7ff7b;
                rows[5] = 20'he1ede;
                rows[6] = 20'hc3001;
                rows[7] = 20'h05fbc;
                rows[8] = 20'h93f2a;
                rows[9] = 20'hb4345;
                rows[10] = 20'h563d9;
                rows[11] = 20'h9461c;
                rows[12] = 20'hf871f;
                rows[13] = 20'h92597;
                rows[14] = 20'h78a94;
                rows[15] = 20'hef8d4;
            end
        end else begin : from_file
            initial $readmemh(WEIGHTS, rows);
        end
    endgenerate
    wire known = event_valid;
    always @(posedge clk) begin
        if (known) begin
            weights <= rows[address];
        end
    end
    always @(posedge clk) begin
        if (rst) begin
            clearing <= 1'd0;
            ticking <= 1'd0;
            integrating <= 1'd0;
        end else begin
            clearing <= start;
            ticking <= tick;
            integrating <= known;
        end
    end
    assign started = clearing;
    assign ticked = ticking;
    wire clear = rst | clearing;
    wire signed [4:0] weight_0 = $signed(weights[4:0]);
    lif_neuron_0 #(.THRESHOLD(THRESHOLD)) neuron_0 (
        .clk(clk),
        .clear(clear),
        .integrate(integrating),
        .tick(ticking),
        .weight(weight_0),
        .fired(fired[0])
    );
    wire signed [4:0] weight_1 = $signed(weights[9:5]);
    lif_neuron_0 #(.THRESHOLD(THRESHOLD)) neuron_1 (
        .clk(clk),
        .clear(clear),
        .integrate(integrating),
        .tick(ticking),
        .weight(weight_1),
        .fired(fired[1])
    );
    wire signed [4:0] weight_2 = $signed(weights[14:10]);
    lif_neuron_0 #(.THRESHOLD(THRESHOLD)) neuron_2 (
        .clk(clk),
        .clear(clear),
        .integrate(integrating),
        .tick(ticking),
        .weight(weight_2),
        .fired(fired[2])
    );
    wire signed [4:0] weight_3 = $signed(weights[19:15]);
    lif_neuron_0 #(.THRESHOLD(THRESHOLD)) neuron_3 (
        .clk(clk),
        .clear(clear),
        .integrate(integrating),
        .tick(ticking),
        .weight(weight_3),
        .fired(fired[3])
    );
endmodule

// One neuron of a layer with its registers.
module lif_neuron_0 #(
    parameter signed [8:0] THRESHOLD = 9'sd25
) (
    input  wire clk,
    input  wire clear,
    input  wire integrate,
    input  wire tick,
    input  wire signed [4:0] weight,
    output wire fired
);
    reg signed [8:0] v = 9'sd0;
    wire signed [8:0] next_v;
    lif_step_0 #(.THRESHOLD(THRESHOLD)) step (
        .tick(tick),
        .weight(weight),
        .v(v),
        .fired(fired),
        .next_v(next_v)
    );
    always @(posedge clk) begin
        if (clear) begin
            v <= 9'sd0;
        end else begin
            if (tick | integrate) begin
                v <= next_v;
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
