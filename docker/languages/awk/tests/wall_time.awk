BEGIN {
    print "before"
    fflush()
    system("sleep 30")
}
