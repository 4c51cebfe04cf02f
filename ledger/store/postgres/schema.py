"""The tables of a ledger in a PostgreSQL schema, and the rights of the role that writes them: SQL that an
administrator runs once.

The role that logs in may INSERT and SELECT. It owns nothing and has no UPDATE, DELETE or TRUNCATE anywhere; what
has to change goes through functions of the owner that can do nothing else: frontiers of the last seal (checked
against its signature when they are read), an erased section, a document taken off the list, and the first
three records of a book whose making was cut short. Triggers hold the owner to the same, and let in only the next
record of the log and of its stream, so that the order has no gap whoever writes.
"""

from __future__ import annotations

from typing import Final

from ledger.store.port import DOCUMENTS
from ledger.store.postgres.address import Address

FORMAT: Final = 1
TABLES: Final = ("records", "corrections", "sections", "seals", "frontiers", "tiles", "format")
APPENDED: Final = ("records", "corrections", "seals", "tiles")
INSERTED: Final = (*APPENDED, "sections")

_TABLES: Final = f"""
CREATE TABLE format (number integer NOT NULL);
INSERT INTO format VALUES ({FORMAT});
CREATE TABLE records (
    notification_id bigint PRIMARY KEY,
    originator_id integer NOT NULL,
    originator_version bigint NOT NULL,
    topic text NOT NULL,
    state bytea NOT NULL,
    id bytea NOT NULL CHECK (length(id) = 16)
);
CREATE UNIQUE INDEX records_stream ON records (originator_id, originator_version);
CREATE UNIQUE INDEX records_id ON records (id);
CREATE TABLE corrections (target bytea PRIMARY KEY, record bigint NOT NULL);
CREATE TABLE sections (
    record bigint NOT NULL,
    name text COLLATE "C" NOT NULL,
    salt bytea NOT NULL,
    data bytea NOT NULL,
    PRIMARY KEY (record, name)
);
CREATE TABLE seals (size bigint PRIMARY KEY, note bytea NOT NULL);
CREATE TABLE frontiers (stream integer PRIMARY KEY, data bytea NOT NULL);
CREATE TABLE tiles (level integer NOT NULL, number bigint NOT NULL, hashes bytea NOT NULL,
    PRIMARY KEY (level, number));
"""

FUNCTIONS: Final[dict[str, str]] = {
    # nothing is sealed yet, and no more is there than init writes
    "is_begun() RETURNS boolean": """
    RETURN NOT EXISTS (SELECT FROM seals) AND (SELECT count(*) FROM (SELECT FROM records LIMIT 4) AS few) < 4;
""",
    "append_only() RETURNS trigger": """
    IF TG_OP <> 'UPDATE' AND is_begun() THEN RETURN OLD; END IF;
    RAISE EXCEPTION '% are append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
""",
    "records_follow() RETURNS trigger": """
    IF EXISTS (
        SELECT FROM (SELECT min(notification_id) AS first, max(notification_id) AS last, count(*) AS n
                     FROM added) AS a
        WHERE n > 0 AND (last - first + 1 <> n
            OR first <> (SELECT coalesce(max(notification_id) + 1, 0) FROM records
                         WHERE notification_id < a.first))
    ) OR EXISTS (
        SELECT FROM (SELECT originator_id, min(originator_version) AS first,
                     max(originator_version) AS last, count(*) AS n FROM added GROUP BY originator_id) AS s
        WHERE last - first + 1 <> n
            OR first <> (SELECT coalesce(max(originator_version) + 1, 0) FROM records AS r
                         WHERE r.originator_id = s.originator_id AND originator_version < s.first)
    ) THEN
        RAISE EXCEPTION 'records are append-only: the next one has another index or position'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
""",
    "seals_follow() RETURNS trigger": """
    IF NEW.size <= (SELECT coalesce(max(size), -1) FROM seals) THEN
        RAISE EXCEPTION 'seals are append-only' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
""",
    "keep_frontiers(streams integer[], kept bytea[]) RETURNS void": """
    INSERT INTO frontiers SELECT * FROM unnest(streams, kept)
    ON CONFLICT (stream) DO UPDATE SET data = excluded.data;
""",
    # emptied and filled again: a deleted row's bytes stay in its page
    "erase_sections(indexes bigint[], names text[]) RETURNS void": """
    DECLARE others sections[];
    BEGIN
    LOCK TABLE sections IN ACCESS EXCLUSIVE MODE;
    SELECT array_agg(s) INTO others FROM sections AS s
        WHERE NOT EXISTS (SELECT FROM unnest(indexes, names) AS e(i, n) WHERE i = s.record AND n = s.name);
    TRUNCATE sections;
    INSERT INTO sections SELECT * FROM unnest(others);
    END;
""",
    "drop_document(digest text) RETURNS void": f"""
    DELETE FROM sections WHERE record = {DOCUMENTS} AND name = digest;
""",
    "begin_again() RETURNS void": """
    IF NOT is_begun() THEN
        RAISE EXCEPTION 'this is a book' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    DELETE FROM records;
    DELETE FROM corrections;
    DELETE FROM sections;
    DELETE FROM frontiers;
    DELETE FROM tiles;
""",
}
"""Bodies of the functions, by their declaration."""

GRANTED: Final = (
    "keep_frontiers(integer[], bytea[])",
    "erase_sections(bigint[], text[])",
    "drop_document(text)",
    "begin_again()",
)

TRIGGERS: Final[dict[str, str]] = {
    "records_follow": (
        "AFTER INSERT ON records REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION"
        " records_follow()"
    ),
    "seals_follow": "BEFORE INSERT ON seals FOR EACH ROW EXECUTE FUNCTION seals_follow()",
    **{
        f"{table}_append_only": (
            f"BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION append_only()"
        )
        for table in APPENDED
    },
    **{
        f"{table}_not_emptied": (
            f"BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION append_only()"
        )
        for table in APPENDED
    },
}


def body_of(text: str) -> str:
    """The body of a function as the server keeps it."""
    return text if text.strip().startswith("DECLARE") else f"\n    BEGIN{text}    END;\n"


def script(address: Address) -> str:
    """The SQL that makes the schema and lets the role write it; safe to read before it is run, and to run in
    ``psql`` as a superuser, or as one who may create roles and schemas.
    """
    schema, role = f'"{address.schema}"', '"{}"'.format(address.role.replace('"', '""'))
    quoted = role.replace("'", "''")
    lines = [
        "BEGIN;",
        f"DO $$BEGIN IF to_regrole('{quoted}') IS NULL THEN CREATE ROLE {role} LOGIN; END IF; END$$;",
        f"CREATE SCHEMA {schema};",
        f"SET LOCAL search_path = {schema};",
        _TABLES.strip(),
    ]
    for declared, body in FUNCTIONS.items():
        lines.append(
            f"CREATE FUNCTION {declared} LANGUAGE plpgsql SECURITY DEFINER"
            f" SET search_path = {schema}, pg_temp AS $${body_of(body)}$$;"
        )
    lines += [f"CREATE TRIGGER {name} {rest};" for name, rest in TRIGGERS.items()]
    lines += [
        f"REVOKE ALL ON ALL FUNCTIONS IN SCHEMA {schema} FROM PUBLIC;",
        f"GRANT USAGE ON SCHEMA {schema} TO {role};",
        f"GRANT SELECT ON {', '.join(TABLES)} TO {role};",
        f"GRANT INSERT ON {', '.join(INSERTED)} TO {role};",
        f"GRANT EXECUTE ON FUNCTION {', '.join(GRANTED)} TO {role};",
        "COMMIT;",
    ]
    return "\n".join(lines) + "\n"
