CREATE TABLE items (name TEXT PRIMARY KEY, price INTEGER CHECK (price > 0));
INSERT INTO items VALUES ('pen', 2);
SELECT 'before';
INSERT INTO items VALUES ('cup', 0);
SELECT 'never';
