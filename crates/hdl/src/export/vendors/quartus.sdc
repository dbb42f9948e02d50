# The clock of a DE10-Nano, 50 MHz. The core takes what comes from outside through two registers.
create_clock -name clk -period 20.000 [get_ports clk]
derive_clock_uncertainty
set_false_path -from [get_ports {sck cs_n mosi}]
set_false_path -to [get_ports {miso waiting}]
