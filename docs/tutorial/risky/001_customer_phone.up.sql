-- How many tools change a column in SQLite: build the table anew. With foreign keys on, the DROP empties orders through ON DELETE CASCADE,
-- and the statement reports success.
CREATE TABLE customers_new (
    id          INTEGER PRIMARY KEY,
    email       TEXT NOT NULL UNIQUE,
    name        TEXT NOT NULL,
    phone       TEXT NOT NULL DEFAULT '',
    created_at  TEXT NOT NULL
);
INSERT INTO customers_new (id, email, name, created_at) SELECT id, email, name, created_at FROM customers;
DROP TABLE customers;
ALTER TABLE customers_new RENAME TO customers;
