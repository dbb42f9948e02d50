# Arty A7: its clock of 100 MHz, and Pmod JA in the order of a Pmod with SPI.
set_property -dict {PACKAGE_PIN E3 IOSTANDARD LVCMOS33} [get_ports clk]
set_property -dict {PACKAGE_PIN G13 IOSTANDARD LVCMOS33} [get_ports cs_n]
set_property -dict {PACKAGE_PIN B11 IOSTANDARD LVCMOS33} [get_ports mosi]
set_property -dict {PACKAGE_PIN A11 IOSTANDARD LVCMOS33} [get_ports miso]
set_property -dict {PACKAGE_PIN D12 IOSTANDARD LVCMOS33} [get_ports sck]
set_property -dict {PACKAGE_PIN D13 IOSTANDARD LVCMOS33} [get_ports waiting]
set_property CFGBVS VCCO [current_design]
set_property CONFIG_VOLTAGE 3.3 [current_design]

# The core takes what comes from outside through two registers.
create_clock -name clk -period 10.000 [get_ports clk]
set_false_path -from [get_ports {sck cs_n mosi}]
set_false_path -to [get_ports {miso waiting}]
