#!/usr/bin/env bash
# Run once by the platform: Python 3.11 or later, and the libraries that grading needs. Nothing is fetched after this.
set -euo pipefail
export DEBIAN_FRONTEND=noninteractive  # nobody is there to answer what a package asks
root="${1:-/autograder}"
find_python() {
    for candidate in python3 python3.14 python3.13 python3.12 python3.11; do
        if command -v "$candidate" >/dev/null && "$candidate" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
        then
            echo "$candidate"
            return
        fi
    done
}
python="$(find_python)"
if [ -z "$python" ]; then
    apt-get update
    apt-get install -y python3-venv
    python="$(find_python)"
fi
if [ -z "$python" ]; then
    apt-get install -y python3.11 python3.11-venv
    python=python3.11
fi
"$python" -m venv "$root/venv"
"$root/venv/bin/python" -m pip install -r "$root/source/requirements.txt"
