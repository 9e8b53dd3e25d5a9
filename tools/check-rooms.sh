#!/bin/sh
# check-rooms.sh - does every #include "..." obey tools/rooms.txt?
# Prints each include that does not, then "rooms: N passed, N failed" (one check a file).
# SPDX-License-Identifier: Apache-2.0
set -eu
cd "$(dirname "$0")/.."

git ls-files -co --exclude-standard -- 'device/*.[ch]' 'device/*.def' 'host/*.[ch]' \
    'host/*.def' 'cli/*.[ch]' |
while read -r file; do
    grep -Hn '^ *# *include *"' "$file" || echo "$file:0:none"
done |
awk -F: '
    # The longest room that is a prefix of the path.
    function room_of(path,   dir) {
        dir = path
        while (sub("/[^/]*$", "", dir))
            if (dir in allowed)
                return dir
        return ""
    }
    # An include is looked for beside the file, then along the include paths.
    function find(file, name,   dir, i) {
        dir = file
        sub("/[^/]*$", "", dir)
        if (exists(dir "/" name)) return dir "/" name
        for (i = 1; i <= n_paths; i++)
            if (exists(paths[i] "/" name)) return paths[i] "/" name
        return ""
    }
    function exists(path,   line, ok) {
        if (!(path in known)) {
            ok = (getline line < path) >= 0
            close(path)
            known[path] = ok
        }
        return known[path]
    }
    BEGIN {
        n_paths = split("host device/include device cli", paths, " ")
        while ((getline line < "tools/rooms.txt") > 0) {
            if (line ~ /^#/ || line == "") continue
            split(line, part, ":")
            allowed[part[1]] = " " part[2] " "
        }
    }
    {
        file = $1
        files[file] = 1
        if ($3 == "none") next
        name = $0
        sub("^[^\"]*\"", "", name)
        sub("\".*", "", name)
        from = room_of(file)
        target = find(file, name)
        if (from == "") { print file ": in no room of tools/rooms.txt"; bad[file] = 1; next }
        if (target == "") { print file ":" $2 ": no such header: " name; bad[file] = 1; next }
        to = room_of(target)
        if (to != from && index(allowed[from], " " to " ") == 0) {
            print file ":" $2 ": " from " may not include " to " (" name ")"
            bad[file] = 1
        }
    }
    END {
        for (f in files) if (f in bad) n_bad++; else n_ok++
        printf "rooms: %d passed, %d failed\n", n_ok, n_bad
        exit n_bad > 0
    }'
