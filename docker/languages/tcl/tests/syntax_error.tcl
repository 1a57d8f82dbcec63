puts before
puts [expr {1 +}]
