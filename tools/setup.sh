#!/usr/bin/env bash
# Makes the environment .venv from requirements.lock; does nothing when it is up to date.
# Usage: tools/setup.sh [lock]     ("lock" writes requirements.lock anew from pyproject.toml instead)
#
# Written: .venv, .venv-uv and hizmet_masasi.egg-info in the project's folder, and the package cache. Nothing else.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
root=$PWD
stamp=.venv/.stamp

fail() {
  printf 'hizmet-masasi: %s\n' "$*" >&2
  exit 1
}

# The path of a Python 3.11, or nothing. $PYTHON names one; pyenv's own versions are looked at last.
find_python() {
  local candidate
  for candidate in "${PYTHON:-}" python3.11 python3 python \
    "${PYENV_ROOT:-${HOME:-/nonexistent}/.pyenv}"/versions/3.11.*/bin/python; do
    [ -n "$candidate" ] || continue
    "$candidate" -c 'import sys; sys.version_info[:2] == (3, 11) or sys.exit(1); print(sys.executable)' 2>/dev/null &&
      return
  done
  return 1
}

# uv doesn't read pip's settings: where the machine's owner gave pip an index or certificates, uv gets the same.
follow_pip() {
  local python=$1 index=${PIP_INDEX_URL:-}
  if [ -z "${UV_DEFAULT_INDEX:-}${UV_INDEX_URL:-}" ]; then
    [ -n "$index" ] || index=$("$python" -m pip config get global.index-url 2>/dev/null) || index=
    [ -z "$index" ] || export UV_DEFAULT_INDEX=$index
  fi
  if [ -z "${SSL_CERT_FILE:-}" ] && [ -n "${PIP_CERT:-}" ]; then export SSL_CERT_FILE=$PIP_CERT; fi
  export UV_HTTP_TIMEOUT=${UV_HTTP_TIMEOUT:-180} UV_PYTHON_DOWNLOADS=never
}

# Sets `uv`: the one on the PATH, else our own, installed with its hash checked.
find_uv() {
  local python=$1
  uv=$(command -v uv || true)
  if [ -n "$uv" ] && "$uv" pip compile --help 2>/dev/null | grep -q -- --group; then return; fi
  uv=.venv-uv/bin/uv
  if "$uv" --version >/dev/null 2>&1 && cmp -s requirements-uv.txt .venv-uv/.stamp; then return; fi
  echo "Installing uv into .venv-uv …"
  rm -rf .venv-uv
  local -a pip
  if "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    "$python" -m venv .venv-uv
    pip=(.venv-uv/bin/python -m pip)
  elif "$python" -c 'import pip, venv' 2>/dev/null; then
    "$python" -m venv --without-pip .venv-uv
    pip=("$python" -m pip --python .venv-uv/bin/python)
  else
    fail "$python has neither pip nor ensurepip: install them (Debian: apt-get install python3.11-venv) or install uv."
  fi
  "${pip[@]}" --disable-pip-version-check --quiet install --no-deps --require-hashes -r requirements-uv.txt ||
    fail "uv could not be installed (see above): is a package index reachable?"
  cp requirements-uv.txt .venv-uv/.stamp
}

# What the environment depends on; the folder belongs to it, because scripts hold its path.
state() {
  { printf '%s\n' "$root" && cat requirements.lock pyproject.toml; } | sha256sum | cut -d' ' -f1
}

up_to_date() {
  [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$(state)" ] && [ -x .venv/bin/hizmet ] && .venv/bin/python -c '' 2>/dev/null
}

if [ "${1:-}" != lock ] && up_to_date; then exit 0; fi

python=$(find_python) || fail "Python 3.11 is needed and was not found (looked for python3.11, python3, python and" \
  "pyenv's versions); install it or name it: make PYTHON=/path/to/python3.11"
find_uv "$python"
follow_pip "$python"

if [ "${1:-}" = lock ]; then
  "$uv" pip compile pyproject.toml --group dev --generate-hashes --no-header --no-annotate --python "$python" \
    --python-version 3.11 -o requirements.lock --quiet
  echo "requirements.lock is written."
  exit 0
fi

# One set-up at a time in this folder, where the machine has flock.
if command -v flock >/dev/null; then
  exec 9>.setup.lock
  flock 9
  if up_to_date; then exit 0; fi
fi

# Builds leave lock files in the temporary directory: give them one that goes away.
scratch=$(mktemp -d "${TMPDIR:-$root}/.setup.XXXXXX")
trap 'rm -rf "$scratch"' EXIT
export TMPDIR=$scratch

echo "Setting up .venv with $python (2.5 GB; minutes the first time, depending on the network) …"
rm -f "$stamp"
home=$(cat .venv/.home 2>/dev/null || echo "$root")
if [ "$home" != "$root" ] || ! .venv/bin/python -c '' 2>/dev/null; then
  rm -rf .venv
  "$uv" venv --quiet --python "$python" .venv
fi
printf '%s\n' "$root" >.venv/.home
# Compiled once here: where Python may not write bytecode, each start would compile TensorFlow anew (ten seconds).
"$uv" pip sync --compile-bytecode --python .venv/bin/python --require-hashes requirements.lock

# The project itself, editable.
"$uv" pip install --quiet --python .venv/bin/python --no-deps --no-build-isolation --editable .

state >"$stamp"
echo "The environment is ready."
