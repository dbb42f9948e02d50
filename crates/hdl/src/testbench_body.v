    localparam INPUT_BITS = 7 + ADDRESS_BITS + NEURON_BITS;
    localparam OUTPUT_BITS = 7 + 2 * NEURON_BITS + COUNT_BITS;

    reg [INPUT_BITS-1:0] stimulus [0:CYCLES-1];
    reg [OUTPUT_BITS-1:0] expected_outputs [0:CYCLES-1];
`ifndef OUTPUTS_ONLY
    reg [REGISTER_BITS-1:0] expected_registers [0:CYCLES-1];
    reg [REGISTER_BITS-1:0] line;
`endif

    integer cycle = 0;
    integer cycles = CYCLES;
    integer failures = 0;
    reg good;
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
        1'b0, in_start_ready, in_tick_ready, in_ready,
        out_start, out_tick, out_valid, out_address, count, winner
    };
    // What is compared: all outputs, but no count before the first was asked for.
    wire [OUTPUT_BITS-1:0] line_outputs = expected_outputs[cycle];
    wire [OUTPUT_BITS-1:0] known = {
        1'b0, {6 + NEURON_BITS{1'b1}}, {COUNT_BITS{line_outputs[OUTPUT_BITS-1]}}, {NEURON_BITS{1'b1}}
    };

    initial begin
`ifdef RETUNED
        $readmemh("retuned_stimulus.hex", stimulus);
        $readmemh("retuned_outputs.hex", expected_outputs);
`else
        $readmemh("stimulus.hex", stimulus);
        $readmemh("expected_outputs.hex", expected_outputs);
`endif
`ifndef OUTPUTS_ONLY
        $readmemh("expected_registers.hex", expected_registers);
`endif
        if ($test$plusargs("vcd")) begin
            $dumpfile("build/waves.vcd");
            $dumpvars(0, testbench);
        end
        // The first cycles alone, if a number is given.
        if ($value$plusargs("cycles=%d", cycles) && cycles > CYCLES) cycles = CYCLES;
        for (cycle = 0; cycle < cycles; cycle = cycle + 1) begin
            {
                rst, in_start, in_tick, in_valid, in_address,
                out_start_ready, out_tick_ready, out_ready, count_address
            } = stimulus[cycle];
            #5 check;
            clk = 1'b1;
            #5 clk = 1'b0;
        end
        if (failures == 0) $display("PASS: %0d cycles", cycles);
        else $display("FAIL: %0d of %0d cycles differ from the bit-exact model", failures, cycles);
        if (failures != 0) $stop;
        $finish;
    end

`ifndef OUTPUTS_ONLY
    task differ;
        input [64*8-1:0] path;
        input integer address;
        input [REGISTER_BITS-1:0] found;
        input [REGISTER_BITS-1:0] expected;
        begin
            good = 1'b0;
            if (failures < 5) begin
                $write("cycle %0d: %0s", cycle, path);
                if (address >= 0) $write("[%0d]", address);
                $display(" is %0h, expected %0h", found, expected);
            end
        end
    endtask
`endif

    // x and z equal nothing that is expected.
    task check;
        begin
            good = 1'b1;
`ifndef OUTPUTS_ONLY
            line = expected_registers[cycle];
            check_registers;
            check_memories;
`endif
            if ((outputs & known) !== (line_outputs & known)) begin
                good = 1'b0;
                if (failures < 5)
                    $display("cycle %0d: outputs are %h, expected %h", cycle, outputs & known, line_outputs & known);
            end
            if (!good) failures = failures + 1;
        end
    endtask
