// SPDX-License-Identifier: MIT-0
// Made by memspike 0.2.0.
// lif behind AXI: events come and spikes leave as AXI4-Stream, registers are AXI4-Lite. aresetn is active low and synchronous.
// Within a cycle no output depends on any input.
//
// Events, s_axis. A beat is an event of input tdata (tuser 0) or the end of a tick (tuser 1; tdata means nothing). tlast goes with
// the last tick of an image, and means nothing with an event. Images have no beat of their own for their start: the first beat
// after a reset, or after a last tick, starts one. Ticks without events are beats too. Events of inputs from 16 on are ignored.
//
// Spikes, m_axis. A beat is a spike of neuron tdata (tuser 0), or the end of a tick (tuser 1), after all its spikes; tdata is then
// the winner so far, the neuron with most spikes, of several the one that had them first. tlast goes with the last tick of an image. An image starts
// when the one before it has left.
//
// Registers, s_axil: 32 bits, at addresses of bytes, of which the lowest two are ignored. Address and data of a write may come in
// either order, strobes are honoured. What cannot be done is answered with SLVERR and changes nothing: a read where no register is
// (it gives 0) or of one that cannot be read, a write there or to one that cannot be written, a value that is not allowed.
//
//   0x0000 ID              4c494601: "LIF", then the version of these registers
//   0x0004 SIZES           [7:0] layers, [15:8] bits of a count, [16] weights, thresholds and leaks can be written
//   0x0008 CONTROL    rw   [0] RUN: an image may start; 1 after a reset. One that has started goes on to its end.
//                          [1] SINGLE: RUN becomes 0 when an image ends. The other bits must be 0
//   0x000c STATUS          [0] BUSY: an image is under way, from its first beat that waits until its last one has left;
//                          [1] DONE: one has ended and none has started since
//   0x0010 WINNER          the neuron with most spikes so far, of several the one that had them first
//   0x0014 WEIGHT_PLACE rw where the next weight goes: [31:28] layer, [27:12] input, [11:0] neuron; only one that exists
//   0x0018 WEIGHT     w    the weight that goes there, in two's complement and all four bytes at once; not while BUSY. WEIGHT_PLACE
//                          then goes on to the next neuron, after the last one to the next input, after the last one of these to
//                          the next layer, after the last one of these to the first
//   0x0100 + 0x20 n        of layer n:
//     + 0x00 INPUTS
//     + 0x04 NEURONS
//     + 0x08 WIDTHS        [7:0] bits of a weight, [15:8] of a potential; [17:16] kind of the leak: 0 none, 1 shift, 2 multiply;
//                          [31:24] the shift that follows a multiplication
//     + 0x0c THRESHOLD rw  at least 1 and above the value of a reset, and a potential
//     + 0x10 LEAK      rw  shift: its distance, from 1 to the bits of a potential less 1; multiply: the factor, at least 1 and below
//                          2 to the shift; none: 0, and cannot be written
//   0x4000 + 4 j  COUNT    spikes of neuron j since the start of the image. While an image starts, counts are being cleared.
//
// Here weights, thresholds and leaks are constants: WEIGHT_PLACE and WEIGHT are not there, THRESHOLD and LEAK cannot be written.
`default_nettype none

// All modules are in this file on purpose.
/* verilator lint_off DECLFILENAME */
module lif_axi #(
    parameter WEIGHTS_0 = "",
    parameter WEIGHTS_1 = ""
) (
    input  wire aclk,
    input  wire aresetn,

    input  wire [8-1:0] s_axis_tdata,
    input  wire s_axis_tuser,
    input  wire s_axis_tlast,
    input  wire s_axis_tvalid,
    output wire s_axis_tready,

    output wire [8-1:0] m_axis_tdata,
    output wire m_axis_tuser,
    output wire m_axis_tlast,
    output wire m_axis_tvalid,
    input  wire m_axis_tready,

    input  wire [14:0] s_axil_awaddr,
    input  wire [2:0] s_axil_awprot,
    input  wire s_axil_awvalid,
    output wire s_axil_awready,
    input  wire [31:0] s_axil_wdata,
    input  wire [3:0] s_axil_wstrb,
    input  wire s_axil_wvalid,
    output wire s_axil_wready,
    output wire [1:0] s_axil_bresp,
    output wire s_axil_bvalid,
    input  wire s_axil_bready,
    input  wire [14:0] s_axil_araddr,
    input  wire [2:0] s_axil_arprot,
    input  wire s_axil_arvalid,
    output wire s_axil_arready,
    output wire [31:0] s_axil_rdata,
    output wire [1:0] s_axil_rresp,
    output wire s_axil_rvalid,
    input  wire s_axil_rready
);
    localparam ADDRESS_BITS = 4;
    localparam NEURON_BITS = 2;
    localparam COUNT_BITS = 4;
    localparam TICK_BITS = 2;
    wire rst = ~aresetn;

    // An image: it waits for its first beat, the core takes its start, its beats come in, the last tick is on its way out.
    localparam [1:0] WAITING = 2'd0;
    localparam [1:0] STARTING = 2'd1;
    localparam [1:0] RUNNING = 2'd2;
    localparam [1:0] ENDING = 2'd3;
    reg [1:0] phase = WAITING;
    wire run;
    wire begins = (phase == WAITING) & s_axis_tvalid & run;
    wire ends = m_axis_tvalid & m_axis_tready & m_axis_tlast;

    // The beat that waits for the core.
    reg held = 1'b0;
    reg held_tick = 1'b0;
    reg [ADDRESS_BITS-1:0] held_address = {ADDRESS_BITS{1'b0}};
    wire in_start_ready;
    wire in_tick_ready;
    wire in_ready;
    wire in_tick = held & held_tick;
    wire in_valid = held & ~held_tick;
    wire tick_taken = in_tick & in_tick_ready;
    wire taken = tick_taken | (in_valid & in_ready);
    wire beat = s_axis_tvalid & s_axis_tready;
    assign s_axis_tready = (phase == RUNNING) & (~held | taken);

    // Ticks in the core: the last one of an image is alone.
    reg [TICK_BITS-1:0] ticks = {TICK_BITS{1'b0}};
    wire out_tick;
    wire out_valid;
    wire tick_left = out_tick & m_axis_tready;
    wire [NEURON_BITS-1:0] out_address;
    wire [NEURON_BITS-1:0] winner;
    assign m_axis_tvalid = out_valid | out_tick;
    assign m_axis_tuser = out_tick;
    assign m_axis_tlast = out_tick & (phase == ENDING) & ~held & (ticks == {{(TICK_BITS-1){1'b0}}, 1'b1});
    assign m_axis_tdata = {6'd0, out_tick ? winner : out_address};

    always @(posedge aclk) begin
        if (beat) begin
            held <= s_axis_tuser | ~|s_axis_tdata[7:4];
            held_tick <= s_axis_tuser;
            held_address <= s_axis_tdata[ADDRESS_BITS-1:0];
        end else if (taken) held <= 1'b0;
        if (tick_taken & ~tick_left) ticks <= ticks + 1'b1;
        if (tick_left & ~tick_taken) ticks <= ticks - 1'b1;
        case (phase)
            WAITING: if (begins) phase <= STARTING;
            STARTING: if (in_start_ready) phase <= RUNNING;
            RUNNING: if (beat & s_axis_tuser & s_axis_tlast) phase <= ENDING;
            default: if (ends) phase <= WAITING;
        endcase
        if (rst) begin
            phase <= WAITING;
            held <= 1'b0;
            ticks <= {TICK_BITS{1'b0}};
        end
    end

    wire write;
    wire [12:0] write_address;
    wire [31:0] old;
    wire [31:0] value;
    wire whole;
    wire write_refused;
    wire [12:0] read_address;
    wire [31:0] read_data;
    wire read_refused;
    wire start;
    wire [11:0] bits_unused = {s_axil_awprot, s_axil_arprot, s_axil_awaddr[1:0], s_axil_araddr[1:0], start, whole};
    lif_axi_bus bus (
        .clk(aclk),
        .rst(rst),
        .s_axil_awaddr(s_axil_awaddr[14:2]),
        .s_axil_awvalid(s_axil_awvalid),
        .s_axil_awready(s_axil_awready),
        .s_axil_wdata(s_axil_wdata),
        .s_axil_wstrb(s_axil_wstrb),
        .s_axil_wvalid(s_axil_wvalid),
        .s_axil_wready(s_axil_wready),
        .s_axil_bresp(s_axil_bresp),
        .s_axil_bvalid(s_axil_bvalid),
        .s_axil_bready(s_axil_bready),
        .s_axil_araddr(s_axil_araddr[14:2]),
        .s_axil_arvalid(s_axil_arvalid),
        .s_axil_arready(s_axil_arready),
        .s_axil_rdata(s_axil_rdata),
        .s_axil_rresp(s_axil_rresp),
        .s_axil_rvalid(s_axil_rvalid),
        .s_axil_rready(s_axil_rready),
        .write(write),
        .write_address(write_address),
        .old(old),
        .value(value),
        .whole(whole),
        .write_refused(write_refused),
        .read_address(read_address),
        .read_data(read_data),
        .read_refused(read_refused)
    );

    wire [COUNT_BITS-1:0] count;
    lif_axi_registers registers (
        .clk(aclk),
        .rst(rst),
        .begins(begins),
        .ends(ends),
        .busy(phase != WAITING),
        .run(run),
        .winner(winner),
        .count(count),
        .write(write),
        .write_address(write_address),
        .old(old),
        .value(value),
        .write_refused(write_refused),
        .read_address(read_address),
        .read_data(read_data),
        .read_refused(read_refused)
    );

    lif #(
        .WEIGHTS_0(WEIGHTS_0),
        .WEIGHTS_1(WEIGHTS_1)
    ) core (
        .clk(aclk),
        .rst(rst),
        .in_start(phase == STARTING),
        .in_tick(in_tick),
        .in_valid(in_valid),
        .in_address(held_address),
        .in_start_ready(in_start_ready),
        .in_tick_ready(in_tick_ready),
        .in_ready(in_ready),
        .out_start(start),
        .out_tick(out_tick),
        .out_valid(out_valid),
        .out_address(out_address),
        .out_start_ready(1'b1),
        .out_tick_ready(m_axis_tready),
        .out_ready(m_axis_tready),
        .count_address(read_address[NEURON_BITS-1:0]),
        .count(count),
        .winner(winner)
    );
endmodule

// The five channels of AXI4-Lite, one write and one read at a time.
module lif_axi_bus (
    input  wire clk,
    input  wire rst,
    input  wire [12:0] s_axil_awaddr,
    input  wire s_axil_awvalid,
    output wire s_axil_awready,
    input  wire [31:0] s_axil_wdata,
    input  wire [3:0] s_axil_wstrb,
    input  wire s_axil_wvalid,
    output wire s_axil_wready,
    output wire [1:0] s_axil_bresp,
    output wire s_axil_bvalid,
    input  wire s_axil_bready,
    input  wire [12:0] s_axil_araddr,
    input  wire s_axil_arvalid,
    output wire s_axil_arready,
    output wire [31:0] s_axil_rdata,
    output wire [1:0] s_axil_rresp,
    output wire s_axil_rvalid,
    input  wire s_axil_rready,
    // A write takes two cycles: first its bytes replace those of the old word, then `write` is 1, and the value is written if it
    // is not refused. `whole` says that all bytes are of the write.
    output wire write,
    output reg  [12:0] write_address,
    input  wire [31:0] old,
    output reg  [31:0] value,
    output wire whole,
    input  wire write_refused,
    // A read takes what is there one cycle after its address is, which is how long a memory takes.
    output reg  [12:0] read_address,
    input  wire [31:0] read_data,
    input  wire read_refused
);
    reg have_address = 1'b0;
    reg have_data = 1'b0;
    reg replaced = 1'b0;
    reg answered = 1'b0;
    reg refused = 1'b0;
    reg [3:0] strobes;
    wire [31:0] bytes = {{8{strobes[3]}}, {8{strobes[2]}}, {8{strobes[1]}}, {8{strobes[0]}}};
    wire replace = have_address & have_data & ~replaced & ~answered;
    assign write = replaced;
    assign whole = &strobes;
    assign s_axil_awready = ~have_address;
    assign s_axil_wready = ~have_data;
    assign s_axil_bvalid = answered;
    assign s_axil_bresp = {refused, 1'b0};
    always @(posedge clk) begin
        if (s_axil_awvalid & s_axil_awready) begin
            have_address <= 1'b1;
            write_address <= s_axil_awaddr;
        end
        if (s_axil_wvalid & s_axil_wready) begin
            have_data <= 1'b1;
            value <= s_axil_wdata;
            strobes <= s_axil_wstrb;
        end
        replaced <= replace;
        if (replace) value <= (value & bytes) | (old & ~bytes);
        if (s_axil_bvalid & s_axil_bready) answered <= 1'b0;
        if (write) begin
            have_address <= 1'b0;
            have_data <= 1'b0;
            answered <= 1'b1;
            refused <= write_refused;
        end
        if (rst) begin
            have_address <= 1'b0;
            have_data <= 1'b0;
            replaced <= 1'b0;
            answered <= 1'b0;
        end
    end

    localparam [1:0] IDLE = 2'd0;
    localparam [1:0] WAIT = 2'd1;
    localparam [1:0] READ = 2'd2;
    localparam [1:0] GIVE = 2'd3;
    reg [1:0] reading = IDLE;
    reg [31:0] data;
    reg missing = 1'b0;
    assign s_axil_arready = reading == IDLE;
    assign s_axil_rvalid = reading == GIVE;
    assign s_axil_rdata = data;
    assign s_axil_rresp = {missing, 1'b0};
    always @(posedge clk) begin
        case (reading)
            IDLE: if (s_axil_arvalid) reading <= WAIT;
            WAIT: reading <= READ;
            READ: reading <= GIVE;
            default: if (s_axil_rready) reading <= IDLE;
        endcase
        if (s_axil_arready) read_address <= s_axil_araddr;
        if (reading == READ) begin
            data <= read_data;
            missing <= read_refused;
        end
        if (rst) reading <= IDLE;
    end
endmodule

// What stands at each address, counted in words.
module lif_axi_registers (
    input  wire clk,
    input  wire rst,
    // The first beat of an image waits, the last one leaves, one is under way.
    input  wire begins,
    input  wire ends,
    input  wire busy,
    output reg  run,
    input  wire [2-1:0] winner,
    input  wire [4-1:0] count,
    input  wire write,
    input  wire [12:0] write_address,
    output reg  [31:0] old,
    input  wire [31:0] value,
    output reg  write_refused,
    input  wire [12:0] read_address,
    output reg  [31:0] read_data,
    output reg  read_refused
);
    localparam [12:0] ID = 13'h0000;
    localparam [12:0] SIZES = 13'h0001;
    localparam [12:0] CONTROL = 13'h0002;
    localparam [12:0] STATUS = 13'h0003;
    localparam [12:0] WINNER = 13'h0004;
    reg single = 1'b0;
    reg done = 1'b0;
    always @* begin
        old = 32'd0;
        case (write_address)
            CONTROL: old = {30'd0, single, run};
            default: ;
        endcase
    end

    always @* begin
        write_refused = 1'b1;
        case (write_address)
            CONTROL: write_refused = |value[31:2];
            default: ;
        endcase
    end
    wire taken = write & ~write_refused;
    always @(posedge clk) begin
        if (taken) begin
            case (write_address)
                CONTROL: {single, run} <= value[1:0];
                default: ;
            endcase
        end
        if (ends) begin
            done <= 1'b1;
            if (single) run <= 1'b0;
        end
        if (begins) begin
            done <= 1'b0;
        end
        if (rst) begin
            run <= 1'b1;
            single <= 1'b0;
            done <= 1'b0;
        end
    end

    always @* begin
        read_data = 32'd0;
        read_refused = 1'b0;
        case (read_address)
            ID: read_data = 32'h4c494601;
            SIZES: read_data = 32'h00000402;
            CONTROL: read_data = {30'd0, single, run};
            STATUS: read_data = {30'd0, done, busy};
            WINNER: read_data = {30'd0, winner};
            // Layer 0: inputs, neurons, widths, threshold, leak.
            13'h0040: read_data = 32'd16;
            13'h0041: read_data = 32'd4;
            13'h0042: read_data = 32'h00010905;
            13'h0043: read_data = 32'd25;
            13'h0044: read_data = 32'd3;
            // Layer 1: inputs, neurons, widths, threshold, leak.
            13'h0048: read_data = 32'd4;
            13'h0049: read_data = 32'd4;
            13'h004a: read_data = 32'h07020905;
            13'h004b: read_data = 32'd25;
            13'h004c: read_data = 32'd117;
            default: begin
                if (read_address[12] && read_address[11:0] < 12'd4) read_data = {28'd0, count};
                else read_refused = 1'b1;
            end
        endcase
    end
endmodule

`default_nettype wire
