# What the log of a proof that fails says: the assertion that does not hold, or the description from which the core differs.
# awk -f prove.awk build/prove.log
/ frontend: / { file = $NF }
/model found/ { found = !/no model found/; split("", bits) }
/ERROR: / { error = $0 }
!/Import/ && match($0, /[A-Za-z0-9_]+\.v:[0-9]+\$[0-9]+_(CHECK|EN)/) { bits[substr($0, RSTART, RLENGTH)] = $NF }
END {
    for (name in bits) {
        enabled = name
        if (!sub(/_CHECK$/, "_EN", enabled) || bits[name] != 0) continue
        if ((enabled in bits) && bits[enabled] == 0) continue
        split(name, place, /[:$]/)
        text = ""
        for (line = 0; line < place[2] && (getline text < place[1]) > 0; line++) ;
        close(place[1])
        gsub(/^[ \t]+/, "", text)
        say(place[1] ":" place[2] " does not hold: " text)
        named = 1
    }
    if (!named) say(found ? "the core differs from " file : error)
}
function say(what) { print "FAIL: " what " (build/prove.log)" }
