-- One table that holds everything, where pg_dump has one worker. psql -v scale=100 gives about 1.1 GB.
\set ON_ERROR_STOP on
SET synchronous_commit = off;
SELECT setseed(0.42);
CREATE TABLE everything (
  id bigint PRIMARY KEY, at timestamptz NOT NULL, amount numeric(12, 2) NOT NULL, reference uuid NOT NULL, note text NOT NULL, payload jsonb NOT NULL, picture bytea NOT NULL);
INSERT INTO everything
SELECT i, timestamptz '2020-01-01' + i * interval '3 seconds', (random() * 900)::numeric(12, 2), gen_random_uuid(),
       initcap(substr(md5(i::text), 1, 8)) || ' ordered ' || i % 100 || ' of ' || substr(md5((i % 5000)::text), 1, 20),
       jsonb_build_object('product', i % 20000, 'page', '/p/' || md5((i % 20000)::text), 'ms', (random() * 1000)::int, 'agent', 'Mozilla/5.0 (X11; Linux x86_64) Engine/' || i % 40),
       decode(md5(i::text) || md5((i + 1)::text), 'hex')
FROM generate_series(1, 30000 * :scale) i;
VACUUM ANALYZE;
