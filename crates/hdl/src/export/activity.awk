# Counts how often bits change in a VCD, without the first values and without the clock: a measure of dynamic power.
# awk -v cycles=N -f activity.awk FILE
/^\$var/ && $5 == "clk" { clock[$4] = 1 }
/^\$var/ && !($4 in width) { width[$4] = $3; bits += $3 }
/^#/ { started = substr($0, 2) + 0 > 0 }
/^[01xz]/ {
    id = substr($0, 2)
    change(id, substr($0, 1, 1))
}
/^b/ { change($2, substr($1, 2)) }

# VCD leaves out leading digits: x and z repeat themselves, others are zeros.
function whole(value, size,    lead) {
    lead = substr(value, 1, 1)
    if (lead == "1") lead = "0"
    while (length(value) < size) value = lead value
    return value
}

function change(id, value,    at, old) {
    value = whole(value, width[id])
    old = last[id]
    last[id] = value
    if (!started || old == "" || id in clock) return
    for (at = 1; at <= width[id]; at++)
        if (substr(old, at, 1) != substr(value, at, 1)) toggles++
}

END {
    printf "PASS: %d changes of %d bits in %d clock cycles: %.1f a cycle, %.2f %% of all bits\n", \
        toggles, bits, cycles, toggles / cycles, 100 * toggles / cycles / bits
}
