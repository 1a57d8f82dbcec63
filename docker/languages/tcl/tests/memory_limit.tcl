set blocks {}
while {1} {
    lappend blocks [string repeat x [expr {4 * 1024 * 1024 + [llength $blocks]}]]
}
