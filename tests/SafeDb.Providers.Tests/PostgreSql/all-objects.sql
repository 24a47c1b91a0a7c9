-- One of every kind of object that a user can create in a PostgreSQL 15 database. Needs a superuser. Roles are made when missing: they belong to the server.
DO $$
DECLARE r text;
BEGIN
  FOREACH r IN ARRAY ARRAY['safedb_alice', 'safedb_bob', 'Safedb "Weird" Role'] LOOP
    BEGIN
      EXECUTE format('CREATE ROLE %I', r);
    EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
    END;
  END LOOP;
END $$;

-- Schemas, extensions
CREATE SCHEMA app AUTHORIZATION safedb_alice;
CREATE SCHEMA "We""ird; schema";
CREATE SCHEMA ext;
COMMENT ON SCHEMA app IS E'Schema with a \\ backslash, a '' quote and\na line';
CREATE EXTENSION pgcrypto WITH SCHEMA ext;
CREATE EXTENSION hstore WITH SCHEMA ext;
CREATE EXTENSION citext WITH SCHEMA public;
CREATE EXTENSION postgres_fdw;
GRANT SELECT ON pg_catalog.pg_authid TO safedb_alice;
REVOKE EXECUTE ON FUNCTION pg_catalog.pg_sleep(double precision) FROM PUBLIC;
REVOKE EXECUTE ON FUNCTION ext.digest(text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ext.digest(text, text) TO safedb_bob;
COMMENT ON EXTENSION hstore IS 'another comment';

-- Collations
CREATE COLLATION app.german (provider = icu, locale = 'de-u-co-phonebk');
CREATE COLLATION app.ignore_case (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
CREATE COLLATION app.posix (locale = 'C');
CREATE COLLATION app.mixed (lc_collate = 'C', lc_ctype = 'C.UTF-8');
ALTER COLLATION app.german OWNER TO safedb_alice;
COMMENT ON COLLATION app.german IS 'phone book';

-- Types
CREATE TYPE app.mood AS ENUM ('sad', 'o''k', 'happy');
ALTER TYPE app.mood ADD VALUE 'meh' BEFORE 'happy';
CREATE TYPE app.empty_enum AS ENUM ();
CREATE TYPE app.address AS (street text COLLATE app.german, "House No" integer, zip varchar(10));
ALTER TYPE app.address DROP ATTRIBUTE zip;
COMMENT ON COLUMN app.address."House No" IS 'number';
CREATE TYPE app.empty_composite AS ();
CREATE DOMAIN app.positive AS integer DEFAULT 1 NOT NULL CONSTRAINT is_positive CHECK (VALUE > 0);
COMMENT ON CONSTRAINT is_positive ON DOMAIN app.positive IS 'domain check';
CREATE DOMAIN app.address_list AS app.address[] CHECK (cardinality(VALUE) < 10);
CREATE DOMAIN app.few_addresses AS app.address_list CHECK (cardinality(VALUE) < 5);
CREATE DOMAIN app.name AS text COLLATE app.german;
ALTER DOMAIN app.name ADD CONSTRAINT later CHECK (VALUE <> '') NOT VALID;
CREATE FUNCTION app.float_diff(double precision, double precision) RETURNS double precision LANGUAGE sql IMMUTABLE AS 'SELECT $1 - $2';
CREATE TYPE app.float_range AS RANGE (subtype = double precision, subtype_diff = app.float_diff, multirange_type_name = app.float_ranges);
CREATE TYPE app.text_range AS RANGE (subtype = text, collation = app.german);
CREATE TYPE app.int_like;
CREATE FUNCTION app.int_like_in(cstring) RETURNS app.int_like LANGUAGE internal IMMUTABLE STRICT AS 'int4in';
CREATE FUNCTION app.int_like_out(app.int_like) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'int4out';
CREATE FUNCTION app.int_like_recv(internal) RETURNS app.int_like LANGUAGE internal IMMUTABLE STRICT AS 'int4recv';
CREATE FUNCTION app.int_like_send(app.int_like) RETURNS bytea LANGUAGE internal IMMUTABLE STRICT AS 'int4send';
CREATE TYPE app.int_like (INPUT = app.int_like_in, OUTPUT = app.int_like_out, RECEIVE = app.int_like_recv, SEND = app.int_like_send, LIKE = integer, CATEGORY = 'N', PREFERRED = false, DEFAULT = '7');
CREATE TYPE app.only_shell;
ALTER TYPE app.mood OWNER TO safedb_alice;
COMMENT ON TYPE app.mood IS 'a mood';
GRANT USAGE ON TYPE app.mood TO safedb_bob;
REVOKE USAGE ON TYPE app.positive FROM PUBLIC;

-- Routines
CREATE FUNCTION app.add(a integer, b integer DEFAULT 1, VARIADIC rest integer[] DEFAULT '{}', OUT total integer, OUT note text) LANGUAGE plpgsql STABLE SECURITY DEFINER COST 5 SET search_path TO 'app', 'pg_temp' SET work_mem TO '8MB'
  AS $f$ BEGIN total := a + b; note := $x$it's$x$; END $f$;
CREATE FUNCTION app.standard_body(x integer) RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE LEAKPROOF RETURN x * 2;
CREATE FUNCTION app.rows_of(n integer) RETURNS TABLE (id integer, label text) LANGUAGE sql ROWS 7 AS 'SELECT n, n::text';
CREATE FUNCTION app.row_number_of() RETURNS bigint LANGUAGE internal WINDOW AS 'window_row_number';
CREATE PROCEDURE app.tidy(INOUT n integer DEFAULT 3) LANGUAGE plpgsql AS 'BEGIN n := n + 1; END';
CREATE PROCEDURE app.out_only(IN a integer, OUT b integer) LANGUAGE plpgsql AS 'BEGIN b := a; END';
CREATE FUNCTION app."quoted ""fn"""("a arg" text) RETURNS text LANGUAGE sql AS 'SELECT $1';
CREATE FUNCTION app.clean(text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT lower($1)';
CREATE FUNCTION app.valid(text) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT $1 <> ''''';
COMMENT ON FUNCTION app.clean(text) IS 'cleans';
ALTER FUNCTION app.clean(text) OWNER TO safedb_alice;
REVOKE EXECUTE ON FUNCTION app.clean(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app.clean(text) TO safedb_bob WITH GRANT OPTION;
GRANT EXECUTE ON PROCEDURE app.tidy(integer) TO safedb_bob;
CREATE AGGREGATE app.sum_of(integer) (SFUNC = int4pl, STYPE = integer, INITCOND = '0', MSFUNC = int4pl, MINVFUNC = int4mi, MSTYPE = integer, MINITCOND = '0', COMBINEFUNC = int4pl, PARALLEL = SAFE, SSPACE = 16);
CREATE AGGREGATE app.percentile(double precision ORDER BY anyelement) (SFUNC = ordered_set_transition, STYPE = internal, FINALFUNC = percentile_disc_final, FINALFUNC_EXTRA);
CREATE AGGREGATE app.place(VARIADIC "any" ORDER BY VARIADIC "any") (SFUNC = ordered_set_transition_multi, STYPE = internal, FINALFUNC = rank_final, FINALFUNC_EXTRA, HYPOTHETICAL);
CREATE AGGREGATE app.count_all(*) (SFUNC = int8inc, STYPE = bigint, INITCOND = '0');
CREATE AGGREGATE app.greatest_int(integer) (SFUNC = int4larger, STYPE = integer, SORTOP = >);
COMMENT ON AGGREGATE app.sum_of(integer) IS 'sum';
COMMENT ON AGGREGATE app.place(VARIADIC "any" ORDER BY VARIADIC "any") IS 'hypothetical';
ALTER AGGREGATE app.sum_of(integer) OWNER TO safedb_alice;
GRANT EXECUTE ON FUNCTION app.sum_of(integer) TO safedb_bob;

-- Operators
CREATE FUNCTION app.il_lt(app.int_like, app.int_like) RETURNS boolean LANGUAGE internal IMMUTABLE STRICT AS 'int4lt';
CREATE FUNCTION app.il_le(app.int_like, app.int_like) RETURNS boolean LANGUAGE internal IMMUTABLE STRICT AS 'int4le';
CREATE FUNCTION app.il_eq(app.int_like, app.int_like) RETURNS boolean LANGUAGE internal IMMUTABLE STRICT AS 'int4eq';
CREATE FUNCTION app.il_ne(app.int_like, app.int_like) RETURNS boolean LANGUAGE internal IMMUTABLE STRICT AS 'int4ne';
CREATE FUNCTION app.il_ge(app.int_like, app.int_like) RETURNS boolean LANGUAGE internal IMMUTABLE STRICT AS 'int4ge';
CREATE FUNCTION app.il_gt(app.int_like, app.int_like) RETURNS boolean LANGUAGE internal IMMUTABLE STRICT AS 'int4gt';
CREATE FUNCTION app.il_cmp(app.int_like, app.int_like) RETURNS integer LANGUAGE internal IMMUTABLE STRICT AS 'btint4cmp';
CREATE FUNCTION app.il_hash(app.int_like) RETURNS integer LANGUAGE internal IMMUTABLE STRICT AS 'hashint4';
CREATE FUNCTION app.il_eq_int(app.int_like, integer) RETURNS boolean LANGUAGE internal IMMUTABLE STRICT AS 'int4eq';
CREATE FUNCTION app.il_cmp_int(app.int_like, integer) RETURNS integer LANGUAGE internal IMMUTABLE STRICT AS 'btint4cmp';
CREATE FUNCTION app.il_minus(app.int_like) RETURNS app.int_like LANGUAGE internal IMMUTABLE STRICT AS 'int4um';
CREATE OPERATOR app.< (FUNCTION = app.il_lt, LEFTARG = app.int_like, RIGHTARG = app.int_like, COMMUTATOR = OPERATOR(app.>), NEGATOR = OPERATOR(app.>=), RESTRICT = scalarltsel, JOIN = scalarltjoinsel);
CREATE OPERATOR app.<= (FUNCTION = app.il_le, LEFTARG = app.int_like, RIGHTARG = app.int_like, COMMUTATOR = OPERATOR(app.>=), NEGATOR = OPERATOR(app.>));
CREATE OPERATOR app.= (FUNCTION = app.il_eq, LEFTARG = app.int_like, RIGHTARG = app.int_like, COMMUTATOR = OPERATOR(app.=), NEGATOR = OPERATOR(app.<>), HASHES, MERGES, RESTRICT = eqsel, JOIN = eqjoinsel);
CREATE OPERATOR app.<> (FUNCTION = app.il_ne, LEFTARG = app.int_like, RIGHTARG = app.int_like, COMMUTATOR = OPERATOR(app.<>), NEGATOR = OPERATOR(app.=));
CREATE OPERATOR app.>= (FUNCTION = app.il_ge, LEFTARG = app.int_like, RIGHTARG = app.int_like, COMMUTATOR = OPERATOR(app.<=), NEGATOR = OPERATOR(app.<));
CREATE OPERATOR app.> (FUNCTION = app.il_gt, LEFTARG = app.int_like, RIGHTARG = app.int_like, COMMUTATOR = OPERATOR(app.<), NEGATOR = OPERATOR(app.<=));
CREATE OPERATOR app.= (FUNCTION = app.il_eq_int, LEFTARG = app.int_like, RIGHTARG = integer);
CREATE OPERATOR app.@ (FUNCTION = app.il_minus, RIGHTARG = app.int_like);
COMMENT ON OPERATOR app.@ (NONE, app.int_like) IS 'minus';
ALTER OPERATOR app.@ (NONE, app.int_like) OWNER TO safedb_alice;
CREATE OPERATOR FAMILY app.il_ops USING btree;
CREATE OPERATOR CLASS app.il_btree DEFAULT FOR TYPE app.int_like USING btree FAMILY app.il_ops AS
  OPERATOR 1 app.<, OPERATOR 2 app.<=, OPERATOR 3 app.=, OPERATOR 4 app.>=, OPERATOR 5 app.>, FUNCTION 1 app.il_cmp(app.int_like, app.int_like);
ALTER OPERATOR FAMILY app.il_ops USING btree ADD OPERATOR 3 app.= (app.int_like, integer), FUNCTION 1 (app.int_like, integer) app.il_cmp_int(app.int_like, integer);
CREATE OPERATOR CLASS app.il_hash DEFAULT FOR TYPE app.int_like USING hash AS OPERATOR 1 app.=, FUNCTION 1 app.il_hash(app.int_like);
COMMENT ON OPERATOR CLASS app.il_hash USING hash IS 'hash class';
COMMENT ON OPERATOR FAMILY app.il_ops USING btree IS 'family';
ALTER OPERATOR FAMILY app.il_ops USING btree OWNER TO safedb_alice;

-- Casts, conversions, languages, transforms, access methods
CREATE FUNCTION app.mood_number(app.mood) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT 1';
CREATE CAST (app.mood AS integer) WITH FUNCTION app.mood_number(app.mood) AS ASSIGNMENT;
CREATE CAST (app.int_like AS integer) WITHOUT FUNCTION AS IMPLICIT;
CREATE CAST (app.address AS app.mood) WITH INOUT;
COMMENT ON CAST (app.mood AS integer) IS 'cast';
CREATE CONVERSION app.latin1_to_utf8 FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8;
CREATE DEFAULT CONVERSION app.latin2_to_utf8 FOR 'LATIN2' TO 'UTF8' FROM iso8859_to_utf8;
ALTER CONVERSION app.latin1_to_utf8 OWNER TO safedb_alice;
CREATE TRUSTED LANGUAGE mylang HANDLER plpgsql_call_handler INLINE plpgsql_inline_handler VALIDATOR plpgsql_validator;
GRANT USAGE ON LANGUAGE mylang TO safedb_bob;
COMMENT ON LANGUAGE mylang IS 'language';
CREATE FUNCTION app.in_mylang() RETURNS integer LANGUAGE mylang AS 'BEGIN RETURN 1; END';
CREATE TRANSFORM FOR integer LANGUAGE sql (FROM SQL WITH FUNCTION prsd_lextype(internal), TO SQL WITH FUNCTION int4recv(internal));
CREATE FUNCTION app.with_transform(integer) RETURNS integer TRANSFORM FOR TYPE integer LANGUAGE sql AS 'SELECT $1';
CREATE ACCESS METHOD my_heap TYPE TABLE HANDLER heap_tableam_handler;
CREATE ACCESS METHOD my_btree TYPE INDEX HANDLER bthandler;
COMMENT ON ACCESS METHOD my_heap IS 'heap';

-- Text search
CREATE TEXT SEARCH PARSER app.my_parser (START = prsd_start, GETTOKEN = prsd_nexttoken, END = prsd_end, LEXTYPES = prsd_lextype, HEADLINE = prsd_headline);
CREATE TEXT SEARCH TEMPLATE app.my_template (INIT = dsimple_init, LEXIZE = dsimple_lexize);
CREATE TEXT SEARCH DICTIONARY app.my_dict (TEMPLATE = app.my_template, accept = false);
CREATE TEXT SEARCH DICTIONARY app.my_stem (TEMPLATE = snowball, language = 'german', stopwords = 'german');
CREATE TEXT SEARCH CONFIGURATION app.my_config (PARSER = app.my_parser);
ALTER TEXT SEARCH CONFIGURATION app.my_config ADD MAPPING FOR asciiword, word WITH app.my_dict, app.my_stem;
CREATE TEXT SEARCH CONFIGURATION app.my_copy (COPY = pg_catalog.german);
ALTER TEXT SEARCH DICTIONARY app.my_dict OWNER TO safedb_alice;
COMMENT ON TEXT SEARCH CONFIGURATION app.my_config IS 'configuration';
COMMENT ON TEXT SEARCH PARSER app.my_parser IS 'parser';

-- Foreign data
CREATE FOREIGN DATA WRAPPER my_wrapper OPTIONS (debug 'it''s \ true');
CREATE SERVER my_server TYPE 'a' VERSION 'b' FOREIGN DATA WRAPPER my_wrapper OPTIONS (host 'x');
CREATE SERVER loopback FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host 'localhost', dbname 'x');
CREATE USER MAPPING FOR PUBLIC SERVER loopback OPTIONS (user 'me', password 'top secret');
CREATE USER MAPPING FOR "Safedb ""Weird"" Role" SERVER my_server;
GRANT USAGE ON FOREIGN DATA WRAPPER my_wrapper TO safedb_alice;
GRANT USAGE ON FOREIGN SERVER my_server TO safedb_bob;
ALTER SERVER my_server OWNER TO safedb_alice;
COMMENT ON SERVER my_server IS 'server';
CREATE FOREIGN TABLE app.far (id integer OPTIONS (column_name 'other') NOT NULL, t text COLLATE "C" DEFAULT 'x', CONSTRAINT c CHECK (id > 0)) SERVER loopback OPTIONS (table_name 'far');
COMMENT ON COLUMN app.far.id IS 'far id';

-- Sequences
CREATE SEQUENCE app.plain AS smallint INCREMENT BY -2 MINVALUE -100 MAXVALUE 50 START 10 CACHE 3 CYCLE;
SELECT nextval('app.plain');
CREATE UNLOGGED SEQUENCE app.unlogged_sequence;
COMMENT ON SEQUENCE app.plain IS 'sequence';
ALTER SEQUENCE app.plain OWNER TO safedb_alice;
GRANT USAGE ON SEQUENCE app.plain TO safedb_bob;

-- Tables
CREATE TABLE app.customers (
  id bigint GENERATED ALWAYS AS IDENTITY (START WITH 100 INCREMENT BY 5) PRIMARY KEY,
  gone integer,
  name app.name NOT NULL DEFAULT 'nobody',
  email citext UNIQUE DEFERRABLE INITIALLY DEFERRED,
  mood app.mood DEFAULT 'happy'::app.mood,
  home app.address,
  doubled integer GENERATED ALWAYS AS (app.standard_body(7)) STORED,
  cleaned text GENERATED ALWAYS AS (app.clean((email)::text)) STORED,
  note text COLLATE "C" CONSTRAINT note_valid CHECK (app.valid(note)),
  big text COMPRESSION lz4,
  span app.float_range,
  il app.int_like,
  EXCLUDE USING gist (span WITH &&) WITH (fillfactor = 80) WHERE (id > 0)
) WITH (fillfactor = 70, autovacuum_enabled = false, toast.autovacuum_enabled = false);
ALTER TABLE app.customers DROP COLUMN gone;
ALTER TABLE app.customers ALTER COLUMN note SET STATISTICS 500, ALTER COLUMN big SET STORAGE MAIN, ALTER COLUMN name SET (n_distinct = -0.5, n_distinct_inherited = 10);
ALTER TABLE app.customers ADD CONSTRAINT never_checked CHECK (id > 1000) NOT VALID;
ALTER TABLE app.customers ADD CONSTRAINT not_inherited CHECK (id <> 5) NO INHERIT;
COMMENT ON TABLE app.customers IS 'customers';
COMMENT ON COLUMN app.customers.name IS 'name';
COMMENT ON CONSTRAINT note_valid ON app.customers IS 'constraint';
COMMENT ON CONSTRAINT customers_pkey ON app.customers IS 'key';
ALTER TABLE app.customers OWNER TO safedb_alice;
GRANT SELECT, INSERT (name, email) ON app.customers TO safedb_bob;
GRANT UPDATE (name) ON app.customers TO PUBLIC;
GRANT ALL ON app.customers TO "Safedb ""Weird"" Role" WITH GRANT OPTION;
CREATE TABLE app.serials (id serial, small smallserial, big bigserial NOT NULL, by_default integer GENERATED BY DEFAULT AS IDENTITY);
ALTER TABLE app.serials OWNER TO safedb_bob;
COMMENT ON SEQUENCE app.serials_by_default_seq IS 'identity';
CREATE UNLOGGED TABLE app.volatile (id integer PRIMARY KEY) USING my_heap;
CREATE TABLE app.empty ();
CREATE TABLE app.typed OF app.address (street NOT NULL DEFAULT 'main', PRIMARY KEY ("House No"));
CREATE TABLE app.parent (a integer DEFAULT 1 NOT NULL, b text DEFAULT 'p', CONSTRAINT positive CHECK (a > 0));
CREATE TABLE app.child (c integer, b text DEFAULT 'c', CONSTRAINT positive CHECK (a > 0)) INHERITS (app.parent);
CREATE TABLE app.grandchild () INHERITS (app.child);
ALTER TABLE app.grandchild ALTER COLUMN a DROP DEFAULT, ALTER COLUMN c SET NOT NULL;
CREATE TABLE app.joined (b text, extra integer, a integer NOT NULL, CONSTRAINT positive CHECK (a > 0));
ALTER TABLE app.joined INHERIT app.parent;
CREATE TABLE app.other_parent (z integer);
CREATE TABLE app.two_parents (own integer) INHERITS (app.parent, app.other_parent);
CREATE TABLE app.added_later (x integer) INHERITS (app.other_parent);
ALTER TABLE app.other_parent ADD COLUMN afterwards integer DEFAULT 4;
CREATE TABLE app.orders (id bigint NOT NULL, placed date NOT NULL, customer bigint, amount numeric(12, 2) CHECK (amount >= 0)) PARTITION BY RANGE (placed);
CREATE TABLE app.orders_old (amount numeric(12, 2), CONSTRAINT orders_amount_check CHECK (amount >= 0), placed date NOT NULL, dropped integer, id bigint NOT NULL, customer bigint);
ALTER TABLE app.orders_old DROP COLUMN dropped;
ALTER TABLE app.orders ATTACH PARTITION app.orders_old FOR VALUES FROM (MINVALUE) TO ('2024-01-01');
CREATE TABLE app.orders_2024 PARTITION OF app.orders FOR VALUES FROM ('2024-01-01') TO ('2025-01-01') PARTITION BY LIST (customer);
CREATE TABLE app.orders_2024_few PARTITION OF app.orders_2024 FOR VALUES IN (1, 2, NULL);
CREATE TABLE app.orders_2024_rest PARTITION OF app.orders_2024 DEFAULT;
CREATE TABLE app.orders_rest PARTITION OF app.orders (amount DEFAULT 3) DEFAULT;
ALTER TABLE app.orders ADD CONSTRAINT orders_pkey PRIMARY KEY (id, placed, customer);
CREATE INDEX orders_by_amount ON app.orders (amount) WITH (fillfactor = 60);
CREATE UNIQUE INDEX orders_only ON ONLY app.orders (placed, id, customer);
ALTER TABLE app.orders ADD CONSTRAINT to_customer FOREIGN KEY (customer) REFERENCES app.customers ON DELETE CASCADE DEFERRABLE;
CREATE TABLE app.hashed (id uuid, payload jsonb) PARTITION BY HASH (id);
CREATE TABLE app.hashed_0 PARTITION OF app.hashed FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE app.hashed_1 PARTITION OF app.hashed FOR VALUES WITH (MODULUS 2, REMAINDER 1) WITH (fillfactor = 50);
CREATE TABLE app.by_expression (t text) PARTITION BY LIST (app.clean(t));
CREATE TABLE app.lines (order_id bigint, placed date, customer bigint, line integer, self bigint, PRIMARY KEY (order_id, line) INCLUDE (placed), UNIQUE NULLS NOT DISTINCT (self),
  FOREIGN KEY (order_id, placed, customer) REFERENCES app.orders (id, placed, customer) MATCH FULL ON UPDATE SET NULL);
ALTER TABLE app.lines ADD CONSTRAINT unchecked FOREIGN KEY (self) REFERENCES app.customers NOT VALID;
ALTER TABLE app.lines ADD CONSTRAINT with_options UNIQUE (line, order_id) WITH (fillfactor = 55);
CREATE INDEX cleaned_names ON app.customers USING btree (app.clean((name)::text) text_pattern_ops DESC NULLS LAST) INCLUDE (note) WITH (fillfactor = 55) WHERE (id > 10);
ALTER INDEX app.cleaned_names ALTER COLUMN 1 SET STATISTICS 300;
CREATE INDEX payloads ON app.hashed USING gin (payload jsonb_path_ops);
CREATE UNIQUE INDEX replica ON app.lines (order_id, line);
COMMENT ON INDEX app.replica IS 'index';
COMMENT ON INDEX app.customers_pkey IS 'index of key';
ALTER TABLE app.lines REPLICA IDENTITY USING INDEX replica;
ALTER TABLE app.parent REPLICA IDENTITY FULL;
ALTER TABLE app.child REPLICA IDENTITY NOTHING;
ALTER TABLE app.customers CLUSTER ON customers_pkey;
CREATE STATISTICS app.two_columns (ndistinct, dependencies) ON a, b FROM app.parent;
CREATE STATISTICS app.on_expression ON (a + 1), lower(b) FROM app.parent;
ALTER STATISTICS app.two_columns SET STATISTICS 77;
ALTER STATISTICS app.two_columns OWNER TO safedb_alice;
COMMENT ON STATISTICS app.two_columns IS 'statistics';

-- Names
CREATE TABLE "We""ird; schema"."Select" ("from" integer PRIMARY KEY, "Üml äut" text DEFAULT 'ß', "quote""d" integer, "new
line" integer, "this_name_is_exactly_sixty_three_bytes_long_as_long_as_can_be_ab" integer);
CREATE INDEX "index; with 'quotes'" ON "We""ird; schema"."Select" ("new
line");
COMMENT ON COLUMN "We""ird; schema"."Select"."quote""d" IS 'x';

-- Views
CREATE VIEW app.simple AS SELECT id, name FROM app.customers WHERE id > 0 WITH LOCAL CHECK OPTION;
CREATE VIEW app.barrier (number, "Renamed") WITH (security_barrier = true, security_invoker = true, check_option = cascaded) AS SELECT id, name FROM app.customers;
ALTER VIEW app.simple ALTER COLUMN name SET DEFAULT 'from view';
COMMENT ON VIEW app.simple IS 'view';
COMMENT ON COLUMN app.simple.id IS 'view column';
GRANT SELECT ON app.simple TO safedb_bob;
ALTER VIEW app.simple OWNER TO safedb_bob;
CREATE VIEW app.grouped AS SELECT c.id, c.name, count(*) AS n FROM app.customers c JOIN app.lines l ON l.self = c.id GROUP BY c.id;
CREATE VIEW app.over_grouped AS SELECT * FROM app.grouped;
CREATE RECURSIVE VIEW app.numbers (n) AS VALUES (1) UNION ALL SELECT n + 1 FROM numbers WHERE n < 10;
CREATE VIEW app.circle_a AS SELECT 1 AS x, 'a'::text COLLATE app.german AS y;
CREATE VIEW app.circle_b AS SELECT x, y FROM app.circle_a;
CREATE OR REPLACE VIEW app.circle_a AS SELECT x, y FROM app.circle_b;
CREATE VIEW app.through_function AS SELECT 1 AS n;
CREATE FUNCTION app.reads_view() RETURNS SETOF app.through_function LANGUAGE sql BEGIN ATOMIC SELECT n FROM app.through_function; END;
CREATE OR REPLACE VIEW app.through_function AS SELECT n FROM app.reads_view();
CREATE FUNCTION app.reads_grouped() RETURNS bigint LANGUAGE sql BEGIN ATOMIC SELECT count(*) FROM app.grouped; END;
CREATE TABLE app.of_view_rows (row app.grouped);
CREATE FUNCTION app.row_default(app.of_view_rows) RETURNS integer LANGUAGE sql STABLE AS 'SELECT 1';
CREATE TABLE app.uses_own_row (id integer);
CREATE FUNCTION app.next_free() RETURNS integer LANGUAGE sql BEGIN ATOMIC SELECT max(id) + 1 FROM app.uses_own_row; END;
CREATE FUNCTION app.row_ok(app.uses_own_row) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT true';
ALTER TABLE app.uses_own_row ALTER COLUMN id SET DEFAULT app.next_free(), ADD CONSTRAINT row_fine CHECK (app.row_ok(uses_own_row));
CREATE INDEX row_index ON app.uses_own_row ((app.row_ok(uses_own_row.*)));
CREATE VIEW app.no_columns AS SELECT;
CREATE MATERIALIZED VIEW app.summary WITH (fillfactor = 90) AS SELECT id, count(*) AS n FROM app.customers GROUP BY id;
CREATE MATERIALIZED VIEW app.summary_of_summary AS SELECT sum(n) AS s FROM app.summary WITH NO DATA;
CREATE UNIQUE INDEX summary_id ON app.summary (id);
ALTER MATERIALIZED VIEW app.summary CLUSTER ON summary_id;
ALTER MATERIALIZED VIEW app.summary ALTER COLUMN n SET STATISTICS 33;
ALTER MATERIALIZED VIEW app.summary OWNER TO safedb_alice;
COMMENT ON MATERIALIZED VIEW app.summary IS 'summary';

-- Rules, triggers, policies
CREATE RULE to_nowhere AS ON INSERT TO app.simple DO INSTEAD NOTHING;
CREATE RULE many AS ON UPDATE TO app.parent WHERE new.a > 5 DO ALSO (INSERT INTO app.empty DEFAULT VALUES; DELETE FROM app.serials WHERE id = 1);
ALTER TABLE app.parent DISABLE RULE many;
COMMENT ON RULE to_nowhere ON app.simple IS 'rule';
CREATE FUNCTION app.on_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END';
CREATE TRIGGER before_change BEFORE INSERT OR UPDATE OF name, email ON app.customers FOR EACH ROW WHEN (new.id > 1) EXECUTE FUNCTION app.on_change('arg''s', '\');
CREATE TRIGGER after_all AFTER UPDATE ON app.customers REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION app.on_change();
CREATE CONSTRAINT TRIGGER checked AFTER INSERT ON app.customers FROM app.lines DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION app.on_change();
CREATE TRIGGER on_partitions AFTER INSERT ON app.orders FOR EACH ROW EXECUTE FUNCTION app.on_change();
CREATE TRIGGER instead INSTEAD OF INSERT ON app.barrier FOR EACH ROW EXECUTE FUNCTION app.on_change();
ALTER TABLE app.customers DISABLE TRIGGER after_all, ENABLE REPLICA TRIGGER before_change, ENABLE ALWAYS TRIGGER checked;
ALTER TABLE app.orders_rest DISABLE TRIGGER on_partitions;
COMMENT ON TRIGGER before_change ON app.customers IS 'trigger';
ALTER TABLE app.customers ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE app.orders ENABLE ROW LEVEL SECURITY;
CREATE POLICY everyone ON app.customers USING (true);
CREATE POLICY own_rows ON app.customers AS RESTRICTIVE FOR UPDATE TO safedb_alice, safedb_bob USING (name::text = CURRENT_USER) WITH CHECK (id IN (SELECT self FROM app.lines));
CREATE POLICY adding ON app.orders FOR INSERT WITH CHECK (amount > 0);
COMMENT ON POLICY everyone ON app.customers IS 'policy';
CREATE FUNCTION app.on_event() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
CREATE EVENT TRIGGER watch ON ddl_command_end WHEN TAG IN ('CREATE TABLE', 'DROP TABLE') EXECUTE FUNCTION app.on_event();
CREATE EVENT TRIGGER watch_all ON sql_drop EXECUTE FUNCTION app.on_event();
ALTER EVENT TRIGGER watch_all ENABLE ALWAYS;
COMMENT ON EVENT TRIGGER watch IS 'event trigger';

-- Replication
CREATE PUBLICATION some_tables FOR TABLE app.parent (a, b) WHERE (a > 3), ONLY app.serials WITH (publish = 'insert, delete', publish_via_partition_root = true);
CREATE PUBLICATION of_schema FOR TABLES IN SCHEMA app;
CREATE PUBLICATION all_tables FOR ALL TABLES;
CREATE PUBLICATION nothing WITH (publish = '');
COMMENT ON PUBLICATION all_tables IS 'publication';
CREATE SUBSCRIPTION no_slot CONNECTION 'host=nowhere password=''very secret'' dbname=x' PUBLICATION a, "B c" WITH (connect = false, slot_name = NONE, enabled = false, binary = true, streaming = true);
COMMENT ON SUBSCRIPTION no_slot IS 'subscription';

-- Privileges
ALTER DEFAULT PRIVILEGES FOR ROLE safedb_alice IN SCHEMA app GRANT SELECT ON TABLES TO safedb_bob WITH GRANT OPTION;
ALTER DEFAULT PRIVILEGES FOR ROLE safedb_bob REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
ALTER DEFAULT PRIVILEGES FOR ROLE safedb_bob GRANT USAGE ON SCHEMAS TO safedb_alice;
ALTER DEFAULT PRIVILEGES FOR ROLE safedb_alice GRANT USAGE ON SEQUENCES TO PUBLIC;
GRANT USAGE, CREATE ON SCHEMA app TO safedb_bob;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO safedb_bob;
SET SESSION AUTHORIZATION "Safedb ""Weird"" Role";
RESET SESSION AUTHORIZATION;
GRANT SELECT ON app.parent TO safedb_alice WITH GRANT OPTION;
SET SESSION AUTHORIZATION safedb_alice;
GRANT SELECT ON app.parent TO safedb_bob;
RESET SESSION AUTHORIZATION;
REVOKE TRUNCATE ON app.parent FROM postgres;

-- Large objects
SELECT lo_from_bytea(4711, '\x00ff');
COMMENT ON LARGE OBJECT 4711 IS 'large';
ALTER LARGE OBJECT 4711 OWNER TO safedb_alice;
GRANT SELECT ON LARGE OBJECT 4711 TO safedb_bob;
