// What a layer with its potentials in memory does, written by hand: it watches a layer of the core and asserts that both do the
// same at every clock. Macros give the sizes: I inputs, A bits of their addresses, K neurons a cycle, G groups of them in
// E bits, B bits of the address of a spike, S bits of a neuron's state, W of a weight, D of the address of a word of weights.
//
// Events, ticks and starts take a neuron group after the other, from the second cycle on, and one more a cycle; a tick
// stands still while spikes of the last group wait. What becomes of a neuron is the step module's business, which is proved
// to be reference.v: both sides use it here.
module reference_layer
`ifdef MEMORY
    #(parameter WEIGHTS = "")
`endif
(
    input wire clk,
    input wire rst,
    input wire in_start,
    input wire in_tick,
    input wire in_valid,
    input wire [`A-1:0] in_address,
    input wire out_start_ready,
    input wire out_tick_ready,
    input wire out_ready,
`ifdef LOADED
    input wire signed [`P-1:0] threshold,
`ifdef LEAK_SHIFT
    input wire [`L-1:0] leak_shift,
`endif
`ifdef LEAK_MULTIPLY
    input wire [`L-1:0] leak_factor,
`endif
`endif
    // Of the core: its outputs, and the registers without which induction knows too little.
    input wire in_start_ready,
    input wire in_tick_ready,
    input wire in_ready,
    input wire out_start,
    input wire out_tick,
    input wire out_valid,
    input wire [`B-1:0] out_address,
    input wire clearing,
    input wire integrating,
    input wire ticking,
    input wire announce,
    input wire tick_done,
    input wire issue,
    input wire [`E-1:0] group,
    input wire execute,
    input wire [`E-1:0] execute_group,
    input wire [`D-1:0] weight_address,
    input wire [`K-1:0] pending,
    input wire [`K*`W-1:0] weights,
    input wire [`K*`S-1:0] state,
    input wire [`G*`K*`S-1:0] states
);
    localparam [`K-1:0] ONE = 1;
    localparam NOTHING = 0, CLEAR = 1, EVENT = 2, TICK = 3;

    reg [1:0] work = NOTHING;
    reg silent = 0, begun = 0, give_start = 0, give_tick = 0;
    reg [`A-1:0] from = 0;
    reg [`E-1:0] group_done = 0, spike_group = 0;
    reg [`K*`S-1:0] cells [0:`G-1];
    integer i;
    initial for (i = 0; i < `G; i = i + 1) cells[i] = 0;
    reg [`K-1:0] spikes = 0;

    wire idle = work == NOTHING && !give_start && !give_tick;
    wire stands = work == TICK && spikes != 0;
    wire [`K*`S-1:0] next;
    wire [`K-1:0] fired;
    genvar lane;
    generate
        for (lane = 0; lane < `K; lane = lane + 1) begin : lanes
            ours_step step (
`ifdef LOADED
                .threshold(threshold),
`ifdef LEAK_SHIFT
                .leak_shift(leak_shift),
`endif
`ifdef LEAK_MULTIPLY
                .leak_factor(leak_factor),
`endif
`endif
                .tick(ticking),
                .weight(weights[lane*`W +: `W]),
                .v(state[lane*`S +: `P]),
`ifdef REFRACTORY
                .refractory(state[lane*`S+`P +: `R]),
                .next_refractory(next[lane*`S+`P +: `R]),
`endif
                .fired(fired[lane]),
                .next_v(next[lane*`S +: `P])
            );
        end
    endgenerate

`ifdef MEMORY
    // A small memory of weights is part of the proof; of a large one it is the address.
    reg [`K*`W-1:0] rows [0:`I*`G-1];
    initial $readmemh(WEIGHTS, rows);
`endif

    // The first spike that waits.
    reg [31:0] first;
    always @* begin
        first = 0;
        for (i = `K - 1; i >= 0; i = i - 1) if (spikes[i]) first = i;
    end
    wire [31:0] spike = spike_group * `K + first;

    always @(posedge clk) begin
        if (out_start_ready) give_start <= 0;
        if (out_tick_ready && spikes == 0) give_tick <= 0;
        if (out_ready) spikes <= spikes & ~(ONE << first);
        if (work != NOTHING && !stands) begin
            begun <= 1;
            if (begun) begin
                cells[group_done] <= work == CLEAR ? 0 : next;
                if (work == TICK) begin
                    spikes <= fired;
                    spike_group <= group_done;
                end
                group_done <= group_done + 1;
                if (group_done == `G - 1) begin
                    work <= NOTHING;
                    begun <= 0;
                    group_done <= 0;
                    give_start <= work == CLEAR && !silent;
                    give_tick <= work == TICK;
                end
            end
        end
        if (idle) begin
            if (in_start) begin
                work <= CLEAR;
                silent <= 0;
            end else if (in_tick) work <= TICK;
            else if (in_valid && in_address <= `I - 1) begin
                work <= EVENT;
                from <= in_address;
            end
        end
        if (rst) begin
            work <= CLEAR;
            silent <= 1;
            {begun, give_start, give_tick, spikes} <= 0;
            group_done <= 0;
        end
    end

    always @* begin
        assert(in_start_ready == idle);
        assert(in_tick_ready == (idle && !in_start));
        assert(in_ready == (idle && !in_start && !in_tick));
        assert(out_start == give_start);
        assert(out_tick == (give_tick && spikes == 0));
        assert(out_valid == (spikes != 0));
        if (out_valid) assert(out_address == spike[`B-1:0]);

        for (i = 0; i < `G; i = i + 1) assert(states[i*`K*`S +: `K*`S] == cells[i]);
        assert(pending == spikes);
        assert(clearing == (work == CLEAR) && integrating == (work == EVENT) && ticking == (work == TICK));
        if (clearing) assert(announce == !silent);
        assert(tick_done == give_tick && (work == NOTHING || (!give_start && !give_tick)));
        assert(execute == begun && (work != NOTHING || !begun));
        assert(issue == (work != NOTHING && group_done + begun < `G));
        assert(group == (issue ? group_done + begun : 0));
        assert(group_done < `G && (work != NOTHING || group_done == 0) && (begun || group_done == 0));
        if (execute) assert(execute_group == group_done && state == cells[group_done]);
        assert(from < `I && spike_group < `G);
        if (issue && integrating) assert(weight_address == from * `G + group_done + begun);
`ifdef MEMORY
        if (execute && integrating) assert(weights == rows[from * `G + group_done]);
`endif
    end
endmodule
