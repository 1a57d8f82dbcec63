*> Tables with SEARCH and SORT, a recursive program, exact decimals,
*> strings and a report line, in free format.
identification division.
program-id. larger.
environment division.
input-output section.
file-control.
    select standard-input assign to keyboard organization is line sequential.
data division.
file section.
fd  standard-input.
01  input-line            pic x(80).
working-storage section.
01  finished              pic x value "n".
01  place                 binary-long.
01  one-word              pic x(20).
01  total                 binary-long value 0.
01  distinct              binary-long value 0.
01  words-table.
    05  entry-of-word     occurs 1 to 50 depending on distinct
                          ascending key is word-key indexed by i.
        10  word-count    binary-long.
        10  word-key      pic x(20).
01  fibonacci-numbers.
    05  older             pic 9(19) value 0.
    05  newer             pic 9(19) value 1.
    05  sum-of-both       pic 9(19).
01  found                 binary-long value 0.
01  row-start             binary-long value 0.
01  root                  pic 9v9(6).
01  line-out              pic x(100).
01  shown                 pic z(18)9.
01  shown-count           pic z(8)9.
procedure division.
main-part.
    open input standard-input
    perform until finished = "y"
        read standard-input
            at end move "y" to finished
            not at end perform take-words
        end-read
    end-perform
    close standard-input
    sort entry-of-word descending key word-count ascending key word-key
    perform varying i from 1 by 1 until i > distinct
        move word-count(i) to shown-count
        display function trim(word-key(i)) " " function trim(shown-count)
    end-perform
    perform 89 times
        add older newer giving sum-of-both
        move newer to older
        move sum-of-both to newer
    end-perform
    call "queens" using row-start found
    compute root rounded = function sqrt(2)
    move total to shown-count
    move newer to shown
    string function trim(shown-count) " words, fibonacci " function trim(shown)
        ", queens " delimited by size into line-out
    move found to shown-count
    display function trim(line-out) " " function trim(shown-count) ", root " root
    stop run.
take-words.
    move 1 to place
    perform until place > function length(function trim(input-line trailing))
        move spaces to one-word
        unstring input-line delimited by all space into one-word with pointer place
        if one-word not = spaces
            add 1 to total
            set i to 1
            perform varying i from 1 by 1 until i > distinct
                if word-key(i) = one-word exit perform end-if
            end-perform
            if i > distinct
                add 1 to distinct
                move one-word to word-key(distinct)
                move 0 to word-count(distinct)
                set i to distinct
            end-if
            add 1 to word-count(i)
        end-if
    end-perform.
end program larger.

identification division.
program-id. queens recursive.
data division.
working-storage section.
01  board.
    05  queen-at          binary-long occurs 8.
local-storage section.
01  column-tried          binary-long.
01  earlier               binary-long.
01  next-row              binary-long.
01  attacked              pic x.
linkage section.
01  row-given             binary-long.
01  found                 binary-long.
procedure division using row-given found.
    if row-given = 8
        add 1 to found
        goback
    end-if
    add 1 to row-given giving next-row
    perform varying column-tried from 1 by 1 until column-tried > 8
        move "n" to attacked
        perform varying earlier from 1 by 1 until earlier > row-given
            if queen-at(earlier) = column-tried
                or function abs(queen-at(earlier) - column-tried) = next-row - earlier
                move "y" to attacked
            end-if
        end-perform
        if attacked = "n"
            move column-tried to queen-at(next-row)
            call "queens" using next-row found
        end-if
    end-perform
    goback.
end program queens.
