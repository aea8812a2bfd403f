import type { Scope } from '#src/guard/scope.ts';
import type { AttackEngine } from './attacks.ts';

/**
 * The database that our own attacks are aimed at. The asker may read orders, products, people without people.salary, and
 * the view people_public; vault, logins and the view vault_view are hidden, as is everything that was not named.
 */
export const TABLES = `
  CREATE TABLE people (id INTEGER PRIMARY KEY, name VARCHAR(60), city VARCHAR(40), boss_id INTEGER, salary INTEGER);
  CREATE TABLE products (id INTEGER PRIMARY KEY, title VARCHAR(80), price DECIMAL(10, 2), tags VARCHAR(200));
  CREATE TABLE orders (id INTEGER PRIMARY KEY, person_id INTEGER, product_id INTEGER, amount INTEGER, placed DATE, note VARCHAR(200));
  CREATE TABLE vault (id INTEGER PRIMARY KEY, token VARCHAR(80));
  CREATE TABLE logins (person_id INTEGER, word VARCHAR(80));
  CREATE VIEW people_public AS SELECT id, name FROM people;
  CREATE VIEW vault_view AS SELECT token FROM vault;
  INSERT INTO people VALUES (1, 'Ana', 'Lisbon', NULL, 91001), (2, 'Bo', 'Oslo', 1, 91002), (3, 'Cy', 'Oslo', 1, 91003);
  INSERT INTO products VALUES (1, 'Lamp', 19.90, '["home","light"]'), (2, 'Desk', 240.00, '["home"]'), (3, 'Pen', 1.20, NULL);
  INSERT INTO orders VALUES (1, 1, 1, 2, '2024-01-05', 'gift'), (2, 1, 3, 10, '2024-02-11', NULL),
    (3, 2, 2, 1, '2024-02-28', 'call; drop by'), (4, 3, 3, 5, '2024-03-09', 'it''s late');
  INSERT INTO vault VALUES (1, 'CANARY-VAULT-7f3a'), (2, 'CANARY-VAULT-91bc');
  INSERT INTO logins VALUES (1, 'CANARY-LOGIN-02'), (2, 'CANARY-LOGIN-77');
`;

/** What a company's own code may be, and what it must never be called by. Every one of these writes. */
export const POSTGRES_CODE = `
  CREATE TABLE touched (at TEXT);
  CREATE FUNCTION own_write(integer) RETURNS integer LANGUAGE plpgsql IMMUTABLE AS
    $$ BEGIN INSERT INTO touched VALUES ('own_write'); RETURN $1; END $$;
  CREATE FUNCTION lower(integer) RETURNS integer LANGUAGE plpgsql IMMUTABLE AS
    $$ BEGIN INSERT INTO touched VALUES ('lower'); RETURN $1; END $$;
  CREATE FUNCTION lower(bytea) RETURNS integer LANGUAGE plpgsql IMMUTABLE AS
    $$ BEGIN INSERT INTO touched VALUES ('lower'); RETURN 1; END $$;
  CREATE FUNCTION of_people(people) RETURNS integer LANGUAGE sql AS 'SELECT $1.salary';
  CREATE FUNCTION plus_write(text, text) RETURNS text LANGUAGE plpgsql AS
    $$ BEGIN INSERT INTO touched VALUES ('+'); RETURN $1; END $$;
  CREATE OPERATOR + (LEFTARG = text, RIGHTARG = text, FUNCTION = plus_write);
  CREATE OPERATOR <#> (LEFTARG = text, RIGHTARG = text, FUNCTION = plus_write);
  CREATE FUNCTION check_write(text) RETURNS boolean LANGUAGE plpgsql AS
    $$ BEGIN INSERT INTO touched VALUES ('domain'); RETURN true; END $$;
  CREATE DOMAIN sly AS text CHECK (check_write(VALUE));
  CREATE AGGREGATE sly_sum(integer) (SFUNC = int4pl, STYPE = integer, INITCOND = '0');
  CREATE SCHEMA hidden_schema;
  CREATE TABLE hidden_schema.orders (id INTEGER, token TEXT);
  INSERT INTO hidden_schema.orders VALUES (1, 'CANARY-SCHEMA-5d');
`;

/** What MariaDB has besides: indexes that hints and searches name, a view that only a lax sql_mode groups so, and hidden columns that are called like words. */
export const MARIADB_EXTRAS = `
  CREATE INDEX orders_placed ON orders (placed);
  CREATE FULLTEXT INDEX orders_note ON orders (note);
  CREATE INDEX people_salary ON people (salary);
  CREATE TABLE badges (id INTEGER PRIMARY KEY, \`2fa\` INTEGER, \`0X41\` INTEGER, u INTEGER, \`no\` INTEGER, \`current\` INTEGER,
    \`end\` INTEGER, day INTEGER, \`sql_no_cache\` INTEGER, \`respect\` INTEGER, \`following\` INTEGER, \`unknown\` INTEGER);
  INSERT INTO badges VALUES (1, 91001, 91001, 91001, 91001, 91001, 91001, 91001, 91001, 91001, 91001, 91001);
  CREATE VIEW city_sizes AS SELECT city, name AS somebody, count(*) AS people FROM people GROUP BY city;
`;

export const POLICY = {
  tables: ['orders', 'products', 'people', 'people_public', 'city_sizes', 'badges'],
  hiddenColumns: {
    people: ['salary'],
    badges: ['2fa', '0X41', 'u', 'no', 'current', 'end', 'day', 'sql_no_cache', 'respect', 'following', 'unknown'],
  },
  userFunctions: [],
};

/** What the policy shows of the database, as its catalog would give it: for what needs no server. */
export function scopeOn(engine: AttackEngine): Scope {
  const schema = engine === 'postgres' ? { schema: 'public' } : {};
  const { people, badges } = POLICY.hiddenColumns;
  const extras = [
    { name: 'city_sizes', columns: ['city', 'somebody', 'people'] },
    { name: 'badges', columns: ['id'], hidden: badges },
  ];
  const tables = [
    { name: 'orders', columns: ['id', 'person_id', 'product_id', 'amount', 'placed', 'note'] },
    { name: 'products', columns: ['id', 'title', 'price', 'tags'] },
    { name: 'people', columns: ['id', 'name', 'city', 'boss_id'], hidden: people },
    { name: 'people_public', columns: ['id', 'name'] },
    ...(engine === 'mysql' ? extras : []),
  ];
  return {
    databaseId: 'scratch',
    engine: engine === 'mysql' ? 'mariadb' : engine,
    searchPath: engine === 'postgres' ? ['public'] : engine === 'mysql' ? ['scratch'] : [],
    tables: tables.map((table) => ({ ...schema, ...table })),
    ...(engine === 'sqlite' ? {} : { caseSensitive: true }),
  };
}
