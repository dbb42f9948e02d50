// The rules of AXI that the top keeps, written by hand from the AMBA specifications and the head of its file: this module watches its
// ports and asserts them at every clock. Macros give the sizes: I bits of s_axis_tdata, O of m_axis_tdata, T of a number of ticks, L layers.
//
// Layers are cut out of the core: whatever they do, the rules stand, as long as they give no tick that they have not taken and hold
// no more than one each, which is proved of them by the other descriptions.
module reference_axi (
    input wire aclk,
    input wire aresetn,
    input wire [`I-1:0] s_axis_tdata,
    input wire s_axis_tuser,
    input wire s_axis_tlast,
    input wire s_axis_tvalid,
    input wire m_axis_tready,
    input wire [14:0] s_axil_awaddr,
    input wire [2:0] s_axil_awprot,
    input wire s_axil_awvalid,
    input wire [31:0] s_axil_wdata,
    input wire [3:0] s_axil_wstrb,
    input wire s_axil_wvalid,
    input wire s_axil_bready,
    input wire [14:0] s_axil_araddr,
    input wire [2:0] s_axil_arprot,
    input wire s_axil_arvalid,
    input wire s_axil_rready,
    // Of the top: its outputs, and the registers and wires without which induction knows too little.
    input wire s_axis_tready,
    input wire [`O-1:0] m_axis_tdata,
    input wire m_axis_tuser,
    input wire m_axis_tlast,
    input wire m_axis_tvalid,
    input wire s_axil_awready,
    input wire s_axil_wready,
    input wire [1:0] s_axil_bresp,
    input wire s_axil_bvalid,
    input wire s_axil_arready,
    input wire [31:0] s_axil_rdata,
    input wire [1:0] s_axil_rresp,
    input wire s_axil_rvalid,
    input wire [1:0] phase,
    input wire held,
    input wire held_tick,
    input wire tick_taken,
    input wire [`T-1:0] ticks,
    input wire in_tick_ready,
    input wire out_tick,
    // Of the last layer.
    input wire last_tick,
    input wire last_tick_ready
);
    // What was offered in the cycle before and not taken.
    reg was_reset = 1, beat_waits = 0, answer_waits = 0, data_waits = 0;
    reg [`O+1:0] beat;
    reg [1:0] answer;
    reg [33:0] data;
    // Writes and reads as their master sees them: addresses and data that are without an answer, an answer that is there, and for
    // how long everything has been there without one.
    reg [1:0] addresses = 0, datas = 0, reads = 0;
    reg [2:0] write_age = 0, read_age = 0;
    // The beats of an image: whether one is under way, and whether its last tick has come.
    reg image = 0, complete = 0;
    // Ticks in the layers.
    reg [5:0] ticks_inside = 0;

    wire beat_in = s_axis_tvalid && s_axis_tready;
    wire address_in = s_axil_awvalid && s_axil_awready;
    wire data_in = s_axil_wvalid && s_axil_wready;
    wire answer_out = s_axil_bvalid && s_axil_bready;
    wire read_in = s_axil_arvalid && s_axil_arready;
    wire read_out = s_axil_rvalid && s_axil_rready;

    always @(posedge aclk) begin
        was_reset <= !aresetn;
        beat_waits <= aresetn && m_axis_tvalid && !m_axis_tready;
        beat <= {m_axis_tdata, m_axis_tuser, m_axis_tlast};
        answer_waits <= aresetn && s_axil_bvalid && !s_axil_bready;
        answer <= s_axil_bresp;
        data_waits <= aresetn && s_axil_rvalid && !s_axil_rready;
        data <= {s_axil_rdata, s_axil_rresp};
        addresses <= addresses + address_in - answer_out;
        datas <= datas + data_in - answer_out;
        reads <= reads + read_in - read_out;
        write_age <= addresses != 0 && datas != 0 && !s_axil_bvalid ? write_age + 1 : 0;
        read_age <= reads != 0 && !s_axil_rvalid ? read_age + 1 : 0;
        ticks_inside <= ticks_inside + tick_taken - (last_tick && last_tick_ready);
        if (beat_in) image <= 1;
        if (beat_in && s_axis_tuser && s_axis_tlast) complete <= 1;
        if (m_axis_tvalid && m_axis_tready && m_axis_tlast) {image, complete} <= 0;
        if (!aresetn) begin
            {addresses, datas, reads, write_age, read_age, image, complete, ticks_inside} <= 0;
        end
    end

    always @* begin
        // Nothing is offered after a reset.
        if (was_reset) assert(!m_axis_tvalid && !s_axil_bvalid && !s_axil_rvalid);
        // What is offered stays, unchanged, until it is taken.
        if (beat_waits) assert(m_axis_tvalid && {m_axis_tdata, m_axis_tuser, m_axis_tlast} == beat);
        if (answer_waits) assert(s_axil_bvalid && s_axil_bresp == answer);
        if (data_waits) assert(s_axil_rvalid && {s_axil_rdata, s_axil_rresp} == data);
        // Answers are OKAY or SLVERR.
        assert(s_axil_bresp[0] == 0 && s_axil_rresp[0] == 0);
        // There is an answer for each address with its data, none without, and it comes within three cycles, as do data
        // that are read. So no master waits for ever, whatever the streams do.
        // Address and data are taken in any order: each waits for nothing but the answer to the one before.
        assert(addresses == !s_axil_awready + s_axil_bvalid);
        assert(datas == !s_axil_wready + s_axil_bvalid);
        assert(reads == !s_axil_arready);
        if (s_axil_rvalid) assert(reads == 1);
        assert(write_age < 3 && read_age < 3);
        // No beat comes between the last tick of an image and the last beat that leaves; the beat with tlast is that one.
        if (complete) assert(!s_axis_tready);
        if (m_axis_tvalid && m_axis_tlast) assert(complete && m_axis_tuser);
        assert(complete == (phase == 3) && (phase == 2 || phase == 3 || !image));
        assert(phase == 2 || phase == 3 || !held);
        if (complete && held) assert(held_tick);
        assume(!last_tick || ticks_inside != 0);
        assume(!in_tick_ready || ticks_inside < `L);
        assert(ticks_inside <= `L && ticks == ticks_inside + out_tick);
        if (ticks_inside != 0 || out_tick) assert(phase == 2 || phase == 3);
        // The last tick is somewhere.
        if (complete) assert(held || ticks_inside != 0 || out_tick);
    end
endmodule
