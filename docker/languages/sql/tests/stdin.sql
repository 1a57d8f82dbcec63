-- The input as a table: one row a line.
CREATE TABLE input (line TEXT);
.mode ascii
.separator "\t" "\n"
.import "|cat" input
.mode list
.separator " "
WITH RECURSIVE numbers (number, rest) AS (
    SELECT NULL, line || ' ' FROM input WHERE rowid = 2
    UNION ALL
    SELECT CAST(substr(rest, 1, instr(rest, ' ')) AS INTEGER), substr(rest, instr(rest, ' ') + 1) FROM numbers WHERE rest <> ''
)
SELECT 'sum', sum(number) FROM numbers;
SELECT 'last', line FROM input WHERE rowid > 2;
