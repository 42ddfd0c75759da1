#!/bin/sh
# Create the Python environment $1, unless it exists and is complete. Use the Python
# named by PYTHON, or the first one found that is new enough.
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
    say "Python 3.11 or newer is needed; this machine has" \
        "$(python3 --version 2>/dev/null || echo none)." \
        "Install one, or name it: make run PYTHON=/path/to/python3.12"
    exit 1
}

# On Debian, the module that creates environments is a separate package.
make_venv() {
    "$1" -m venv --clear "$venv" >/dev/null 2>&1
}

install_venv_package() {
    package=$("$1" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')
    if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
        say "$1 cannot create an environment. On Debian or Ubuntu run:" \
            "sudo apt-get install $package"
        exit 1
    fi
    say "Installing $package."
    export DEBIAN_FRONTEND=noninteractive
    if ! { apt-get update && apt-get install -y --no-install-recommends "$package"
    } >/dev/null 2>&1; then
        say "$1 cannot create an environment, and $package could not be installed."
        exit 1
    fi
}

# An interrupted installation may leave half a package behind, which pip takes for a
# complete one. Only a new environment is safe.
if [ -e "$venv/.installing" ]; then
    say "The last installation was interrupted: starting over."
    rm -rf "$venv"
fi
if ! { is_new_enough "$venv/bin/python" && "$venv/bin/python" -m pip --version
} >/dev/null 2>&1; then
    python=$(find_python)
    say "Creating $venv with $("$python" --version)."
    if ! make_venv "$python"; then
        install_venv_package "$python"
        make_venv "$python" || { say "$python -m venv $venv fails."; exit 1; }
    fi
fi
