// Sends the number of every rising edge of its input as a byte: 8 bits, no parity, one stop bit, 16 cycles of the clock a bit.
// It is idle while it sends nothing and knows its input: then edges of the clock change nothing.
`timescale 1ns/1ps
module uart (input wire clk, input wire fire, output wire tx, output wire idle);
  reg [7:0] number = 0;
  reg [9:0] frame = 10'h3ff;
  reg [7:0] left = 0;
  reg seen = 0;
  assign tx = frame[0];
  assign idle = left == 0 && fire == seen;
  always @(posedge clk) begin
    seen <= fire;
    if (left != 0) begin
      left <= left - 1;
      if (left[3:0] == 1) frame <= {1'b1, frame[9:1]};
    end else if (fire && !seen) begin
      frame <= {1'b1, number, 1'b0};
      number <= number + 1;
      left <= 160;
    end
  end
endmodule
