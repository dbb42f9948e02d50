// Drives the neuron and prints every spike: its number, and the femtosecond at which the device turned on.
`timescale 1fs / 1fs

module testbench;
  real drive = 0.0;
  wire spike;
  wire [31:0] spikes;
  wire real v, filament;
  @name@ dut (.@input@(drive), .spike(spike), .spikes(spikes), .v(v), .filament(filament));
  always @(posedge spike) $display("%0d %0d", spikes, $time);
  initial begin
    drive = @drive@;
    #(64'd@stop_fs@) $finish;
  end
endmodule
