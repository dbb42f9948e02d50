// Resets of relaxation oscillators.
`timescale 1ns/1fs

// Resets for 100 us from the instant at which the level is reached.
module hold (input wire above, output reg reset);
  initial reset = 0;
  always @(posedge above) begin
    reset = 1;
    // In parts, because Verilator 5.006 keeps 32 bits of a delay: 4.29 us in femtoseconds.
    repeat (100) #1000;
    reset = 0;
  end
endmodule

// Resets from one edge of a clock to the next, if the level is reached at the first.
module sampled (input wire clk, input wire above, output reg reset);
  initial reset = 0;
  always @(posedge clk) reset <= above;
endmodule
