"""The URL map: what there is to ask for (/static/ is added by the application)."""

from __future__ import annotations

from pathlib import Path

from tornado.routing import URLSpec
from tornado.web import RequestHandler

from handlers import account, api, avatar, chat, health, openapi, pages, rooms, useropt

ROOT = Path(__file__).resolve().parent.parent
STATIC = ROOT / "static"
TEMPLATES = ROOT / "templates"

# at most 15 digits: below 2**53, and a longer one is no page
USER = r"([1-9]\d{0,14})"
# a name in any script, percent-encoded
ROOM = r"([^/]+)"
API = "/api/v1"


def routes() -> list[URLSpec]:
    return [
        _route("/", pages.IndexHandler),
        URLSpec(r"/widget\.js", pages.WidgetHandler, {"path": str(STATIC)}),
        _route("/user/chatwebsocket", chat.WebsocketChatHandler),
        _route("/useropt", useropt.UseroptHandler),
        _route(f"{API}/openapi.json", openapi.OpenApiHandler),
        _route(f"{API}/session", account.SessionHandler),
        _route(f"{API}/users", account.UsersHandler),
        _route(f"{API}/users/{USER}", api.UserHandler),
        _route(f"{API}/guests", account.GuestsHandler),
        _route(f"{API}/me", account.MeHandler),
        _route(f"{API}/conversations", api.ConversationsHandler),
        _route(f"{API}/conversations/{USER}/messages", api.MessagesHandler),
        _route(f"{API}/conversations/{USER}/read", api.ReadHandler),
        _route(f"{API}/rooms", rooms.RoomsHandler),
        _route(f"{API}/rooms/{ROOM}/messages", rooms.RoomMessagesHandler),
        _route(f"{API}/rooms/{ROOM}/messages/{USER}", rooms.RoomMessageHandler),
        _route(f"{API}/rooms/{ROOM}/read", rooms.RoomReadHandler),
        _route(f"{API}/rooms/{ROOM}/removed", rooms.RoomRemovedHandler),
        _route(f"{API}/rooms/{ROOM}/members", rooms.RoomMembersHandler),
        _route(f"{API}/rooms/{ROOM}/members/me", rooms.RoomMembershipHandler),
        _route(f"{API}/rooms/{ROOM}/members/{USER}", rooms.RoomMemberHandler),
        _route("/rooms", pages.RoomsHandler),
        _route(f"/rooms/{ROOM}", pages.RoomHandler),
        _route(f"/avatar/{USER}\\.svg", avatar.AvatarHandler),
        _route("/healthz", health.AliveHandler),
        _route("/readyz", health.ReadyHandler),
        _route("/metrics", health.MetricsHandler),
    ]


def _route(pattern: str, handler: type[RequestHandler]) -> URLSpec:
    return URLSpec(pattern, handler)
