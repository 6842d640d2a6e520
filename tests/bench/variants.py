"""The servers that are compared. A new one is one more line of VARIANTS."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass

from tests.bench.stores import Store
from tests.bench.tokens import Minter
from tests.services.parley import ParleyServer, SettingValue

IN_FLIGHT = 64  # more than any --window here


@dataclass(frozen=True)
class Variant:
    """One design. `dense`: it promises seq 1, 2, 3, ... in every conversation."""

    name: str
    module: str
    dense: bool = False
    history: bool = False  # it answers realtime-chat
    ordered: bool = True  # it claims to keep the order, so that reordering is a fault
    stores: bool = True  # it has a database, and says all that Parley says
    databases: tuple[str, ...] = ("sqlite", "mariadb")


VARIANTS = {
    variant.name: variant
    for variant in (
        Variant("naive", "tests.bench.naive"),
        Variant("parley", "app", dense=True, history=True),
        Variant("stock", "tests.bench.stock_wire", dense=True),
        Variant("node", "tests.bench.node", ordered=False, databases=("mariadb",)),
        Variant("echo", "tests.bench.echo", stores=False, databases=("mariadb",)),
        Variant("own-echo", "tests.bench.own_echo", stores=False, databases=("mariadb",)),
    )
}


@dataclass
class Running:
    """A variant's server on a database of its own."""

    variant: Variant
    store: Store
    server: ParleyServer
    database_url: str


def start(
    variant: Variant, store: Store, minter: Minter, stack: ExitStack, **settings: SettingValue
) -> Running:
    """Start one with every limit off but those that are named; the stack ends it.

    Parley's log must be clean by then.
    """
    url = store.new_url()
    server = ParleyServer(
        module=variant.module,
        database_url=url,
        identity_secrets_file=minter.file,
        in_flight=IN_FLIGHT,
        ping_interval=25,
        ping_timeout=5,
    )
    server.settings.update(settings)
    server.start()
    stack.callback(server.finish if variant.module == "app" else server.close)
    return Running(variant, store, server, url)
