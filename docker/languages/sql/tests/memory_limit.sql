CREATE TABLE blocks AS
    WITH RECURSIVE counter (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counter)
    SELECT randomblob(1000000) FROM counter;
