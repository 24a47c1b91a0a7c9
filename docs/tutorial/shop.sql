-- The sample shop: customers, products, orders and their lines. Made of arithmetic, so that every machine builds the same rows.
PRAGMA foreign_keys = ON;

BEGIN;

CREATE TABLE customers (
    id          INTEGER PRIMARY KEY,
    email       TEXT NOT NULL UNIQUE,
    name        TEXT NOT NULL,
    created_at  TEXT NOT NULL
);

CREATE TABLE products (
    id     INTEGER PRIMARY KEY,
    sku    TEXT NOT NULL UNIQUE,
    title  TEXT NOT NULL,
    cents  INTEGER NOT NULL CHECK (cents >= 0)
);

CREATE TABLE orders (
    id           INTEGER PRIMARY KEY,
    customer_id  INTEGER NOT NULL REFERENCES customers (id) ON DELETE CASCADE,
    placed_at    TEXT NOT NULL,
    state        TEXT NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'paid', 'shipped'))
);

CREATE TABLE order_lines (
    order_id    INTEGER NOT NULL REFERENCES orders (id) ON DELETE CASCADE,
    product_id  INTEGER NOT NULL REFERENCES products (id),
    quantity    INTEGER NOT NULL CHECK (quantity > 0),
    PRIMARY KEY (order_id, product_id)
) WITHOUT ROWID;

CREATE INDEX orders_customer ON orders (customer_id);

CREATE VIEW order_totals AS
    SELECT l.order_id, sum(l.quantity * p.cents) AS cents
    FROM order_lines AS l
    JOIN products AS p ON p.id = l.product_id
    GROUP BY l.order_id;

CREATE TABLE order_log (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    order_id  INTEGER NOT NULL,
    state     TEXT NOT NULL
);

CREATE TRIGGER orders_state AFTER UPDATE OF state ON orders
BEGIN
    INSERT INTO order_log (order_id, state) VALUES (new.id, new.state);
END;

WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500)
INSERT INTO customers (id, email, name, created_at)
SELECT i, 'customer' || i || '@example.com', 'Customer ' || i, datetime('2025-01-01', '+' || i || ' hours') FROM n;

WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 120)
INSERT INTO products (id, sku, title, cents)
SELECT i, printf('SKU-%04d', i), 'Product ' || i, 100 + (i * 7919) % 9900 FROM n;

WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 4000)
INSERT INTO orders (id, customer_id, placed_at, state)
SELECT i, 1 + (i * 31) % 500, datetime('2025-02-01', '+' || (i * 7) || ' minutes'),
       CASE i % 3 WHEN 0 THEN 'open' WHEN 1 THEN 'paid' ELSE 'shipped' END
FROM n;

INSERT INTO order_lines (order_id, product_id, quantity)
SELECT o.id, 1 + (o.id * 13 + k.column1 * 41) % 120, 1 + (o.id + k.column1) % 4
FROM orders AS o, (VALUES (0), (1), (2)) AS k;

COMMIT;
