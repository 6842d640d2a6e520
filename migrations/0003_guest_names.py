"""What members' names look like, so that no guest can take a name that looks the same.

Frozen: the looks are made here as they were made when this file was written. Where the database
cannot undo a change of its schema, a step that was interrupted is taken up where it ended.
"""

import json
import unicodedata
from importlib.resources import files
from typing import Any

from peewee import BigAutoField, CharField, Field, Model

BATCH = 500
COLUMNS = ("username_look", "username_capitals", "nickname_look", "nickname_capitals")
EMBEDDED = "embedded:"
UNSEEN = frozenset(
    (
        *(0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0, 0x1D159),
        *range(0x180B, 0x1810),
        *range(0xFE00, 0xFE10),
        *range(0xE0100, 0xE01F0),
        *range(0x0300, 0x0370),
        *range(0x0483, 0x048A),
        *range(0x0610, 0x061B),
        *range(0x064B, 0x0660),
        0x0670,
        *range(0x1AB0, 0x1B00),
        *range(0x1DC0, 0x1E00),
        *range(0x20D0, 0x2100),
        *range(0xFE20, 0xFE30),
    )
)
ALSO_ALIKE = str.maketrans({"i": "l", "w": "vv"})


class BinaryKeyField(Field):
    field_type = "VARBINARY"

    def __init__(self, max_length: int = 255, **options: Any) -> None:
        self.max_length = max_length
        super().__init__(**options)

    def get_modifiers(self) -> list[int]:
        return [self.max_length]


def table(db: Any) -> Any:
    class User(Model):
        id = BigAutoField()
        username = CharField(max_length=191)
        kind = CharField(max_length=16)
        nickname = CharField(max_length=64)
        username_look = BinaryKeyField(null=True)
        username_capitals = BinaryKeyField(null=True)
        nickname_look = BinaryKeyField(null=True)
        nickname_capitals = BinaryKeyField(null=True)

        class Meta:
            database = db
            table_name = "user"

    return User


def up(migrator: Any, db: Any) -> None:
    there = {column.name for column in db.get_columns("user")}
    for name in COLUMNS:
        if name not in there:
            migrator.migrate(migrator.add_column("user", name, BinaryKeyField(null=True)))
    fill(table(db), db)
    indexed = {tuple(index.columns) for index in db.get_indexes("user")}
    for name in COLUMNS:
        if (name,) not in indexed:
            migrator.migrate(migrator.add_index("user", (name,)))


def down(migrator: Any, db: Any) -> None:
    indexes = {tuple(index.columns): index.name for index in db.get_indexes("user")}
    there = {column.name for column in db.get_columns("user")}
    for name in COLUMNS:
        if (name,) in indexes:
            migrator.migrate(migrator.drop_index("user", indexes[name,]))
        if name in there:
            migrator.migrate(migrator.drop_column("user", name))


def fill(user: Any, db: Any) -> None:
    """Guests have no look: nobody is kept from looking like one."""
    prototypes: dict[int, str] = {}
    last = 0
    while True:
        is_next = (user.id > last) & (user.kind != "guest")
        some = list(user.select().where(is_next).order_by(user.id).limit(BATCH))
        if not some:
            return
        # where nobody is yet it is not read: it takes longer than all other steps together
        prototypes = prototypes or read_prototypes()
        for one in some:
            username = one.username.removeprefix(EMBEDDED) if one.kind == "embedded" else None
            pair = keys(one.username if username is None else username, prototypes)
            one.username_look, one.username_capitals = pair
            one.nickname_look, one.nickname_capitals = keys(one.nickname, prototypes)
        with db.atomic():
            user.bulk_update(some, [getattr(user, name) for name in COLUMNS])
        last = some[-1].id


# -- looks, as app/access/lookalike.py made them -------------------------------------------------


def keys(name: str, prototypes: dict[int, str]) -> tuple[bytes, bytes | None]:
    written = key(look(unicodedata.normalize("NFKC", name), prototypes))
    capitals = key(look(folded(name).upper(), prototypes))
    return written, None if capitals == written else capitals


def key(text: str) -> bytes:
    return text.encode()[:255].decode(errors="ignore").encode()


def folded(name: str) -> str:
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())


def look(name: str, prototypes: dict[int, str]) -> str:
    once = folded(skeleton(name, prototypes))
    return folded(skeleton(once, prototypes)).translate(ALSO_ALIKE)


def skeleton(name: str, prototypes: dict[int, str]) -> str:
    return bare(bare(name).translate(prototypes))


def bare(name: str) -> str:
    return "".join(
        sign
        for sign in unicodedata.normalize("NFD", name)
        if not (ord(sign) in UNSEEN or unicodedata.category(sign) == "Cf")
    )


def read_prototypes() -> dict[int, str]:
    raw = files("confusable_homoglyphs").joinpath("confusables.json").read_bytes()
    pairs = {
        sign.strip("\u200e"): [other["c"].strip("\u200e") for other in others]
        for sign, others in json.loads(raw).items()
    }
    table: dict[int, str] = {}
    for sign, others in pairs.items():
        if len(sign) == 1 and len(others) == 1:
            (other,) = others
            if len(other) > 1 or len(pairs[other]) > 1 or other < sign:
                table[ord(sign)] = other
    return {number: bare(bare(drawn).translate(table)) for number, drawn in table.items()}
