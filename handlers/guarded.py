"""What every answer shares, files and errors included: headers, and who may call from where."""

from __future__ import annotations

import logging
from types import TracebackType
from urllib.parse import urlsplit

from tornado.web import HTTPError, RequestHandler

log = logging.getLogger("parley.http")

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: https:; "
    "connect-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
HEADERS = {
    "Server": "Parley",
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


class GuardedHandler(RequestHandler):
    def set_default_headers(self) -> None:
        for name, value in HEADERS.items():
            self.set_header(name, value)

    def _origin_matches_host(self, origin: str) -> bool:
        """Tornado compares host and port; a page on http must not act for one on https either."""
        try:
            scheme = urlsplit(origin).scheme
        except ValueError:  # http://[
            return False
        if not super()._origin_matches_host(origin):
            return False
        if scheme != self.request.protocol:
            log.warning(
                "refused %r: here it is %s (behind a TLS proxy: --trust-proxy on)",
                origin,
                self.request.protocol,
            )
        return scheme == self.request.protocol

    def log_exception(
        self,
        typ: type[BaseException] | None,
        value: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        """One line without the query, which may hold what people search for.

        Tornado's own words quote it where it cannot be read, so only the status is told.
        """
        what = (self.request.method, self.request.path)
        if isinstance(value, HTTPError):
            log.info("%s %s: %d", *what, value.status_code)
        else:
            log.error("%s %s failed", *what, exc_info=value)
