NR == 1 { count = $1 }
NR == 2 {
    if (NF != count) exit 1
    for (i = 1; i <= NF; i++) sum += $i
    print "sum " sum
}
NR > 2 { print "last " $0 }
