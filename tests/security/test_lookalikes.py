"""No guest passes for a member: by letters of another script, a digit or an accent."""

from http import HTTPStatus

import pytest

from tests.client import PASSWORD, Reply, sign_up
from tests.conftest import StartServer
from tests.oracle import read_rows
from tests.security.site import by_token, call, post, token
from tests.services.parley import QUICK, ParleyServer

# (a member's name, what guests come in as)
PRETENDERS = [
    ("Alice", ["аlice", "Аlice", "AlICE", "AІісе", "ALІСЕ", "A1ice", "A|ice", "Alicе", "Ꭺlice"]),
    (
        "diana",
        ["díana", "d\u0323iana", "di\u0332ana", "ｄiana", "𝒹iana", "diɑna", "dιαnα", "ԁіаnа"],
    ),
    ("mark", ["rnark", "Rnark", "mаrk", "МАRK", "ｒｎark"]),
    ("BOB", ["ВОВ", "B0B", "bob", "böb", "ƅob", "ᏴOB", "b\u0307ob"]),
    ("Вова", ["BOBA", "Вoвa", "вoва", "B0BA", "ВОВÁ"]),
    ("νίκος", ["vίκος", "viкoς", "ΝΊΚΟΣ", "NΊKOΣ"]),
    ("will", ["vvill", "wiII", "WILL", "wi11"]),
    ("محمد", ["مُحَمَّد", "ﻣﺤﻤﺪ"]),
    ("工口", ["エロ", "工ロ"]),
    ("Łukasz", ["Lukasz", "łukasz", "ƚukasz"]),
    ("Jane O'Hara", ["Jane O’Hara", "Jane 0'Hara", "JANE OʼHARA"]),
]
# (a member's name, what is somebody else's)
OTHERS = [
    ("bob", ["bo", "bobb", "rob", "bob2", "鲍勃", "ბობ"]),
    ("王伟", ["王玮", "王", "伟王", "王伟伟", "汪伟"]),
    ("田中", ["田口", "中田", "田中さん", "たなか"]),
    ("かき", ["がき", "かぎ", "カギ"]),
    ("محمد", ["محمود", "أحمد", "حمد"]),
    ("राम", ["रामे", "रम", "रोम"]),
    ("김민준", ["김민서", "이민준"]),
    ("สมชาย", ["สมหญิง", "สมชัย"]),
    ("Анна", ["Инна", "Яна"]),
]


def enter(server: ParleyServer, nickname: str = "", language: str = "en") -> Reply:
    return post(server.url, "/api/v1/guests", {"nickname": nickname}, {"Accept-Language": language})


def check_taken(server: ParleyServer, nickname: str) -> None:
    reply = enter(server, nickname)
    assert reply.envelope["errorcode"] == -5, (nickname, ascii(nickname))
    assert reply.headers["Set-Cookie"] is None


@pytest.fixture
def both(database_url: str, start_server: StartServer) -> ParleyServer:
    return start_server(module=QUICK, database_url=database_url, guests=True)


async def test_a_guest_looks_like_no_member(both: ParleyServer) -> None:
    for name, pretenders in PRETENDERS:
        await sign_up(both.url, name)
        for pretender in pretenders:
            check_taken(both, pretender)


async def test_names_of_every_script_are_there_for_guests(both: ParleyServer) -> None:
    for name, _ in OTHERS:
        await sign_up(both.url, name)
    for name, others in OTHERS:
        for other in others:
            assert enter(both, other).status == HTTPStatus.CREATED, (name, other)


def test_a_guest_is_not_like_the_name_that_a_member_is_shown_by(site: ParleyServer) -> None:
    body = {"username": "u-18", "nickname": "Support: Maria", "password": PASSWORD}
    assert post(site.url, "/api/v1/users", body).status == HTTPStatus.CREATED
    call(site.url, "GET", "/api/v1/me", by_token(token("seller-10", name="Shop Owner")))
    call(site.url, "GET", "/api/v1/me", by_token(token("Clara")))  # shown by its id
    for name in ("u-l8", "Shop 0wner", "Ѕhор Оwner", "Shop Ovvner", "seller-lo", "CIara", "Сlаrа"):
        check_taken(site, name)


def test_the_look_goes_with_the_name(site: ParleyServer) -> None:
    """A host's member is given another name: the one is free, the other is taken."""
    for name in ("Zoltan", "Quentin"):
        member = call(site.url, "GET", "/api/v1/me", by_token(token("renamed", name=name))).data
        assert member["name"] == name
        check_taken(site, name.replace("o", "ο").replace("e", "е"))
    assert enter(site, "Zοltan").status == HTTPStatus.CREATED


def test_a_member_is_never_refused_for_looking_like_a_guest(site: ParleyServer) -> None:
    assert enter(site, "early bird").status == HTTPStatus.CREATED
    body = {"username": "eаrly bird", "password": PASSWORD}
    assert post(site.url, "/api/v1/users", body).status == HTTPStatus.CREATED
    hosted = call(site.url, "GET", "/api/v1/me", by_token(token("77", name="early bird")))
    assert hosted.data["name"] == "early bird"
    check_taken(site, "EARLY BIRD")


@pytest.mark.parametrize(
    ("language", "word", "drawn"),
    [
        ("en", "Guest ", "lO"),
        ("zh-CN", "游客", "IО"),
        ("zh-TW", "訪客", "|o"),
        ("ar", "ضيف ", "١0"),
    ],
)
async def test_numbers_go_on_past_members_who_look_like_one(
    start_server: StartServer, language: str, word: str, drawn: str
) -> None:
    server = start_server(guests=True)
    numbers = [enter(server, "", language).data["name"] for _ in range(7)]
    assert numbers == [f"{word}{number}" for number in range(1, 8)]
    for number in ("10", "11", "12"):  # users 8, 9 and 10: the next guest would be number 11
        await sign_up(server.url, word + number.translate(str.maketrans("10", drawn)))
    assert enter(server, "", language).data["name"] == f"{word}13"


def test_guests_have_no_look(database_url: str, start_server: StartServer) -> None:
    """Those who came and went must not make the question longer."""
    server = start_server(module=QUICK, database_url=database_url, guests=True)
    assert enter(server, "visitor").status == HTTPStatus.CREATED
    columns = "username_look, username_capitals, nickname_look, nickname_capitals"
    assert read_rows(database_url, f"SELECT {columns} FROM user") == [(None,) * 4]
