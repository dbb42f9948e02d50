`timescale 1ns/1fs
module slow (output reg q);
  initial begin
    q = 0;
    #20000 q = 1;
  end
endmodule
