gets stdin count
set numbers [split [gets stdin]]
if {[llength $numbers] != $count} {error "wrong count"}
puts "sum [expr [join $numbers +]]"
while {[gets stdin line] >= 0} {
    puts "last $line"
}
