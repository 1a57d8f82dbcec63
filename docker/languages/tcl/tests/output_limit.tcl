while {1} {
    puts [string repeat y 100]
}
