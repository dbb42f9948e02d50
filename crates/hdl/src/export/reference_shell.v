// What the handshakes of a layer with all neurons at once do, written by hand: it watches a layer of the core and asserts that
// both do the same at every clock. Macros give the sizes: N neurons, B bits of the address of a spike.
//
// A cycle after an offer is taken the neurons have done it. Which of them fire is the bare layer's business, which is proved to
// be reference.v.
module reference_shell (
    input wire clk,
    input wire rst,
    input wire in_start,
    input wire in_tick,
    input wire in_valid,
    input wire [`A-1:0] in_address,
    input wire out_start_ready,
    input wire out_tick_ready,
    input wire out_ready,
    // Of the core: its outputs, what it asks of the neurons, and the registers without which induction knows too little.
    input wire in_start_ready,
    input wire in_tick_ready,
    input wire in_ready,
    input wire out_start,
    input wire out_tick,
    input wire out_valid,
    input wire [`B-1:0] out_address,
    input wire take_start,
    input wire take_tick,
    input wire take_event,
    input wire started,
    input wire ticked,
    input wire tick_done,
    input wire [`N-1:0] pending,
    input wire [`N-1:0] fired
);
    localparam [`N-1:0] ONE = 1;
    reg did_start = 0, did_tick = 0, give_start = 0, give_tick = 0;
    reg [`N-1:0] spikes = 0;
    wire idle = !did_start && !did_tick && !give_start && !give_tick;

    // The first spike that waits.
    integer i;
    reg [31:0] first;
    always @* begin
        first = 0;
        for (i = `N - 1; i >= 0; i = i - 1) if (spikes[i]) first = i;
    end

    always @(posedge clk) begin
        did_start <= idle && in_start;
        did_tick <= idle && !in_start && in_tick;
        if (out_start_ready) give_start <= 0;
        if (out_tick_ready && spikes == 0) give_tick <= 0;
        if (out_ready) spikes <= spikes & ~(ONE << first);
        if (did_start) give_start <= 1;
        if (did_tick) begin
            give_tick <= 1;
            spikes <= fired;
        end
        if (rst) {did_start, did_tick, give_start, give_tick, spikes} <= 0;
    end

    always @* begin
        assert(in_start_ready == idle);
        assert(in_tick_ready == (idle && !in_start));
        assert(in_ready == (idle && !in_start && !in_tick));
        assert(out_start == give_start);
        assert(out_tick == (give_tick && spikes == 0));
        assert(out_valid == (spikes != 0));
        if (out_valid) assert(out_address == first[`B-1:0]);
        assert(take_start == (idle && in_start));
        assert(take_tick == (idle && !in_start && in_tick));
        assert(take_event == (idle && !in_start && !in_tick && in_valid));

        assert(started == did_start && ticked == did_tick && tick_done == give_tick && pending == spikes);
        assert(did_start + did_tick + give_start + give_tick < 2);
        if (spikes != 0) assert(give_tick);
    end
endmodule
