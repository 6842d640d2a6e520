"""The pages and the files they load."""

from __future__ import annotations

from typing import Any

from tornado.web import HTTPError, StaticFileHandler

from app.messaging import protocol
from app.messaging.errors import Errorcode, Refused
from app.messaging.languages import words_of
from app.rooms.names import parse_room
from handlers.base import BaseHandler, name_allowed
from handlers.guarded import GuardedHandler

RIGHT_TO_LEFT = ("ar", "he", "fa", "ur")


class PageHandler(BaseHandler):
    """A page for who is signed in; sign-in and sign-up for everybody else."""

    async def show(self, template: str, **more: str) -> None:
        self.set_header("Cache-Control", "no-store")
        try:
            person = await self.signed_in()
        except Refused as refused:
            if refused.code is not Errorcode.NOT_SIGNED_IN:
                self.refuse(refused)
                return
            self._page("login.html", me="null")
            return
        me = self.parley.shapes.user(person)
        self._page(template, me=protocol.encode(me).decode(), **more)

    def _page(self, template: str, **more: str) -> None:
        options = self.parley.options
        self.render(
            template,
            locale=self.locale_code,
            direction="rtl" if self.locale_code[:2] in RIGHT_TO_LEFT else "ltr",
            registration=options.registration == "open",
            guests=options.guests,
            words=words_of(self.locale_code),
            asset=self.static_url,
            **more,
        )


class IndexHandler(PageHandler):
    """`/`: the messenger."""

    async def get(self) -> None:
        await self.show("index.html")


class RoomsHandler(PageHandler):
    """`/rooms`: the public rooms."""

    async def get(self) -> None:
        await self.show("rooms.html")


class RoomHandler(PageHandler):
    """`/rooms/<name>`: one room; the page joins it."""

    async def get(self, room: str) -> None:
        try:
            name = parse_room({"room": room})
        except Refused as refused:
            self.refuse(refused)
            return
        await self.show("room.html", room=name)


class AssetHandler(GuardedHandler, StaticFileHandler):
    """Static files with the same strict headers; unversioned ones are asked for again."""

    def parse_url_path(self, url_path: str) -> str:
        if "\0" in url_path:  # no file has such a name, and the system would not even look
            raise HTTPError(404)
        return super().parse_url_path(url_path)

    def set_extra_headers(self, path: str) -> None:
        # modules load from other origins only with this; the files are the same for everybody
        self.set_header("Access-Control-Allow-Origin", "*")
        self.set_header("Cross-Origin-Resource-Policy", "cross-origin")
        if "v" not in self.request.arguments:
            self.set_header("Cache-Control", "no-cache")

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        self.set_header("Content-Type", "text/plain; charset=UTF-8")
        name_allowed(self, status_code)
        self.finish(f"{status_code}\n")


class WidgetHandler(AssetHandler):
    """`/widget.js`, the address that host sites write down; there is one file behind it."""

    async def get(self, path: str = "widget.js", include_body: bool = True) -> None:
        await super().get(path, include_body)

    async def head(self, path: str = "widget.js") -> None:
        await super().head(path)
