#!/usr/bin/env bash
# Makes sure that programs are there: tools/need.sh mariadb-server-core chromium ...
#
# Takes the names of Debian packages. What is missing is installed with apt where that is possible
# without asking anybody (as root, or by a sudo that wants no password). Where it is not, says what
# to install and fails.
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

mapfile -t packages < <(missing "$@")
[ ${#packages[@]} -eq 0 ] && exit

if can_install; then
  echo "Installing ${packages[*]} with apt"
  apt=(env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=300)
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
