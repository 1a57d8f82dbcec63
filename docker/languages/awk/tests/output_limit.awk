BEGIN {
    line = sprintf("%100s", "")
    gsub(/ /, "y", line)
    while (1) print line
}
