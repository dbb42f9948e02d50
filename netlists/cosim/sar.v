// The control of a successive-approximation converter: one bit a cycle, the most significant first.
`timescale 1ns/1ps
module sar #(parameter BITS = 8) (
  input wire clk,
  input wire above,  // the input is above the trial
  output reg [BITS-1:0] trial,
  output reg [BITS-1:0] result,
  output reg done
);
  reg [BITS-1:0] mask;
  initial begin
    mask = 1 << (BITS - 1);
    trial = 1 << (BITS - 1);
    result = 0;
    done = 0;
  end
  wire [BITS-1:0] kept = above ? trial : trial & ~mask;
  always @(posedge clk) begin
    if (mask == 1) begin
      result <= kept;
      done <= 1;
      mask <= 1 << (BITS - 1);
      trial <= 1 << (BITS - 1);
    end else begin
      done <= 0;
      mask <= mask >> 1;
      trial <= kept | mask >> 1;
    end
  end
endmodule
