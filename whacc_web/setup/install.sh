#!/bin/sh
# Install requirements files into the Python environment $1; create it if needed.
set -eu
venv=$1
shift

mkdir -p var
exec 9>var/.install.lock
if command -v flock >/dev/null; then
    flock 9
fi
sh whacc_web/setup/venv.sh "$venv"
echo "Installing $*: the first time this takes a few minutes." >&2
touch "$venv/.installing"
for file in "$@"; do
    set -- "$@" -r "$file"
    shift
done
if ! "$venv/bin/python" -m pip install --quiet --disable-pip-version-check \
    --no-input "$@"; then
    echo "pip could not install everything; its message is above." >&2
    exit 1
fi
"$venv/bin/python" -m whacc_web.setup.libgomp
rm "$venv/.installing"
