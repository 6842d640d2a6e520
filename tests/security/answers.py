"""Paths that are asked for an answer, and the words that no answer may hold."""

import re

PAGES = [
    "/",
    "/widget.js",
    "/static/emoji.js",
    "/static/emoji/ar.json",
    "/static/page/page.css",
    "/static/vendor/jquery.min.js",
    "/avatar/1.svg",
]
ANSWERS = ["/api/v1/openapi.json", "/healthz", "/readyz", "/api/v1/users", "/useropt", "/metrics"]
ERRORS = ["/nothing", "/static/nothing.js", "/static/", "/static", "/favicon.ico", "/robots.txt"]
ERRORS += ["/static/..%2fapp/cli.py", "/static/%00", "/avatar/0.svg", "/api/v1/conversations/0/x"]
ERRORS += ["/user/chatwebsocket", "/api/v1/me?x=%ff", "/api/v1/users?query=%ff", "/%ff"]
NAMED = re.compile(r"Tornado|Python|Traceback|File \"|/site-packages/|peewee|\.py\b", re.IGNORECASE)
