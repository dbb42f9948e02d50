# The clock of a CrossLink-NX Evaluation Board, 12 MHz. The core takes what comes from outside through two registers.
create_clock -name clk -period 83.333 [get_ports clk]
set_false_path -from [get_ports {sck cs_n mosi}]
set_false_path -to [get_ports {miso waiting}]
