// SPDX-License-Identifier: MIT-0
// Made by memspike 0.2.0.
// lif behind six pins: an SPI slave in mode 0, most significant bit first, for a board. sck is at most an eighth of clk.
// While cs_n is low, words of 32 bits pass both ways:
//
//   to the core    [31:28] 1 event, 2 tick, 3 start of image, 4 show a count, 15 reset; nothing otherwise
//                  [15:0]  address of the event, or of the neuron whose count is shown
//   from the core  [31]    busy: an event, tick or start in the same word is not taken; send it again
//                  [29:28] what the core gives: 1 spike, 2 tick, 3 start of image, 0 nothing; each comes once
//                  [23:0]  address of the spike; with a tick the winner so far; with nothing the count that is shown
//
// `waiting` is 1 while the core has something to give.
`default_nettype none

module lif_spi #(
    parameter WEIGHTS_0 = ""
) (
    input  wire clk,
    input  wire sck,
    input  wire cs_n,
    input  wire mosi,
    output wire miso,
    output wire waiting
);
    localparam ADDRESS_BITS = 4;
    localparam NEURON_BITS = 2;
    localparam COUNT_BITS = 4;

    // Two registers against metastability; the third one of sck shows its edges.
    (* ASYNC_REG = "TRUE" *)
    reg [2:0] sck_q = 3'd0;
    (* ASYNC_REG = "TRUE" *)
    reg [1:0] selected_q = 2'd0;
    (* ASYNC_REG = "TRUE" *)
    reg [1:0] mosi_q = 2'd0;
    always @(posedge clk) begin
        sck_q <= {sck_q[1:0], sck};
        selected_q <= {selected_q[0], ~cs_n};
        mosi_q <= {mosi_q[0], mosi};
    end
    wire rises = sck_q[1] & ~sck_q[2];

    // What came in pushes the reply out. A word that is broken off does nothing.
    reg [31:0] word = 32'd0;
    reg [4:0] bits = 5'd0;
    reg [2:0] done = 3'd0;
    reg idle = 1'b1;
    reg [31:0] reply;
    wire execute = done[0];
    wire load = done[2] | (idle & selected_q[1]);
    wire [3:0] order = word[31:28];
    assign miso = word[31];
    always @(posedge clk) begin
        idle <= ~selected_q[1];
        done <= {done[1:0], selected_q[1] & rises & (bits == 5'd31)};
        if (!selected_q[1]) bits <= 5'd0;
        else if (rises) bits <= bits + 5'd1;
        if (load) word <= reply;
        else if (rises) word <= {word[30:0], mosi_q[1]};
    end

    // What waits to be taken by the core, and what the reply in hand carries out of it.
    reg [2:0] offer = 3'd0;
    reg [ADDRESS_BITS-1:0] address = {ADDRESS_BITS{1'b0}};
    reg [NEURON_BITS-1:0] count_address = {NEURON_BITS{1'b0}};
    reg [3:0] awake = 4'd0;
    reg busy = 1'b0;
    reg [1:0] carried = 2'd0;
    wire rst = ~awake[3];
    wire [2:0] ready;
    wire [2:0] given;
    wire [NEURON_BITS-1:0] spike;
    wire [COUNT_BITS-1:0] count;
    wire [NEURON_BITS-1:0] winner;
    wire taken = |(offer & ready);
    wire [1:0] kind = given[0] ? 2'd1 : given[1] ? 2'd2 : given[2] ? 2'd3 : 2'd0;
    assign waiting = |given;
    always @(posedge clk) begin
        if (rst) awake <= awake + 4'd1;
        else if (execute & (order == 4'd15)) awake <= 4'd0;
        if (load) begin
            busy <= |offer & ~taken;
            carried <= kind;
        end
        if (rst | taken) offer <= 3'd0;
        else if (execute & ~busy) begin
            offer <= {order == 4'd3, order == 4'd2, order == 4'd1};
            address <= word[ADDRESS_BITS-1:0];
        end
        if (execute & (order == 4'd4)) count_address <= word[NEURON_BITS-1:0];
    end

    always @* begin
        reply = 32'd0;
        reply[31] = |offer & ~taken;
        reply[29:28] = kind;
        case (kind)
            2'd0: reply[COUNT_BITS-1:0] = count;
            2'd1: reply[NEURON_BITS-1:0] = spike;
            default: reply[NEURON_BITS-1:0] = winner;
        endcase
    end

    lif #(
        .WEIGHTS_0(WEIGHTS_0)
    ) core (
        .clk(clk),
        .rst(rst),
        .in_start(offer[2]),
        .in_tick(offer[1]),
        .in_valid(offer[0]),
        .in_address(address),
        .in_start_ready(ready[2]),
        .in_tick_ready(ready[1]),
        .in_ready(ready[0]),
        .out_start(given[2]),
        .out_tick(given[1]),
        .out_valid(given[0]),
        .out_address(spike),
        .out_start_ready(execute & (carried == 2'd3)),
        .out_tick_ready(execute & (carried == 2'd2)),
        .out_ready(execute & (carried == 2'd1)),
        .count_address(count_address),
        .count(count),
        .winner(winner)
    );
endmodule

`default_nettype wire
