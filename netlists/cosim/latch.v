// The digital part of a 555 timer: a latch that its comparators set and reset.
`timescale 1ns/1ps
module latch (input wire above, input wire below, input wire enable, output reg discharge);
  initial discharge = 0;
  always @* begin
    if (!enable) discharge = 1;
    else if (below) discharge = 0;
    else if (above) discharge = 1;
  end
endmodule
