# Quartus Prime: @NAME@_spi on a DE10-Nano (Cyclone V), from synthesis to a file for the programmer in build/quartus.
#
#     quartus_sh -t quartus.tcl
#
# For another board: device and pins here, the clock in quartus.sdc. Commands and assignments are those of the Quartus Prime Pro and
# Standard Edition User Guides: Scripting.
package require ::quartus::project
package require ::quartus::flow

cd [file dirname [file normalize [info script]]]
project_new @NAME@_spi -overwrite
set_global_assignment -name FAMILY "Cyclone V"
set_global_assignment -name DEVICE 5CSEBA6U23I7
set_global_assignment -name PROJECT_OUTPUT_DIRECTORY build/quartus
set_global_assignment -name VERILOG_INPUT_VERSION VERILOG_2001
set_global_assignment -name VERILOG_FILE @NAME@.v
set_global_assignment -name VERILOG_FILE @NAME@_spi.v
set_global_assignment -name SDC_FILE quartus.sdc
set_global_assignment -name TOP_LEVEL_ENTITY @NAME@_spi
# FPGA_CLK1_50, and the first pins of the header GPIO 0.
foreach {port pin} {clk V11 cs_n V12 mosi E8 miso W12 sck D11 waiting D8} {
    set_location_assignment PIN_$pin -to $port
    set_instance_assignment -name IO_STANDARD "3.3-V LVTTL" -to $port
}
execute_flow -compile
project_close
