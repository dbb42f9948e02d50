// A flip-flop and a gate: four levels show what no reset has set and what nobody drives.
`timescale 1ns/1ps
module unknown (input wire clk, input wire d, input wire drive, output reg q, output wire gated, output wire bus);
  always @(posedge clk) q <= d;
  assign gated = q & drive;
  assign bus = drive ? q : 1'bz;
endmodule
