# Radiant: @NAME@_spi on a CrossLink-NX Evaluation Board, from synthesis to a bitstream in build/radiant/impl.
#
#     radiantc radiant.tcl
#
# For another board: device and speed here, pins in radiant.pdc, the clock in radiant.sdc. Commands are those of the Lattice Radiant
# Software Help (Tcl commands).
set here [file dirname [file normalize [info script]]]
file delete -force $here/build/radiant
file mkdir $here/build/radiant
cd $here/build/radiant
prj_create -name @NAME@_spi -impl impl -dev LIFCL-40-9BG400C -performance 9_High-Performance_1.0V -synthesis synplify
prj_add_source $here/@NAME@.v
prj_add_source $here/@NAME@_spi.v
prj_add_source $here/radiant.sdc
prj_add_source $here/radiant.pdc
# Large layers read their weights where the tool runs.
foreach weights [glob -nocomplain $here/@NAME@_weights_*.hex] {
    file copy -force $weights .
    file mkdir impl
    file copy -force $weights impl
}
prj_set_impl_opt -impl impl top @NAME@_spi
prj_save
prj_run Synthesis -impl impl -forceOne
prj_run Map -impl impl
prj_run PAR -impl impl
prj_run Export -impl impl -task Bitgen
prj_close
