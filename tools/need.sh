#!/usr/bin/env bash
# Makes sure that programs are there: tools/need.sh mariadb-server-core chromium ...
#
# Takes the names of Debian packages. What is missing is installed with apt where that is possible
# without asking anybody (as root, or by a sudo that wants no password). Where it is not, says what
# to install and fails. With --if-any before them it is enough to have tried: what makes things
# quicker, and is not packaged everywhere.
set -euo pipefail
exec </dev/null

# Servers live in folders that are not on everybody's PATH.
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
python=${PYTHON:-python3}

any_of() {
  local name
  for name in "$@"; do command -v "$name" >/dev/null && return; done
  return 1
}

# Whether the thing that a package is needed for is there, wherever it came from.
present() {
  case $1 in
    mariadb-server-core) any_of mariadbd && any_of mariadb-install-db ;;
    mariadb-client-core) any_of my_print_defaults ;; # mariadb-install-db calls it
    redis-server) any_of redis-server valkey-server ;;
    chromium) any_of chromium chromium-browser google-chrome google-chrome-stable ;;
    chromium-headless-shell) any_of chromium-headless-shell ;;
    nodejs) node -e 'process.exit(parseInt(process.versions.node) < 18 ? 1 : 0)' 2>/dev/null ;;
    npm) any_of npm ;;
    python3*-venv) "$python" -c 'import ensurepip, venv' 2>/dev/null ;;
    *) echo "need.sh does not know how to look for $1" >&2; exit 2 ;;
  esac
}

describe() {
  case $1 in
    mariadb-server-core) echo "MariaDB's server (mariadbd and mariadb-install-db)" ;;
    mariadb-client-core) echo "MariaDB's my_print_defaults" ;;
    redis-server) echo "Redis (redis-server)" ;;
    chromium) echo "Chromium or Chrome" ;;
    nodejs) echo "Node.js 18 or newer (node)" ;;
    npm) echo "npm" ;;
    python3*-venv) echo "Python's venv module, with ensurepip" ;;
  esac
}

# Whether apt knows of all of them, from the last time that it looked.
offered() {
  local package
  for package in "$@"; do
    [[ $(apt-cache policy "$package" 2>/dev/null) == *Candidate:\ [0-9]* ]] || return 1
  done
}

# The words that put a command into root's hands, or failure where nobody is there to type a password.
as_root() {
  if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo -n "$@"; fi
}

can_install() {
  command -v apt-get >/dev/null || return 1
  [ "$(id -u)" -eq 0 ] || sudo -n true 2>/dev/null
}

missing() {
  local package
  for package in "$@"; do present "$package" || echo "$package"; done
}

apt=(env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=300)
optional=
[ "${1-}" = --if-any ] && { optional=yes; shift; }
mapfile -t packages < <(missing "$@")
[ ${#packages[@]} -eq 0 ] && exit

if [ -n "$optional" ]; then
  can_install && offered "${packages[@]}" || exit 0
  echo "Installing ${packages[*]} with apt, to be quicker"
  # a mirror that does not answer is not waited for
  as_root "${apt[@]}" -o Acquire::Retries=0 -o Acquire::http::Timeout=20 \
    install --no-install-recommends "${packages[@]}" >/dev/null 2>&1 || true
  exit 0
fi

if can_install; then
  echo "Installing ${packages[*]} with apt"
  as_root "${apt[@]}" update >/dev/null
  as_root "${apt[@]}" install --no-install-recommends "${packages[@]}" >/dev/null || true
  hash -r
  mapfile -t packages < <(missing "$@")
  [ ${#packages[@]} -eq 0 ] && exit
fi

{
  echo "Missing, please install:"
  for package in "${packages[@]}"; do
    echo "  $(describe "$package")"
  done
  echo "On Debian or Ubuntu: sudo apt-get install ${packages[*]}"
} >&2
exit 1
