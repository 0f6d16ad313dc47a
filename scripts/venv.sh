#!/bin/sh
# Make a virtual environment in $1 with the newest Python >= 3.11 found.
# Works where the system Python is "externally managed" and where Debian left out ensurepip.
set -eu
venv=$1
[ -x "$venv/bin/python" ] && "$venv/bin/python" -m pip --version >/dev/null 2>&1 && exit 0
for candidate in "${PYTHON:-}" python3.14 python3.13 python3.12 python3.11 python3 python; do
    [ -n "$candidate" ] || continue
    command -v "$candidate" >/dev/null 2>&1 || continue
    "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 || continue
    found=$candidate
    break
done
if [ -z "${found:-}" ]; then
    echo "FITech Graph needs Python 3.11 or newer, and none was found. Install it (on Debian: apt install python3 python3-venv), or name one with PYTHON=/path/to/python make setup." >&2
    exit 1
fi
rm -rf "$venv"
if "$found" -m venv "$venv" >/dev/null 2>&1; then exit 0; fi
# Debian splits ensurepip off into python3-venv; the system's pip can still fill a bare environment.
rm -rf "$venv"
if "$found" -m venv --without-pip "$venv" >/dev/null 2>&1 \
    && "$found" -m pip --python "$venv/bin/python" install --quiet pip >/dev/null 2>&1; then exit 0; fi
rm -rf "$venv"
echo "Python was found ($found), but it can make no virtual environment. On Debian or Ubuntu: apt install python3-venv, then run make again." >&2
exit 1
