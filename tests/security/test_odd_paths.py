"""No path leads anywhere else: neither to another site nor to a file that is not served."""

import pytest

from tests.security.site import call
from tests.services.parley import ParleyServer


@pytest.mark.parametrize(
    "path",
    [
        "//evil.example",
        "//evil.example/%2e%2e",
        "/\\evil.example",
        "/%09/evil.example",
        "/static//evil.example",
        "/static/..//evil.example",
        "/?next=https://evil.example",
        "/?redirect=//evil.example",
        "/api/v1/session?next=https://evil.example",
        "/https://evil.example",
        "/.//evil.example",
        "/static/page",
        "/static/page/",
        "/api/v1/",
        "/api/v1/users/",
    ],
)
def test_nobody_is_sent_anywhere(site: ParleyServer, path: str) -> None:
    for method in ("GET", "POST", "DELETE"):
        reply = call(site.url, method, path, {"X-Forwarded-Host": "evil.example"})
        assert reply.status not in range(300, 400)
        assert reply.headers["Location"] is None
        assert b"evil.example" not in reply.body


@pytest.mark.parametrize(
    "path",
    [
        "/static/../app/cli.py",
        "/static/%2e%2e/app/cli.py",
        "/static/..%2fapp%2fcli.py",
        "/static/%2e%2e%2fapp/cli.py",
        "/static/..\\app\\cli.py",
        "/static/....//app/cli.py",
        "/static//etc/passwd",
        "/static/%2fetc%2fpasswd",
        "/static//srv/../../../../../../../../etc/passwd",
        "/static/parley/../../app/cli.py",
        "/static/page/page.css%00.js",
        "/static/./../setup.cfg",
        "/static/~root/.profile",
        "/static/..;/setup.cfg",
        "/static/%c0%ae%c0%ae/setup.cfg",
        "/templates/base.html",
        "/app/cli.py",
        "/.git/config",
        "/var/secret",
        "/static/../data/secret",
    ],
)
def test_only_files_of_the_static_folder_are_served(site: ParleyServer, path: str) -> None:
    reply = call(site.url, "GET", path)
    assert reply.status in (400, 403, 404)
    assert b"import" not in reply.body
    assert b"root:" not in reply.body
    assert len(reply.body) < 200
