"""check: what is fine, and what is missing."""

from pathlib import Path

from tests.commands.running import FIRST, run


def test_check_says_what_is_fine_and_what_is_missing(
    database: tuple[str, str], tmp_path: Path, keys: Path
) -> None:
    check = ("check", *database, "--data-dir", str(tmp_path / "data"))
    assert f"needs migrations: {FIRST}" in run(*check, code=1)
    run("migrate", *database)
    told = run(*check, "--identity-secrets-file", str(keys))
    assert "settings: fine; 1 cookie secret(s)" in told
    assert "database: fine" in told


def test_check_of_a_database_that_is_away(tmp_path: Path) -> None:
    data = ("--data-dir", str(tmp_path))
    told = run("check", *data, "--database-url", "mysql://u:p@127.0.0.1:1/x", code=1)
    assert "database: not reachable" in told


def test_check_finds_identity_secrets_that_cannot_be_read(tmp_path: Path) -> None:
    broken = tmp_path / "keys.json"
    url = ("--database-url", f"sqlite:///{tmp_path / 'x.db'}", "--data-dir", str(tmp_path))
    run("migrate", *url)
    for text in ("", "[]", '{"kid": 7}', "{"):
        broken.write_text(text)
        error = run("check", *url, "--identity-secrets-file", str(broken), code=2)
        assert error.startswith(f"parley: identity_secrets_file: {broken} ")
        assert len(error.splitlines()) == 1
