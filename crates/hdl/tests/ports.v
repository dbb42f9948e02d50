// Two cores side by side under random traffic that keeps to the handshakes; do their outputs ever differ? Ports narrower than
// their wires take the lowest bits; what is left of an output is z on both sides.
`timescale 1ns/1ps
module ports;
    reg clk = 1'b0;
    reg rst = 1'b1;
    reg [2:0] asks = 3'd0;
    reg [2:0] takes = 3'd0;
    reg [7:0] address = 8'd0;
    reg [7:0] count_address = 8'd0;
    wire [2:0] gold_ready, gate_ready, gold_out, gate_out;
    wire [7:0] gold_address, gate_address, gold_winner, gate_winner;
    wire [31:0] gold_count, gate_count;
    integer seed = 1;
    integer cycles, eager, slow, differences = 0;

    gold one (
        .clk(clk), .rst(rst), .in_start(asks[0]), .in_tick(asks[1]), .in_valid(asks[2]), .in_address(address),
        .in_start_ready(gold_ready[0]), .in_tick_ready(gold_ready[1]), .in_ready(gold_ready[2]),
        .out_start(gold_out[0]), .out_tick(gold_out[1]), .out_valid(gold_out[2]), .out_address(gold_address),
        .out_start_ready(takes[0]), .out_tick_ready(takes[1]), .out_ready(takes[2]),
        .count_address(count_address), .count(gold_count), .winner(gold_winner)
    );
    lif other (
        .clk(clk), .rst(rst), .in_start(asks[0]), .in_tick(asks[1]), .in_valid(asks[2]), .in_address(address),
        .in_start_ready(gate_ready[0]), .in_tick_ready(gate_ready[1]), .in_ready(gate_ready[2]),
        .out_start(gate_out[0]), .out_tick(gate_out[1]), .out_valid(gate_out[2]), .out_address(gate_address),
        .out_start_ready(takes[0]), .out_tick_ready(takes[1]), .out_ready(takes[2]),
        .count_address(count_address), .count(gate_count), .winner(gate_winner)
    );

    always #5 clk = ~clk;

    wire same = gold_ready === gate_ready && gold_out === gate_out && gold_count === gate_count && gold_winner === gate_winner
        && (!gold_out[2] || gold_address === gate_address);
    // What is asked is asked until it is taken.
    wire taken = |(asks & gold_ready);
    always @(posedge clk) begin
        if (!same) differences = differences + 1;
        if (taken) asks <= #1 3'd0;
    end

    initial begin
        repeat (4) @(negedge clk);
        rst = 1'b0;
        eager = 0;
        slow = 1;
        for (cycles = 0; cycles < 60000; cycles = cycles + 1) begin
            @(negedge clk);
            // Now and then both sides change their pace.
            if (cycles % 200 == 0) begin
                eager = $unsigned($random(seed)) % 4;
                slow = 1 + $unsigned($random(seed)) % 4;
            end
            if (asks == 3'd0 && $unsigned($random(seed)) % (1 + eager) == 0) begin
                address = $random(seed);
                case ($unsigned($random(seed)) % 32)
                    0: asks = 3'd1;
                    1, 2, 3, 4, 5, 6: asks = 3'd2;
                    default: asks = 3'd4;
                endcase
            end
            takes[0] = $unsigned($random(seed)) % slow == 0;
            takes[1] = $unsigned($random(seed)) % slow == 0;
            takes[2] = $unsigned($random(seed)) % slow == 0;
            count_address = $random(seed);
        end
        if (differences == 0) $display("SAME");
        else $display("DIFFERENT: %0d", differences);
        $finish;
    end
endmodule
