// Two board-level tops side by side under random traffic, most of it words that mean something; do their pins ever differ?
`timescale 1ns/1ps
module pins;
    reg clk = 1'b0;
    reg sck = 1'b0;
    reg cs_n = 1'b1;
    reg mosi = 1'b0;
    wire gold_miso, gate_miso, gold_waiting, gate_waiting;
    integer seed = 1;
    integer words, bits, most, differences = 0;
    reg [3:0] order;
    reg [31:0] word;

    gold one (.clk(clk), .sck(sck), .cs_n(cs_n), .mosi(mosi), .miso(gold_miso), .waiting(gold_waiting));
    lif_spi other (.clk(clk), .sck(sck), .cs_n(cs_n), .mosi(mosi), .miso(gate_miso), .waiting(gate_waiting));

    always #5 clk = ~clk;
    always @(negedge clk) if (gold_waiting !== gate_waiting) differences = differences + 1;
    always @(posedge sck) if (gold_miso !== gate_miso) differences = differences + 1;

    initial begin
        repeat (32) @(negedge clk);
        for (words = 0; words < 1500; words = words + 1) begin
            if (cs_n) begin
                cs_n = 1'b0;
                repeat (8) @(negedge clk);
            end
            case ($unsigned($random(seed)) % 20)
                0: order = $random(seed);
                1, 2, 3: order = 4'd2;
                4: order = 4'd3;
                5, 6, 7: order = 4'd4;
                8, 9, 10: order = 4'd0;
                default: order = 4'd1;
            endcase
            word = {order, 12'd0, 16'd0} | ($unsigned($random(seed)) % 16);
            most = $unsigned($random(seed)) % 12 == 0 ? $unsigned($random(seed)) % 32 : 32;
            for (bits = 0; bits < most; bits = bits + 1) begin
                mosi = word[31 - bits];
                repeat (4) @(negedge clk);
                sck = 1'b1;
                repeat (4) @(negedge clk);
                sck = 1'b0;
            end
            if (most < 32 || $unsigned($random(seed)) % 16 == 0) begin
                cs_n = 1'b1;
                repeat (8) @(negedge clk);
            end
        end
        if (differences == 0) $display("SAME");
        else $display("DIFFERENT: %0d", differences);
        $finish;
    end
endmodule
