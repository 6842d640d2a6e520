import os
import sys
from pathlib import Path

SERVER = Path(__file__).with_name("server.mjs")

if __name__ == "__main__":
    os.execvp("node", ["node", str(SERVER), *sys.argv[2:]])  # noqa: S606 - without "serve"
