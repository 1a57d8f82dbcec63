function withdraw(name, amount) {
    if (amount > balance[name] + 0) {
        print "refused: " name " has only " balance[name] + 0
        return 0
    }
    balance[name] -= amount
    return 1
}

$1 == "deposit" { balance[$2] += $3 }
$1 == "withdraw" { withdraw($2, $3) }
$1 == "transfer" && withdraw($2, $4) { balance[$3] += $4 }

function queens(size, row,    column, other, free, count) {
    if (row > size) return 1
    count = 0
    for (column = 1; column <= size; column++) {
        free = 1
        for (other = 1; other < row; other++)
            if (taken[other] == column || (taken[other] - column) ^ 2 == (row - other) ^ 2) free = 0
        if (free) {
            taken[row] = column
            count += queens(size, row + 1)
        }
    }
    return count
}

function by_count(a, first, b, second) {
    if (first != second) return second - first
    return a < b ? -1 : a > b
}

function joined(map, order,    text, key) {
    PROCINFO["sorted_in"] = order
    for (key in map) text = text (text == "" ? "" : " ") key "=" map[key]
    return text
}

END {
    print joined(balance, "@ind_str_asc")
    print "queens " queens(6, 1)
    first = 0
    second = 1
    for (i = 0; i < 50; i++) {
        next_one = first + second
        first = second
        second = next_one
    }
    printf "fibonacci %d\n", first
    split("the quick the lazy the dog quick", words, " ")
    for (i in words) counts[words[i]]++
    print joined(counts, "by_count")
}
