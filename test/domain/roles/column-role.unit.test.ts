import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import type { Column, ColumnKind, DatabaseCatalog, Engine, Table } from '#src/domain/catalog.ts';
import { COLUMN_ROLES, type ColumnRole } from '#src/domain/roles/column-role.ts';
import { withRoles } from '#src/domain/roles/infer-roles.ts';
import { eventDateOfTable, labelsOf, roleOf } from '#src/domain/roles/roles-of-columns.ts';
import { catalogOf } from '#test/support/catalogs.ts';

type RolesByName = Readonly<Record<string, ColumnRole>>;

function rolesIn(catalog: DatabaseCatalog, name: string): RolesByName {
  const table = catalog.tables.find((one) => one.name === name);
  assert.ok(table, name);
  return Object.fromEntries(table.columns.map((column) => [column.name, roleOf({ table, column }, catalog)]));
}

/** A table of which nothing but names and types is known, as an engine without statistics gives it. */
function unsampled(engine: Engine, name: string, columns: Readonly<Record<string, string>>): DatabaseCatalog {
  const kindOf = (type: string): ColumnKind => {
    if (/^(?:int|bigint|numeric|decimal|double)/.test(type)) return 'number';
    if (/^(?:date$)/.test(type)) return 'date';
    if (/^(?:timestamp|datetime)/.test(type)) return 'timestamp';
    if (/^bool/.test(type)) return 'boolean';
    return /^(?:json|bytea)/.test(type) ? 'other' : 'text';
  };
  const table: Table = {
    name,
    kind: 'table',
    columns: Object.entries(columns).map(
      ([column, type]): Column => ({
        name: column,
        type,
        kind: kindOf(type),
        nullable: true,
        values: [],
        valuesComplete: false,
      }),
    ),
    primaryKey: [],
    foreignKeys: [],
  };
  return { databaseId: 'bare', engine, serverVersion: '', tables: [table], warnings: [] };
}

const TIDY = `
  CREATE TABLE accounts (id INTEGER PRIMARY KEY, account_name TEXT, currency TEXT, country TEXT, opened_on DATE, is_active BOOLEAN);
  CREATE TABLE invoices (id INTEGER PRIMARY KEY, account_id INTEGER REFERENCES accounts (id), invoice_number TEXT, issued_on DATE, due_on DATE,
    amount REAL, tax_rate REAL, quantity INTEGER, unit TEXT, unit_price REAL, status TEXT, notes TEXT, contact_email TEXT);
  INSERT INTO accounts VALUES (1, 'Fern Ltd', 'EUR', 'Norway', '2024-01-05', 1), (2, 'Moss AS', 'USD', 'Norway', '2024-03-05', 0),
    (3, 'Oak GmbH', 'EUR', 'Chile', '2024-04-05', 1), (4, 'Pine', 'GBP', 'Chile', '2024-05-05', 1);
  INSERT INTO invoices VALUES (1, 1, 'R-1', '2025-01-05', '2025-02-05', 10.5, 0.25, 3, 'kg', 3.5, 'open', 'Please send it to the warehouse behind the old harbour.', 'a@fern.example'),
    (2, 2, 'R-2', '2025-01-06', '2025-02-06', 20, 0.25, 4, 'pcs', 5, 'paid', NULL, 'b@moss.example'),
    (3, 2, 'R-3', '2025-01-07', '2025-02-07', 5, 0.1, 1, 'kg', 5, 'paid', NULL, 'b@moss.example'),
    (4, 3, 'R-4', '2025-01-08', '2025-02-08', 8, 0.25, 2, 'kg', 4, 'open', NULL, 'c@oak.example');`;

describe('a tidy schema', () => {
  const catalog = catalogOf(TIDY);

  it('gives each column of invoices the role that a reader would give it', () => {
    assert.deepEqual(rolesIn(catalog, 'invoices'), {
      id: 'key',
      account_id: 'reference',
      invoice_number: 'label',
      issued_on: 'event date',
      due_on: 'other date',
      amount: 'additive measure',
      tax_rate: 'other measure',
      quantity: 'additive measure',
      unit: 'unit',
      unit_price: 'other measure',
      status: 'category',
      notes: 'free text',
      contact_email: 'personal',
    });
  });

  it('calls an account by its name, though that may be somebody’s', () => {
    assert.deepEqual(rolesIn(catalog, 'accounts'), {
      id: 'key',
      account_name: 'label',
      currency: 'currency',
      country: 'category',
      opened_on: 'event date',
      is_active: 'flag',
    });
  });
});

describe('an untidy schema', () => {
  it('reads German names, shortened and run together, without a declared key', () => {
    const catalog = catalogOf(`
      CREATE TABLE tbl_Auftr_kopf (Auftr_nr INTEGER, kd_nr INTEGER, Auftr_dat TEXT, Lieferdatum TEXT, gesBetrag REAL, Rabatt_proz REAL, Whg TEXT,
        storniert INTEGER, Auftr_art TEXT, Bemerkung TEXT);
      CREATE TABLE kunden (KundenNr INTEGER, Bezeichnung TEXT, Strasse TEXT, PLZ TEXT, geaendert_am TEXT);
      INSERT INTO tbl_Auftr_kopf VALUES (501, 7, '2025-01-05', '2025-01-09', 10.5, 3, 'EUR', 0, 'A', 'Bitte am Hintereingang bei der Rampe abgeben und dort klingeln.'),
        (502, 7, '2025-01-06', '2025-01-10', 20, 0, 'CHF', 1, 'B', NULL), (503, 8, '2025-01-07', NULL, 7, 2, 'EUR', 0, 'A', NULL),
        (504, 9, '2025-01-08', NULL, 9, 2, 'EUR', 0, 'A', NULL);
      INSERT INTO kunden VALUES (7, 'Farn', 'Weg 1', '01067', '2025-01-01'), (8, 'Moos', 'Weg 2', '01069', '2025-01-02'), (9, 'Eiche', 'Weg 3', '01071', '2025-01-03');`);
    assert.deepEqual(rolesIn(catalog, 'tbl_Auftr_kopf'), {
      Auftr_nr: 'label',
      kd_nr: 'reference',
      Auftr_dat: 'event date',
      Lieferdatum: 'other date',
      gesBetrag: 'additive measure',
      Rabatt_proz: 'other measure',
      Whg: 'currency',
      storniert: 'flag',
      Auftr_art: 'category',
      Bemerkung: 'free text',
    });
    assert.deepEqual(rolesIn(catalog, 'kunden'), {
      KundenNr: 'key',
      Bezeichnung: 'label',
      Strasse: 'personal',
      PLZ: 'personal',
      geaendert_am: 'other date',
    });
  });

  it('tells columns of one letter by what they hold', () => {
    const rows = Array.from(
      { length: 120 },
      (_, at) =>
        `(${at + 1}, ${(at * 37) % 90}.5, ${at % 3}, 'x${at % 4}', '2025-01-${String((at % 28) + 1).padStart(2, '0')}', 'EUR', 'y')`,
    );
    const catalog = catalogOf(
      `CREATE TABLE t (a INTEGER, b REAL, c INTEGER, d TEXT, e TEXT, f TEXT, g TEXT); INSERT INTO t VALUES ${rows.join(', ')};`,
    );
    assert.deepEqual(rolesIn(catalog, 't'), {
      a: 'key',
      b: 'additive measure',
      c: 'category',
      d: 'category',
      e: 'event date',
      f: 'currency',
      g: 'flag',
    });
  });

  it.each<Engine>(['sqlite', 'postgres', 'mysql', 'mariadb'])(
    'reads names and types alone of %s, without statistics',
    (engine) => {
      const catalog = unsampled(engine, 'employees', {
        id: 'integer',
        first_name: 'varchar(40)',
        last_name: 'varchar(40)',
        dept_id: 'int',
        hire_date: 'date',
        birth_date: 'date',
        salary: 'numeric(10,2)',
        rating: 'int',
        is_manager: 'boolean',
        office_phone: 'varchar(20)',
        status: 'varchar(10)',
        profile: 'json',
        updated_at: 'timestamp',
      });
      assert.deepEqual(rolesIn(catalog, 'employees'), {
        id: 'key',
        first_name: 'label',
        last_name: 'label',
        dept_id: 'reference',
        hire_date: 'event date',
        birth_date: 'other date',
        salary: 'additive measure',
        rating: 'other measure',
        is_manager: 'flag',
        office_phone: 'personal',
        status: 'category',
        profile: 'free text',
        updated_at: 'other date',
      });
    },
  );
});

describe('the event date', () => {
  const dates = (table: string, ...columns: string[]) => {
    const catalog = unsampled('postgres', table, Object.fromEntries(columns.map((column) => [column, 'date'])));
    const [own] = catalog.tables;
    return own && eventDateOfTable(own, catalog)?.name;
  };

  it.each([
    ['shipments', ['shipped_on', 'delivered_on'], 'shipped_on'],
    ['deliveries', ['ordered_on', 'delivered_on'], 'delivered_on'],
    ['tickets', ['updated_at', 'closed_at', 'created_at'], 'created_at'],
    ['contracts', ['valid_until', 'start_date', 'end_date'], 'start_date'],
    ['payments', ['created_at', 'paid_at', 'due_date'], 'paid_at'],
    ['rechnungen', ['faellig_am', 'rechnungsdatum'], 'rechnungsdatum'],
  ] as const)('of %s is the one that says when, of %s', (table, columns, event) => {
    assert.equal(dates(table, ...columns), event);
  });

  it.each([
    ['patients', 'birth_date'],
    ['articles', 'last_update'],
    ['rates', 'loaded_at'],
  ])('is none where %s have nothing but %s', (table, column) => {
    assert.equal(dates(table, column), undefined);
  });

  it('is the year where a table has no date', () => {
    const catalog = catalogOf(
      "CREATE TABLE films (id INTEGER PRIMARY KEY, title TEXT, release_year INTEGER); INSERT INTO films VALUES (1, 'Up', 2009), (2, 'Her', 2013);",
    );
    assert.equal(rolesIn(catalog, 'films').release_year, 'event date');
  });
});

describe('what a row is called', () => {
  const label = (script: string) => {
    const catalog = catalogOf(script);
    const table = catalog.tables[0];
    return table && labelsOf(table, catalog).map(({ name }) => name);
  };

  it('is what a code stands for, where a table lists codes', () => {
    assert.deepEqual(
      label(
        "CREATE TABLE ref_colours (colour_code TEXT PRIMARY KEY, description TEXT); INSERT INTO ref_colours VALUES ('9', 'red'), ('4', 'green'), ('1', 'blue');",
      ),
      ['description'],
    );
  });

  it('is nothing where a table joins two others', () => {
    assert.deepEqual(
      label('CREATE TABLE tags_of (ticket_id INTEGER REFERENCES t (id), tag_id INTEGER REFERENCES u (id));'),
      [],
    );
  });

  it('is not a telephone number', () => {
    assert.deepEqual(
      label(
        "CREATE TABLE lines (id INTEGER PRIMARY KEY, phone_number TEXT); INSERT INTO lines VALUES (1, '+47 22 33 44 55'), (2, '+47 22 33 44 56');",
      ),
      [],
    );
  });
});

describe('roles that are stored', () => {
  it('are one of the list for each column, with the reason', () => {
    for (const { columns } of withRoles(catalogOf(TIDY)).tables)
      for (const { name, role } of columns) {
        assert.ok(role && COLUMN_ROLES.includes(role.role), name);
        assert.ok(role.because.length > 0, name);
      }
  });

  it('keep what an admin said, and choose label and event date anew around it', () => {
    const catalog = catalogOf(TIDY);
    const configured = {
      ...catalog,
      tables: catalog.tables.map((table) => ({
        ...table,
        columns: table.columns.map((column) =>
          column.name === 'due_on'
            ? { ...column, role: { role: 'event date' as const, because: 'said so', configured: true as const } }
            : column,
        ),
      })),
    };
    const roles = rolesIn(withRoles(configured), 'invoices');
    assert.equal(roles.due_on, 'event date');
    assert.equal(roles.issued_on, 'other date');
  });
});
