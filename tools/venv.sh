#!/usr/bin/env bash
# Makes .venv, or mends it, and installs a list of pinned packages: tools/venv.sh requirements.txt
#
# Takes the first Python on the PATH that is new enough; PYTHON=... names another.
set -euo pipefail
exec </dev/null
cd "$(dirname "$0")/.."

venv=.venv
oldest="3.11"

new_enough() {
  "$1" -c 'import sys; sys.exit(sys.version_info < tuple(map(int, sys.argv[1].split("."))))' \
    "$oldest" 2>/dev/null
}

find_python() {
  local name
  for name in ${PYTHON:-python3 python3.14 python3.13 python3.12 python3.11}; do
    if command -v "$name" >/dev/null && new_enough "$name"; then echo "$name"; return; fi
  done
  echo "Parley needs Python $oldest or newer; please install it (or name it: make setup PYTHON=...)" >&2
  return 1
}

# The Debian package that holds the venv module of that Python.
venv_package() {
  case $(basename "$1") in
    python3.*) echo "$(basename "$1")-venv" ;;
    *) echo "python3-venv" ;;
  esac
}

if ! new_enough "$venv/bin/python" || ! "$venv/bin/python" -m pip --version >/dev/null 2>&1; then
  python=$(find_python)
  PYTHON=$python tools/need.sh "$(venv_package "$python")"
  echo "Making $venv with $("$python" --version)"
  "$python" -m venv --clear "$venv"
fi

echo "Installing what $1 names"
"$venv/bin/python" -m pip install --quiet --no-input --disable-pip-version-check -r "$1"
