set total 0
while {1} {
    incr total
}
