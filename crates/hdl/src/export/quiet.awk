# From the list of all registers, the proof that a quiet core does not change: while no register says that there is work, and nothing
# is offered or loaded, the next value of every register is its present one, whatever all others hold. With busy=1 one register
# that says that there is work may do so, and the proof must fail: one that did not see a register change would be none.
# awk -v name=lif -f quiet.awk build/registers.txt
BEGIN {
    # Of a layer. Where a sweep stands is among them: it goes back to zero when it is over.
    n = split("clearing integrating ticking issue execute group execute_group pending start_done tick_done", words)
    for (i = 1; i <= n; i++) layer[words[i]] = 1
    # Of the counter, by the names that remain where several stand for a register.
    n = split("counter.clearing counter.update out_valid out_start out_tick", words)
    for (i = 1; i <= n; i++) counter[words[i]] = 1
    given = " -set rst 0 -set in_start 0 -set in_tick 0 -set in_valid 0"
}
sub("^" name "/", "") && sub(/[.]d$/, "") {
    last = $0
    sub(/.*[.]/, "", last)
    works = ($0 in counter) || (/^layer_/ && (last in layer))
    if (works && busy && !freed) {
        freed = 1
        works = 0
    }
    if (works) given = given " -set " $0 ".q 0"
    # A count is that of the address at which it is read, which a reader keeps as it is.
    if ($0 != "count") proved = proved " -prove " $0 ".d " $0 ".q"
}
END {
    print "read_ilang build/quiet.il"
    print "cd " name
    print "sat " (busy ? "-falsify" : "-verify") given proved
}
