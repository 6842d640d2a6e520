"""The ways to sign a token that the README shows are right, character for character."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import StartServer
from tests.security.site import call
from tests.services.parley import ROOT

SECRET = "a secret of the host site, long enough"
NAME = 'Ann "Å" 安'
# many sites' members are numbers
ARGUMENTS = f"42, '{NAME}', 'k1', '{SECRET}'"
NODE = ("node", "--input-type=module", "-e")
# language: the program that runs a text, and the call of the snippet's function
WAYS = {
    "python": ((sys.executable, "-c"), f"print(chat_token({ARGUMENTS}))"),
    "js": (NODE, f"console.log(chatToken({ARGUMENTS}))"),
}
if php := shutil.which("php"):  # nothing else of Parley needs it
    WAYS["php"] = ((php, "-r"), f"echo chat_token({ARGUMENTS});")


@pytest.mark.parametrize("language", WAYS)
def test_the_snippets_of_the_readme(
    start_server: StartServer, tmp_path: Path, language: str
) -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    (snippet,) = re.findall(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    program, ask = WAYS[language]
    command = [*program, f"{snippet}\n{ask}"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    secrets = tmp_path / "identities.json"
    secrets.write_text(json.dumps({"k1": SECRET}), "utf-8")
    secrets.chmod(0o600)
    server = start_server(identity_secrets_file=secrets)
    headers = {"Authorization": f"Bearer {done.stdout.strip()}"}
    me = call(server.url, "GET", "/api/v1/me", headers).data
    assert (me["username"], me["name"], me["kind"]) == ("42", NAME, "embedded")
