#!/bin/sh
# Runs the import test and the tests without a database on each supported Python that is on this machine.
# Exit status: 0 all that were found passed, 1 a test failed or no Python was found. A missing Python is named.
set -eu
cd "$(dirname "$0")/.."
uv=.venv/bin/uv
tests="tests/flows/test_imports.py tests/flows/test_dependencies.py tests/lodedata tests/lodebase/test_output.py"
index=${UV_DEFAULT_INDEX:-${PIP_INDEX_URL:-$(.venv/bin/python -m pip config get global.index-url 2>/dev/null || true)}}
[ -z "$index" ] || export UV_DEFAULT_INDEX="$index"
export UV_PYTHON_DOWNLOADS=never UV_SYSTEM_CERTS=true

find_python() { # VERSION: the path of an interpreter that runs, from the path or pyenv
  for candidate in "python$1" "/usr/bin/python$1" "$HOME"/.pyenv/versions/"$1".*/bin/python3; do
    "$candidate" -c "import sys; sys.exit('%d.%d' % sys.version_info[:2] != '$1')" 2>/dev/null || continue
    "$candidate" -c 'import sys; print(sys.executable)'; return 0
  done
  return 1
}

passed="" failed="" missing=""
for version in ${PYTHONS:-3.11 3.12 3.13}; do
  if ! python=$(find_python "$version"); then missing="$missing $version"; continue; fi
  venv=.venv-pythons/$version
  echo "Python $version ($python) …" >&2
  # the words are paths of tests
  # shellcheck disable=SC2086
  if "$uv" venv -q --allow-existing --python "$python" "$venv" &&
    "$uv" pip sync -q --python "$venv/bin/python" --no-build --require-hashes requirements-dev.txt &&
    "$uv" pip install -q --python "$venv/bin/python" --no-deps --no-build-isolation -e . &&
    "$venv/bin/python" -m pytest -q -m "not slow" $tests; then passed="$passed $version"; else failed="$failed $version"; fi
done
echo "passed:${passed:- none}; failed:${failed:- none}; not on this machine:${missing:- none}" >&2
[ -z "$failed" ] && [ -n "$passed" ]
