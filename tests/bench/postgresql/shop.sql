-- The shop of the benchmarks. psql -v scale=100 gives about 1.2 GB: numeric, text, timestamps, uuid, jsonb with a GIN index, bytea, foreign keys.
\set ON_ERROR_STOP on
SET synchronous_commit = off;
SET client_min_messages = warning;
SELECT setseed(0.42);

CREATE TABLE customer (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, email text NOT NULL UNIQUE, name text NOT NULL, address text, registered timestamptz NOT NULL, token uuid NOT NULL, newsletter boolean NOT NULL);
CREATE TABLE product (
  id int PRIMARY KEY, sku text NOT NULL UNIQUE, title text NOT NULL, price numeric(10, 2) NOT NULL, attributes jsonb NOT NULL, thumbnail bytea);
CREATE TABLE orders (
  id bigint PRIMARY KEY, customer_id bigint NOT NULL, placed timestamptz NOT NULL, status text NOT NULL, total numeric(12, 2) NOT NULL, reference uuid NOT NULL, note text);
CREATE TABLE order_line (
  order_id bigint NOT NULL, line int NOT NULL, product_id int NOT NULL, quantity int NOT NULL, price numeric(10, 2) NOT NULL, PRIMARY KEY (order_id, line));
CREATE TABLE event (
  id bigint PRIMARY KEY, at timestamptz NOT NULL, session uuid NOT NULL, kind text NOT NULL, payload jsonb NOT NULL);

INSERT INTO customer (email, name, address, registered, token, newsletter)
SELECT 'user' || i || '@example' || (i % 17) || '.test', initcap(substr(md5(i::text), 1, 8)) || ' ' || initcap(substr(md5((i * 7)::text), 1, 10)),
       (i % 300) || ' ' || initcap(substr(md5((i % 5000)::text), 1, 12)) || ' Street', timestamptz '2015-01-01' + random() * interval '3000 days', gen_random_uuid(), i % 3 = 0
FROM generate_series(1, 3000 * :scale) i;
INSERT INTO product
SELECT i, 'SKU-' || lpad(i::text, 8, '0'), initcap(substr(md5(i::text), 1, 6)) || ' ' || substr(md5((i + 1)::text), 1, 20), (random() * 500)::numeric(10, 2),
       jsonb_build_object('color', (ARRAY['red', 'green', 'blue', 'black'])[1 + i % 4], 'weight', i % 977, 'tags', jsonb_build_array('t' || i % 50, 't' || i % 31), 'dim', jsonb_build_object('w', i % 90, 'h', i % 70)),
       decode(repeat(md5(i::text), 20), 'hex')
FROM generate_series(1, 200 * :scale) i;
INSERT INTO orders
SELECT i, 1 + (random() * (3000 * :scale - 1))::bigint, timestamptz '2020-01-01' + i * interval '3 seconds', (ARRAY['new', 'paid', 'shipped', 'returned'])[1 + i % 4],
       (random() * 900)::numeric(12, 2), gen_random_uuid(), CASE WHEN i % 5 = 0 THEN 'Please leave at door ' || i % 100 END
FROM generate_series(1, 15000 * :scale) i;
INSERT INTO order_line
SELECT o, l, 1 + ((o * 31 + l * 17) % (200 * :scale))::int, 1 + (o % 5)::int, ((o * l) % 40000 / 100.0)::numeric(10, 2)
FROM generate_series(1, 15000 * :scale) o, generate_series(1, 3) l;
INSERT INTO event
SELECT i, timestamptz '2023-01-01' + i * interval '1 second', gen_random_uuid(), (ARRAY['view', 'click', 'buy', 'search'])[1 + i % 4],
       jsonb_build_object('product', i % (200 * :scale), 'page', '/p/' || md5((i % 20000)::text), 'ms', (random() * 1000)::int, 'agent', 'Mozilla/5.0 (X11; Linux x86_64) Engine/' || i % 40)
FROM generate_series(1, 12000 * :scale) i;

CREATE INDEX ON orders (customer_id);
CREATE INDEX ON orders (placed);
CREATE INDEX ON order_line (product_id);
CREATE INDEX ON event (at);
CREATE INDEX ON event (session);
CREATE INDEX ON product USING gin (attributes);
ALTER TABLE orders ADD FOREIGN KEY (customer_id) REFERENCES customer;
ALTER TABLE order_line ADD FOREIGN KEY (order_id) REFERENCES orders, ADD FOREIGN KEY (product_id) REFERENCES product;
VACUUM ANALYZE;
