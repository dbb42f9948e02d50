// What the counter of spikes does, written by hand from the description of its ports: it watches the core's counter and asserts
// that both do the same at every clock. Macros give the sizes: A bits of an address, C bits of a count.
module reference_counter (
    input wire clk,
    input wire rst,
    input wire in_start,
    input wire in_tick,
    input wire in_valid,
    input wire [`A-1:0] in_address,
    input wire out_start_ready,
    input wire out_tick_ready,
    input wire out_ready,
    input wire [`A-1:0] count_address,
    // Of the core: its outputs, and the registers without which induction knows too little.
    input wire in_start_ready,
    input wire in_tick_ready,
    input wire in_ready,
    input wire out_start,
    input wire out_tick,
    input wire out_valid,
    input wire [`A-1:0] out_address,
    input wire [`C-1:0] count,
    input wire [`A-1:0] winner,
    input wire clearing,
    input wire announce,
    input wire update,
    input wire [`A-1:0] clear_address,
    input wire [`C-1:0] old,
    input wire [`C-1:0] best,
    input wire [(`C<<`A)-1:0] counts
);
    localparam WORDS = 1 << `A;

    // Counts as they are meant: zero from the start of an image on, one more after each spike.
    reg [(`C<<`A)-1:0] meant = 0;
    reg sweeping = 0, silent = 0, counting = 0, give_start = 0, give_tick = 0, give_spike = 0;
    reg [`A-1:0] swept = 0, spike = 0;
    // The most spikes of a neuron, and who had so many first.
    reg [`C-1:0] most = 0;
    reg [`A-1:0] first = 0;
    wire idle = !sweeping && !counting && !give_start && !give_tick && !give_spike;
    // What the read port has to show, unless it looked while counts were being cleared.
    reg [`C-1:0] shown = 0;
    reg sure = 0;

    always @(posedge clk) begin
        shown <= meant[count_address*`C +: `C];
        sure <= !sweeping;
        if (out_start_ready) give_start <= 0;
        if (out_tick_ready) give_tick <= 0;
        if (out_ready) give_spike <= 0;
        if (counting) begin
            counting <= 0;
            if (!(&meant[spike*`C +: `C])) begin
                meant[spike*`C +: `C] <= meant[spike*`C +: `C] + 1;
                if (meant[spike*`C +: `C] == most) begin
                    most <= most + 1;
                    first <= spike;
                end
            end
        end
        if (sweeping) begin
            swept <= swept + 1;
            if (swept == WORDS - 1) begin
                sweeping <= 0;
                give_start <= !silent;
            end
        end
        if (idle) begin
            if (in_start) begin
                sweeping <= 1;
                silent <= 0;
                meant <= 0;
                most <= 0;
                first <= 0;
            end else if (in_tick) give_tick <= 1;
            else if (in_valid) begin
                counting <= 1;
                give_spike <= 1;
                spike <= in_address;
            end
        end
        if (rst) begin
            {counting, give_start, give_tick, give_spike} <= 0;
            sweeping <= 1;
            silent <= 1;
            swept <= 0;
            meant <= 0;
            most <= 0;
            first <= 0;
        end
    end

    integer i;
    always @* begin
        assert(in_start_ready == idle);
        assert(in_tick_ready == (idle && !in_start));
        assert(in_ready == (idle && !in_start && !in_tick));
        assert(out_start == give_start);
        assert(out_tick == give_tick);
        assert(out_valid == give_spike);
        if (give_spike) assert(out_address == spike);
        if (sure) assert(count == shown);

        assert(clearing == sweeping && update == counting);
        // The winner has most spikes, and had them first.
        assert(winner == first && best == most);
        assert(meant[first*`C +: `C] == most);
        for (i = 0; i < WORDS; i = i + 1) assert(meant[i*`C +: `C] <= most);

        assert(clear_address == swept);
        assert(!(sweeping || counting) || !(give_start || give_tick));
        assert(!sweeping || !(counting || give_spike));
        if (sweeping) assert(announce == !silent && meant == 0);
        else assert(swept == 0);
        if (counting) assert(old == meant[spike*`C +: `C] && out_address == spike);
        for (i = 0; i < WORDS; i = i + 1)
            if (!sweeping || i < swept) assert(counts[i*`C +: `C] == meant[i*`C +: `C]);
    end
endmodule
