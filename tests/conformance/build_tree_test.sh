#!/usr/bin/env bash
# Holds tools/build_tree.sh to what it promises: a second build says nothing, a new or changed source is built.
set -euo pipefail

tools=$1
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
# shellcheck source=tools/build_tree.sh
source "$tools/build_tree.sh"

cat >"$root/CMakeLists.txt" <<'END'
cmake_minimum_required(VERSION 3.25)
project(globbed NONE)
file(GLOB sources CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/*.words")
add_custom_command(OUTPUT all.out COMMAND cat ${sources} >all.out DEPENDS ${sources})
add_custom_target(whole DEPENDS all.out)
END
echo one >"$root/one.words"
configure_tree "$root/build"

fail() {
    printf '%s\n' "$*" >&2
    exit 1
}
# What is built holds these words, and building again says nothing.
expect_built() {
    local said
    [[ -n $(build_tree "$root/build" whole 2>&1) ]] || fail "nothing was built for: $*"
    [[ $(tr '\n' ' ' <"$root/build/all.out") == "$* " ]] || fail "not built: $*"
    said=$(build_tree "$root/build" whole 2>&1)
    [[ -z $said ]] || fail "the second build says: $said"
}

expect_built one
sleep 1.1
echo two >"$root/two.words"
expect_built one two
sleep 1.1
echo three >"$root/one.words"
expect_built three two
sleep 1.1
rm "$root/two.words"
expect_built three
