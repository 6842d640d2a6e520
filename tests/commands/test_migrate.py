"""migrate: forward, back, to nowhere, twice at once, and never below a newer schema."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.commands.running import FIRST, run
from tests.oracle import read_rows
from tests.scene import change
from tests.services.parley import run_parley


def test_migrate_forward_and_back(database: tuple[str, str]) -> None:
    applied = run("migrate", *database).splitlines()
    assert applied[0] == f"applied {FIRST}"
    assert run("migrate", *database) == "nothing to do\n"
    assert run("migrate", *database, "--back").startswith("reverted ")
    assert run("migrate", *database, "--to", FIRST) in (f"applied {FIRST}\n", "nothing to do\n")
    reverted = run("migrate", *database, "--back", "--to", FIRST).splitlines()
    assert reverted[-1] == f"reverted {FIRST}"
    assert run("migrate", *database).splitlines() == applied


def test_migrate_to_nowhere_is_one_line(database: tuple[str, str]) -> None:
    for more in (("--to", "9999_nowhere"), ("--back", "--to", "9999_nowhere")):
        error = run("migrate", *database, *more, code=2)
        assert error.startswith("parley: ")
        assert (len(error.splitlines()), "9999_nowhere" in error) == (1, True)


def test_migrate_makes_a_new_epoch(database: tuple[str, str], database_url: str) -> None:
    run("migrate", *database)
    before = read_rows(database_url, "SELECT epoch FROM storage")
    told = run("migrate", *database, "--new-epoch").splitlines()
    after = read_rows(database_url, "SELECT epoch FROM storage")
    assert told == ["nothing to do", f"epoch {after[0][0]}"]
    assert before != after


def test_two_that_migrate_at_once_do_no_harm(mariadb_url: str) -> None:
    """Two processes of one installation start together on an empty database."""
    database = ("--database-url", mariadb_url)
    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(lambda _: run_parley("migrate", *database), range(2)))
    assert [one.returncode for one in done] == [0, 0], [one.stderr for one in done]
    assert read_rows(mariadb_url, "SELECT COUNT(*) FROM storage") == [(1,)]
    told = [one.stdout for one in done]
    assert "nothing to do\n" in told
    assert any(f"applied {FIRST}" in text for text in told)


def test_an_older_version_does_not_start_on_a_newer_schema(
    database: tuple[str, str], database_url: str, tmp_path: Path
) -> None:
    run("migrate", *database)
    row = "VALUES (9999, '9999_later', '2030-01-01 00:00:00')"
    change(database_url, f"INSERT INTO schema_migration (id, name, applied) {row}")
    where = (*database, "--data-dir", str(tmp_path))
    for command in (
        ("serve", *where),
        ("serve", *where, "--migrate", "off"),
        ("migrate", *database),
        ("migrate", *database, "--back"),
    ):
        error = run(*command, code=2)
        assert error.startswith("parley: ")
        assert (len(error.splitlines()), "9999_later" in error) == (1, True)
    assert "a newer version: 9999_later" in run("check", *where, code=1)
