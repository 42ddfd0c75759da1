#!/bin/sh
# Make the Python environment $1, unless a complete one is there. With PYTHON set,
# from that Python; else from the first one found that is new enough.
set -eu
venv=$1

say() { printf '%s\n' "$*" >&2; }

is_new_enough() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

find_python() {
    for name in ${PYTHON:-python3.13 python3.12 python3.11 python3}; do
        if is_new_enough "$name"; then
            "$name" -c 'import sys; print(sys.executable)'
            return
        fi
    done
    say "Expected Python 3.11 or newer; found" \
        "$(python3 --version 2>/dev/null || echo none)." \
        "Install one, or name it: make run PYTHON=/path/to/python3.12"
    exit 1
}

# Debian keeps the part of Python that makes environments in a package of its own.
make_venv() {
    "$1" -m venv --clear "$venv" >/dev/null 2>&1
}

install_venv_package() {
    package=$("$1" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')
    if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
        say "$1 cannot make an environment. On Debian or Ubuntu run:" \
            "sudo apt-get install $package"
        exit 1
    fi
    say "Installing $package."
    export DEBIAN_FRONTEND=noninteractive
    if ! { apt-get update && apt-get install -y --no-install-recommends "$package"
    } >/dev/null 2>&1; then
        say "$1 cannot make an environment, and $package could not be installed."
        exit 1
    fi
}

# An installation that was cut short may have left half a package behind, which pip
# takes for a whole one. Only starting over is sure.
if [ -e "$venv/.installing" ]; then
    say "The last installation was not finished: starting over."
    rm -rf "$venv"
fi
if ! { is_new_enough "$venv/bin/python" && "$venv/bin/python" -m pip --version
} >/dev/null 2>&1; then
    python=$(find_python)
    say "Making $venv with $("$python" --version)."
    if ! make_venv "$python"; then
        install_venv_package "$python"
        make_venv "$python" || { say "$python -m venv $venv fails."; exit 1; }
    fi
fi
