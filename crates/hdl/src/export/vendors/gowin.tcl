# Gowin EDA: @NAME@_spi on a Tang Nano 9K, from synthesis to a bitstream, impl/pnr/@NAME@_spi.fs.
#
#     gw_sh gowin.tcl
#
# For another board: the device here, pins in gowin.cst, the clock in gowin.sdc. Commands are those of SUG100, Gowin Software User Guide.
cd [file dirname [file normalize [info script]]]
set_device -name GW1NR-9C GW1NR-LV9QN88PC6/I5
add_file -type verilog @NAME@.v
add_file -type verilog @NAME@_spi.v
add_file -type cst gowin.cst
add_file -type sdc gowin.sdc
set_option -top_module @NAME@_spi
set_option -output_base_name @NAME@_spi
set_option -verilog_std v2001
run all
