#!/bin/sh
# check-device.sh - is the device library as freestanding as it says?
# SPDX-License-Identifier: Apache-2.0
#
#     tools/check-device.sh BUILD_DIR
#     CC=arm-none-eabi-gcc CFLAGS="-mcpu=cortex-m4 -mthumb" CXX=arm-none-eabi-g++ \
#         NM=arm-none-eabi-nm tools/check-device.sh build/cortex-m4
#
# 1. The library BUILD_DIR/.../libmote_device.a needs no symbol that it does not define, but
#      mem*             which compilers call on their own;
#      __aeabi_*, __*di3, ...   the compiler's own helpers for 64-bit and soft-float arithmetic:
#                       integer ones everywhere, float ones only in files *_f32*;
#      __asan_*, __ubsan_*      in a sanitizer build of the host.
# 2. It has no writable data: no .data, .bss or common symbols.
# 3. Every public header compiles alone, as C99 and as C++, under strict warnings. Without a C++
#    compiler for the target (CXX) the second half is left out and said so.
#
# Prints what failed and one line "N passed, N failed".
set -u

if [ $# -ne 1 ]; then
    echo "usage: tools/check-device.sh BUILD_DIR" >&2
    exit 2
fi
root=$(cd "$(dirname "$0")/.." && pwd)
CC=${CC:-gcc}
NM=${NM:-nm}
CXX=${CXX:-g++}
CFLAGS=${CFLAGS:-}
passed=0
failed=0

# check TEXT COMMAND...: runs the command, counts, shows its output when it fails.
check() {
    text=$1
    shift
    if output=$("$@" 2>&1); then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        printf 'FAILED %s\n%s\n' "$text" "$output"
    fi
}

library=$(find "$1" -name libmote_device.a 2>/dev/null | head -n 1)
if [ -z "$library" ]; then
    echo "check-device.sh: no libmote_device.a below $1" >&2
    echo "  hint: cmake --build $1 --target mote_device" >&2
    exit 1
fi

mem='mem(cpy|move|set|cmp)'
sanitizers='__(asan|ubsan)_.*|_GLOBAL_OFFSET_TABLE_'
integer='__aeabi_(u?idiv(mod)?|u?ldivmod|lmul|llsl|llsr|lasr|mem.*)|__(u?(div|mod)|mul|ash[lr]|lshr)(s|d)i3|__clz[sd]i2'
float='__aeabi_(f|i2f|ui2f|cf).*|__(add|sub|mul|div|eq|ne|lt|le|gt|ge|unord|neg)sf[23]|__(fix|fixuns)sfsi|__float(un)?sisf'

symbols=$("$NM" -A "$library" 2>&1)

# listing PATTERN INVERT: what the members whose name matches the pattern (INVERT 1: does not) leave
# undefined and the library does not define, one a line.
listing() {
    printf '%s\n' "$symbols" | awk -v files="$1" -v invert="$2" '
        { n = split($1, part, ":"); member = part[2]; type = $(NF - 1); name = $NF }
        type ~ /^[TRWDB]$/ { defined[name] = 1 }
        type == "U" && ((member ~ files) != invert) { wanted[name] = member }
        END { for (name in wanted) if (!(name in defined)) print name }' | sort
}

# only_allowed PATTERN NAMES: fails, naming what does not match.
only_allowed() {
    rest=$(printf '%s\n' "$2" | grep -Ev "^($1)\$" | grep -v '^$')
    [ -z "$rest" ] || { printf '  undefined: %s\n' "$rest"; return 1; }
}

no_writable_data() {
    rest=$(printf '%s\n' "$symbols" | awk '$(NF - 1) ~ /^[BbDdCGgSs]$/ { print $1, $NF }' |
        grep -Ev '\.LASAN|__odr_asan|\*?\.L|_sub_[DI]_|__asan|\.Lubsan' || true)
    [ -z "$rest" ] || { printf '  writable: %s\n' "$rest"; return 1; }
}

has_members() {
    [ "$(printf '%s\n' "$symbols" | grep -c ' T mote_')" -gt 10 ]
}

check "the library defines mote_ functions" has_members
check "integer kernels need only mem* and integer helpers" \
    only_allowed "$mem|$integer|$sanitizers" "$(listing '_f32' 1)"
check "*_f32 kernels need only mem*, integer and float helpers" \
    only_allowed "$mem|$integer|$float|$sanitizers" "$(listing '_f32' 0)"
check "no writable data" no_writable_data

strict="-Wall -Wextra -Wpedantic -Werror -Wshadow -Wconversion -Wsign-conversion -Wundef"
for header in "$root"/device/include/mote/*.h; do
    name=mote/$(basename "$header")
    # shellcheck disable=SC2086  # flags are lists
    check "$name alone as C99" sh -c "printf '#include \"%s\"\nextern int nothing;\n' '$name' |
        $CC $CFLAGS -std=c99 -pedantic $strict -Wstrict-prototypes -ffreestanding \
        -I '$root/device/include' -x c -fsyntax-only -"
    if command -v "$CXX" >/dev/null 2>&1; then
        check "$name alone as C++" sh -c "printf '#include \"%s\"\n' '$name' |
            $CXX $CFLAGS -pedantic $strict -ffreestanding \
            -I '$root/device/include' -x c++ -fsyntax-only -"
    fi
done
command -v "$CXX" >/dev/null 2>&1 || echo "left out: no $CXX, headers were not tried as C++"

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
