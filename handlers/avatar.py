"""A picture for everybody who brought none: made from the user id, from no outside service.

It says nothing but the id, so it may be public and cached for ever.
"""

from __future__ import annotations

import colorsys
import hashlib

from handlers.base import BaseHandler

CELLS = 5


class AvatarHandler(BaseHandler):
    async def get(self, user_id: str) -> None:
        self.set_header("Content-Type", "image/svg+xml")
        self.set_header("Cache-Control", "public, max-age=31536000, immutable")
        self.set_header("Cross-Origin-Resource-Policy", "cross-origin")
        self.finish(draw(int(user_id)))


def draw(user_id: int) -> str:
    """A symmetrical pattern of 5 x 5 cells in one colour on its pale shade, as SVG."""
    digest = hashlib.sha256(b"avatar:%d" % user_id).digest()
    hue = digest[0] / 256
    cells = "".join(
        f'<rect x="{column + 1}" y="{row + 1}" width="1.02" height="1.02"/>'
        for row in range(CELLS)
        for column in range(CELLS)
        if digest[1 + row * 3 + min(column, CELLS - 1 - column)] & 1
    )
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 7 7" shape-rendering="crispEdges">'
        f'<rect width="7" height="7" fill="{_colour(hue, 0.9, 0.4)}"/>'
        f'<g fill="{_colour(hue, 0.45, 0.5)}">{cells}</g></svg>'
    )


def _colour(hue: float, lightness: float, saturation: float) -> str:
    red, green, blue = colorsys.hls_to_rgb(hue, lightness, saturation)
    return f"#{round(red * 255):02x}{round(green * 255):02x}{round(blue * 255):02x}"
