// Drives @NAME@_axi: beats of images and accesses of registers, with pauses on every channel, and compares every beat that leaves and
// every answer with the event-level model.
`default_nettype none

module testbench_axi;
    localparam STEPS = @STEPS@;
    localparam BEATS = @BEATS@;
    localparam IN_BITS = @IN_BITS@;
    localparam OUT_BITS = @OUT_BITS@;
    // Cycles without progress after which the core stands still.
    localparam PATIENCE = @PATIENCE@;

    // What is done: [67:64] 1 a beat, [17] tlast, [16] tuser, [15:0] tdata; 2 a write of [31:0] to the address [46:32], [51:48]
    // the strobes, [57:56] the answer; 3 a read of it, which gives [31:0]; 4 so many beats ([31:0]) have left.
    reg [67:0] steps [0:STEPS-1];
    // What leaves: [17] tlast, [16] tuser, [15:0] tdata.
    reg [17:0] beats [0:BEATS-1];

    reg aclk = 1'b0;
    reg aresetn = 1'b0;
    reg [IN_BITS-1:0] s_axis_tdata = 0;
    reg s_axis_tuser = 1'b0;
    reg s_axis_tlast = 1'b0;
    reg s_axis_tvalid = 1'b0;
    wire s_axis_tready;
    wire [OUT_BITS-1:0] m_axis_tdata;
    wire m_axis_tuser;
    wire m_axis_tlast;
    wire m_axis_tvalid;
    reg m_axis_tready = 1'b0;
    reg [14:0] s_axil_awaddr = 15'd0;
    reg s_axil_awvalid = 1'b0;
    wire s_axil_awready;
    reg [31:0] s_axil_wdata = 32'd0;
    reg [3:0] s_axil_wstrb = 4'd0;
    reg s_axil_wvalid = 1'b0;
    wire s_axil_wready;
    wire [1:0] s_axil_bresp;
    wire s_axil_bvalid;
    reg s_axil_bready = 1'b0;
    reg [14:0] s_axil_araddr = 15'd0;
    reg s_axil_arvalid = 1'b0;
    wire s_axil_arready;
    wire [31:0] s_axil_rdata;
    wire [1:0] s_axil_rresp;
    wire s_axil_rvalid;
    reg s_axil_rready = 1'b0;

    @NAME@_axi dut (
@CONNECTIONS@
    );

    integer cycle = 0;
    integer progress = 0;
    integer at = 0;
    integer given = 0;
    integer failures = 0;
    reg [67:0] step;
    reg [31:0] random = 32'd1;
    reg address_waits;
    reg data_waits;

    always #5 aclk = ~aclk;

    // A random number of 32 bits (xorshift).
    always @(posedge aclk) begin
        random = random ^ (random << 13);
        random = random ^ (random >> 17);
        random = random ^ (random << 5);
        cycle = cycle + 1;
        if (cycle - progress > PATIENCE) begin
            $display("FAIL: nothing happens any more after step %0d and beat %0d", at, given);
            $stop;
            $finish;
        end
    end

    task fail;
        begin
            failures = failures + 1;
            if (failures == 20) begin
                $display("FAIL: 20 differences and perhaps more");
                $stop;
                $finish;
            end
        end
    endtask

    // What leaves, to a reader that pauses.
    wire [15:0] data = m_axis_tdata;
    wire [17:0] beat = {m_axis_tlast, m_axis_tuser, data};
    always @(negedge aclk) m_axis_tready <= random[1:0] != 2'd0;
    always @(posedge aclk) if (aresetn && m_axis_tvalid && m_axis_tready) begin
        if (given >= BEATS || beat !== beats[given]) begin
            $display("beat %0d that leaves is %h, expected %h", given, beat, beats[given]);
            fail;
        end
        given = given + 1;
        progress = cycle;
    end

    // A new cycle: signals change after the edge, so that what the core saw at the edge can be looked at.
    task pass;
        @(negedge aclk);
    endtask

    task send;
        begin
            s_axis_tdata = step[IN_BITS-1:0];
            {s_axis_tlast, s_axis_tuser} = step[17:16];
            s_axis_tvalid = 1'b1;
            #1 while (!s_axis_tready) pass;
            pass;
            s_axis_tvalid = 1'b0;
        end
    endtask

    // Address and data in any order.
    task write;
        begin
            s_axil_awaddr = step[46:32];
            s_axil_wdata = step[31:0];
            s_axil_wstrb = step[51:48];
            s_axil_awvalid = random[4];
            s_axil_wvalid = ~random[4] | random[5];
            address_waits = 1'b1;
            data_waits = 1'b1;
            while (address_waits || data_waits) begin
                #1;
                if (s_axil_awvalid && s_axil_awready) address_waits = 1'b0;
                if (s_axil_wvalid && s_axil_wready) data_waits = 1'b0;
                pass;
                s_axil_awvalid = address_waits & (s_axil_awvalid | random[6]);
                s_axil_wvalid = data_waits & (s_axil_wvalid | random[7]);
            end
            s_axil_bready = 1'b0;
            while (!(s_axil_bvalid && s_axil_bready)) begin
                pass;
                if (!s_axil_bready) s_axil_bready = random[8];
                #1;
            end
            if (s_axil_bresp !== step[57:56]) begin
                $display("step %0d: the write of %h to %h is answered %b", at, step[31:0], step[46:32], s_axil_bresp);
                fail;
            end
            pass;
            s_axil_bready = 1'b0;
        end
    endtask

    task read;
        begin
            s_axil_araddr = step[46:32];
            s_axil_arvalid = 1'b1;
            #1 while (!s_axil_arready) pass;
            pass;
            s_axil_arvalid = 1'b0;
            s_axil_rready = random[9];
            #1;
            while (!(s_axil_rvalid && s_axil_rready)) begin
                pass;
                if (!s_axil_rready) s_axil_rready = random[10];
                #1;
            end
            if (s_axil_rresp !== step[57:56] || s_axil_rdata !== step[31:0]) begin
                $display("step %0d: the read of %h gives %h (%b), expected %h", at, step[46:32], s_axil_rdata, s_axil_rresp, step[31:0]);
                fail;
            end
            pass;
            s_axil_rready = 1'b0;
        end
    endtask

    initial begin
        $readmemh("axi_steps.hex", steps);
        $readmemh("axi_beats.hex", beats);
        if ($test$plusargs("vcd")) begin
            $dumpfile("build/waves_axi.vcd");
            $dumpvars(0, testbench_axi);
        end
        repeat (4) pass;
        aresetn = 1'b1;
        for (at = 0; at < STEPS; at = at + 1) begin
            step = steps[at];
            while (random[3:2] == 2'd0) pass;
            case (step[67:64])
                4'd1: send;
                4'd2: write;
                4'd3: read;
                default: while (given < step[31:0]) pass;
            endcase
            progress = cycle;
        end
        repeat (16) pass;
        if (given != BEATS) begin
            $display("%0d beats have left, expected %0d", given, BEATS);
            fail;
        end
        if (failures == 0) $display("PASS: %0d steps, %0d beats, %0d cycles behind AXI", STEPS, BEATS, cycle);
        else $display("FAIL: %0d differences", failures);
        if (failures != 0) $stop;
        $finish;
    end
endmodule

`default_nettype wire
