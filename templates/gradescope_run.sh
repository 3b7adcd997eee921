#!/usr/bin/env bash
# Run by the platform for each submission; writes results/results.json whatever was handed in.
set -euo pipefail
root="${1:-/autograder}"
export PYTHONPATH="$root/source/suite" PYTHONDONTWRITEBYTECODE=1 PYTHONUTF8=1
exec "$root/venv/bin/python" -m derive.course.autograde "$root"
