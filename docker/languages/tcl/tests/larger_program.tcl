oo::class create Account {
    variable name balance
    constructor {owner} {
        set name $owner
        set balance 0
    }
    method deposit {amount} {incr balance $amount}
    method withdraw {amount} {
        if {$amount > $balance} {error "$name has only $balance"}
        incr balance -$amount
    }
    method balance {} {return $balance}
}

set accounts [dict create]
proc account {name} {
    global accounts
    if {![dict exists $accounts $name]} {dict set accounts $name [Account new $name]}
    return [dict get $accounts $name]
}

proc run {command args} {
    switch -- $command {
        deposit - withdraw {
            lassign $args name amount
            [account $name] $command $amount
        }
        transfer {
            lassign $args from to amount
            [account $from] withdraw $amount
            [account $to] deposit $amount
        }
        default {error "no command $command"}
    }
}

while {[gets stdin line] >= 0} {
    if {[catch {run {*}$line} message]} {puts "refused: $message"}
}
puts [join [lmap name [lsort [dict keys $accounts]] {string cat $name = [[account $name] balance]}]]

proc queens {size columns} {
    set row [llength $columns]
    if {$row == $size} {return 1}
    set count 0
    for {set column 0} {$column < $size} {incr column} {
        set free 1
        for {set other 0} {$other < $row} {incr other} {
            set taken [lindex $columns $other]
            if {$taken == $column || abs($taken - $column) == $row - $other} {set free 0; break}
        }
        if {$free} {incr count [queens $size [list {*}$columns $column]]}
    }
    return $count
}
puts "queens [queens 6 {}]"

set first 0
set second 1
for {set i 0} {$i < 50} {incr i} {
    lassign [list $second [expr {$first + $second}]] first second
}
puts "fibonacci $first"

foreach word {the quick the lazy the dog quick} {dict incr counts $word}
set pairs [lmap {word count} $counts {list $word $count}]
set pairs [lsort -integer -decreasing -index 1 [lsort -index 0 $pairs]]
puts [join [lmap pair $pairs {join $pair =}]]
