#!/bin/sh
# setup.sh [PACKAGE...] - install the Debian packages of packages.txt, and these, if missing.
# As root or through sudo on Debian; elsewhere it lists what to install and stops.
# SPDX-License-Identifier: Apache-2.0
set -eu
here=$(cd "$(dirname "$0")" && pwd)
packages="$(sed -e '/^#/d' -e 's/ .*//' "$here/packages.txt") $*"

if ! command -v dpkg-query >/dev/null 2>&1; then
    echo "setup: error: this system has no dpkg. Install these programs and libraries yourself" >&2
    echo "(names are Debian's), then run cmake --preset host && cmake --build --preset host:" >&2
    sed -e '/^#/d' -e 's/^/  /' "$here/packages.txt" >&2
    exit 1
fi

missing=
for package in $packages; do
    case $(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null || true) in
    installed) ;;
    *) missing="$missing $package" ;;
    esac
done
[ -n "$missing" ] || exit 0

sudo=
if [ "$(id -u)" -ne 0 ]; then
    if ! command -v sudo >/dev/null 2>&1; then
        echo "setup: error: these packages are missing, and this user is neither root nor has" >&2
        echo "sudo. Ask an administrator to run: apt-get install$missing" >&2
        exit 1
    fi
    sudo=sudo
fi
echo "setup: installing$missing"
$sudo apt-get -q update
# shellcheck disable=SC2086
$sudo env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=600 \
    install --no-install-recommends $missing
