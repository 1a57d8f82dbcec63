CREATE TABLE author (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE book (
    id INTEGER PRIMARY KEY,
    author INTEGER NOT NULL REFERENCES author (id),
    title TEXT NOT NULL,
    price INTEGER NOT NULL CHECK (price > 0)
);
CREATE INDEX book_by_author ON book (author);
INSERT INTO author (name) VALUES ('ann'), ('bob'), ('cy');
INSERT INTO book (author, title, price) VALUES (1, 'Roots', 12), (1, 'Leaves', 20), (2, 'Stones', 7), (3, 'Rivers', 30), (3, 'Lakes', 9);

CREATE TABLE history (title TEXT, old INTEGER, new INTEGER);
CREATE TRIGGER price_history AFTER UPDATE OF price ON book BEGIN
    INSERT INTO history VALUES (new.title, old.price, new.price);
END;
BEGIN;
UPDATE book SET price = price + 1 WHERE author = (SELECT id FROM author WHERE name = 'ann');
ROLLBACK;
UPDATE book SET price = price * 2 WHERE title = 'Stones';

.mode list
.separator " "
SELECT name, count(*), sum(price) FROM author JOIN book ON book.author = author.id GROUP BY name ORDER BY sum(price) DESC;
SELECT title, old, new FROM history;
CREATE VIEW ranked AS SELECT title, price, rank() OVER (ORDER BY price DESC) AS place FROM book;
SELECT place, title FROM ranked WHERE place <= 2;
WITH RECURSIVE
    positions (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM positions WHERE n < 5),
    boards (row, columns) AS (
        SELECT 0, '[]'
        UNION ALL
        SELECT row + 1, json_insert(columns, '$[#]', n) FROM boards JOIN positions
        WHERE row < 6 AND NOT EXISTS (
            SELECT 1 FROM json_each(columns) WHERE value = n OR abs(value - n) = row - key)
    )
SELECT 'queens', count(*) FROM boards WHERE row = 6;
WITH RECURSIVE fibonacci (i, a, b) AS (SELECT 0, 0, 1 UNION ALL SELECT i + 1, b, a + b FROM fibonacci WHERE i < 50)
SELECT 'fibonacci', a FROM fibonacci WHERE i = 50;
SELECT json_group_array(name) FROM (SELECT name FROM author ORDER BY name DESC);
