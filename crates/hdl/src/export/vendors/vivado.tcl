# Vivado: @NAME@_spi on an Arty A7-35T, from synthesis to a bitstream in build/vivado.
#
#     vivado -mode batch -source vivado.tcl
#
# For another board: the part here, pins and clock in vivado.xdc. Commands are those of UG835, for a design without a project.
set part xc7a35ticsg324-1L

cd [file dirname [file normalize [info script]]]
file mkdir build/vivado
read_verilog @NAME@.v
read_verilog @NAME@_spi.v
read_xdc vivado.xdc
synth_design -top @NAME@_spi -part $part
opt_design
place_design
route_design
report_utilization -file build/vivado/utilization.rpt
report_timing_summary -file build/vivado/timing.rpt
write_checkpoint -force build/vivado/@NAME@_spi.dcp
write_bitstream -force build/vivado/@NAME@_spi.bit
set slack [get_property SLACK [get_timing_paths]]
if {$slack < 0} { error "timing is not met: the slack is $slack ns" }
