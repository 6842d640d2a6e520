"""Models and migrations say the same."""

from __future__ import annotations

import re
from typing import Any

import pytest
from peewee import Database, Field, Model

from models import schema
from models.base import is_sqlite
from tests.schema.tables import MODELS


def declared(db: Database, field: Field[Any]) -> str:
    """The field's type as DDL, in lower case."""
    text, _ = db.get_sql_context().sql(field.ddl_datatype(db.get_sql_context())).query()
    return str(text).lower()


def found_types(db: Database, table: str) -> dict[str, str]:
    """column -> type as the database has it."""
    if is_sqlite(db):
        rows = db.execute_sql(f'PRAGMA table_info("{table}")').fetchall()
        return {row[1]: row[2].lower() for row in rows}
    query = (
        "SELECT column_name, column_type FROM information_schema.columns"
        " WHERE table_schema = DATABASE() AND table_name = %s"
    )
    rows = db.execute_sql(query, (table,)).fetchall()
    return {name: str(kind).lower() for name, kind in rows}


def same_type(wanted: str, found: str) -> bool:
    """`bigint` is bigint(20) in MariaDB, and `bigint auto_increment` is a bigint."""

    def plain(text: str) -> str:
        word = re.sub(r"^(bigint|int|integer)\(\d+\)", r"\1", text.split()[0])
        return "int" if word == "integer" else word

    return plain(wanted) == plain(found)


@pytest.mark.parametrize("model", MODELS, ids=[model.__name__ for model in MODELS])
def test_models_describe_what_migrations_made(db: Database, model: type[Model]) -> None:
    schema.migrate(db)
    meta = model._meta
    with db.connection_context():
        columns = {column.name: column for column in db.get_columns(meta.table_name)}
        fields = {field.column_name: field for field in meta.sorted_fields}
        assert list(columns) == list(fields)
        types = found_types(db, meta.table_name)
        keys = {field.column_name for field in meta.get_primary_keys()}
        for name, field in fields.items():
            assert columns[name].null == field.null, name
            assert columns[name].primary_key == (name in keys), name
            wanted = declared(db, field)
            assert same_type(wanted, types[name]), (name, wanted, types[name])
        made = {
            (tuple(index.columns), index.unique)
            for index in db.get_indexes(meta.table_name)
            if index.name != "PRIMARY" and not index.name.startswith("sqlite_autoindex")
        }
        wanted_indexes = {
            (tuple(field.column_name for field in index._expressions), bool(index._unique))
            for index in meta.fields_to_index()
        }
        # MariaDB makes an index of its own for a foreign key that has none
        extra = {((field.column_name,), False) for field in meta.refs if not is_sqlite(db)}
        assert wanted_indexes <= made
        assert made - wanted_indexes <= extra
        foreign = {
            (key.column, key.dest_table, key.dest_column)
            for key in db.get_foreign_keys(meta.table_name)
        }
        assert foreign == {
            (field.column_name, field.rel_model._meta.table_name, field.rel_field.column_name)
            for field in meta.refs
        }
