    localparam INPUT_BITS = 7 + ADDRESS_BITS + NEURON_BITS;
    localparam OUTPUT_BITS = 6 + 2 * NEURON_BITS + COUNT_BITS;

    reg [INPUT_BITS-1:0] stimulus [0:CYCLES-1];
    reg [OUTPUT_BITS-1:0] expected_outputs [0:CYCLES-1];
    reg [REGISTER_BITS-1:0] expected_registers [0:CYCLES-1];

    integer cycle = 0;
    integer failures = 0;
    reg clk = 1'b0;
    reg rst = 1'b0;
    reg in_start = 1'b0;
    reg in_tick = 1'b0;
    reg in_valid = 1'b0;
    reg [ADDRESS_BITS-1:0] in_address = 0;
    reg out_start_ready = 1'b0;
    reg out_tick_ready = 1'b0;
    reg out_ready = 1'b0;
    reg [NEURON_BITS-1:0] count_address = 0;

    wire in_start_ready;
    wire in_tick_ready;
    wire in_ready;
    wire out_start;
    wire out_tick;
    wire out_valid;
    wire [NEURON_BITS-1:0] out_address;
    wire [COUNT_BITS-1:0] count;
    wire [NEURON_BITS-1:0] winner;
    wire [OUTPUT_BITS-1:0] outputs = {
        in_start_ready, in_tick_ready, in_ready,
        out_start, out_tick, out_valid, out_address, count, winner
    };
`ifndef NETLIST
    wire [REGISTER_BITS-1:0] registers;
`endif

    initial begin
        $readmemh("stimulus.hex", stimulus);
        $readmemh("expected_outputs.hex", expected_outputs);
        $readmemh("expected_registers.hex", expected_registers);
        if ($test$plusargs("vcd")) begin
            $dumpfile("build/waves.vcd");
            $dumpvars(0, testbench);
        end
        for (cycle = 0; cycle < CYCLES; cycle = cycle + 1) begin
            {
                rst, in_start, in_tick, in_valid, in_address,
                out_start_ready, out_tick_ready, out_ready, count_address
            } = stimulus[cycle];
            #5 check;
            clk = 1'b1;
            #5 clk = 1'b0;
        end
        if (failures == 0) $display("PASS: %0d cycles", CYCLES);
        else $display("FAIL: %0d of %0d cycles differ from the bit-exact model", failures, CYCLES);
        $finish;
    end

    // In an expected word, z is a bit that means nothing.
    task check;
        reg good;
        begin
            good = 1'b1;
            casez (outputs)
                expected_outputs[cycle]: ;
                default: begin
                    good = 1'b0;
                    if (failures < 5)
                        $display("cycle %0d: outputs are %h, expected %h", cycle, outputs, expected_outputs[cycle]);
                end
            endcase
`ifndef NETLIST
            casez (registers)
                expected_registers[cycle]: ;
                default: begin
                    good = 1'b0;
                    if (failures < 5) begin
                        $display("cycle %0d: registers differ", cycle);
                        explain_registers;
                    end
                end
            endcase
`endif
            if (!good) failures = failures + 1;
        end
    endtask
