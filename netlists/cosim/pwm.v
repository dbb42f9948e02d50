// A pulse-width modulator: the output is one for `level` of 256 cycles of the clock.
`timescale 1ns/1ps
module pwm (input wire clk, input wire [7:0] level, output reg out);
  reg [7:0] count = 0;
  initial out = 0;
  always @(posedge clk) begin
    count <= count + 1;
    out <= count < level;
  end
endmodule
