#!/bin/sh
# Runs the tests of `make test` on each supported Python and each PostgreSQL with PostGIS that is on this machine.
#   PYTHONS="3.11" POSTGRES="15" scripts/matrix.sh tests/lodebase     some of them, or some tests
# Exit status: 0 all that were found passed, 1 a test failed or nothing was found. What is missing is named.
set -eu
cd "$(dirname "$0")/.."
uv=.venv/bin/uv
quick=$(sed -n 's/^QUICK := //p' Makefile)
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
prepare() { # VERSION PYTHON: its virtual environment
  "$uv" venv -q --allow-existing --python "$2" ".venv-pythons/$1" &&
    "$uv" pip sync -q --python ".venv-pythons/$1/bin/python" --no-build --require-hashes requirements-dev.txt &&
    "$uv" pip install -q --python ".venv-pythons/$1/bin/python" --no-deps --no-build-isolation -e .
}
has_postgis() { [ -x "/usr/lib/postgresql/$1/bin/initdb" ] && [ -e "/usr/share/postgresql/$1/extension/postgis.control" ]; }

passed="" failed="" missing="" servers=""
for major in ${POSTGRES:-15 17}; do
  if has_postgis "$major"; then servers="$servers $major"; else missing="$missing PostgreSQL-$major"; fi
done
for version in ${PYTHONS:-3.11 3.13}; do
  if ! python=$(find_python "$version"); then missing="$missing Python-$version"; continue; fi
  echo "Python $version ($python) …" >&2
  if ! prepare "$version" "$python"; then failed="$failed Python-$version"; continue; fi
  for major in $servers; do
    pair="Python-$version-on-PostgreSQL-$major"
    echo "$pair …" >&2
    if LODE_POSTGRES_BIN="/usr/lib/postgresql/$major/bin" ".venv-pythons/$version/bin/python" -m pytest -q -n auto \
      --dist loadgroup -m "$quick" "$@"; then passed="$passed $pair"; else failed="$failed $pair"; fi
  done
done
echo "passed:${passed:- none}; failed:${failed:- none}; not on this machine:${missing:- none}" >&2
[ -z "$failed" ] && [ -n "$passed" ]
