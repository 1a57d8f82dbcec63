WITH RECURSIVE counter (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counter)
SELECT replace(hex(zeroblob(50)), '0', 'y') FROM counter;
