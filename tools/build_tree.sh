# shellcheck shell=bash disable=SC2154
# Build trees, for the scripts of this folder: source it after setting `root` to the top of the checkout.

# Paths below the checkout reach the compiler cache as relative ones, so that a second clone finds what the first built.
export CCACHE_BASEDIR=$root CCACHE_NOHASHDIR=1

# Memory one compiler may take: the Beast and spdlog units of an optimised build need close to 2 GB.
readonly kib_per_job=$((2 * 1024 * 1024))

# Prints how many compilers may run at once: as many as there are processors, fewer where memory is short.
build_jobs() {
    local jobs by_memory memory_kib limit
    jobs=$(nproc)
    memory_kib=$(awk '/^MemAvailable:/ { print $2 }' /proc/meminfo)
    # A container's limit is not in /proc/meminfo.
    if limit=$(cat /sys/fs/cgroup/memory.max 2>/dev/null) && [[ $limit =~ ^[0-9]+$ ]]; then
        ((limit / 1024 >= memory_kib)) || memory_kib=$((limit / 1024))
    fi
    by_memory=$((memory_kib / kib_per_job))
    ((by_memory >= 1)) || by_memory=1
    echo $((by_memory < jobs ? by_memory : jobs))
}

# Tells whether a build folder was configured for this checkout and for Ninja: one that was copied or moved along, or
# made by hand for make, has to be configured afresh.
is_tree_of_this_checkout() {
    [[ -f $1/build.ninja && -f $1/CMakeCache.txt ]] && grep -qxF "CMAKE_HOME_DIRECTORY:INTERNAL=$root" "$1/CMakeCache.txt"
}

# configure_tree FOLDER ARGUMENT...: runs CMake when FOLDER has not been configured for this checkout with these
# arguments. Ninja notices changed CMake files by itself.
configure_tree() {
    local folder=$1 stamp=$1/configured_with.txt fresh=()
    shift
    if is_tree_of_this_checkout "$folder"; then
        if [[ -f $stamp && $(<"$stamp") == "$*" ]]; then return; fi
    elif [[ -f $folder/CMakeCache.txt ]]; then
        fresh=(--fresh)
    fi
    mkdir -p "$folder"
    cmake "${fresh[@]}" -S "$root" -B "$folder" -G Ninja "$@" >"$folder/configure.log" 2>&1 || {
        cat "$folder/configure.log" >&2
        printf '\ncmake could not configure %s; its output is above and in configure.log there\n' "$folder" >&2
        return 1
    }
    printf '%s\n' "$*" >"$stamp"
}

# is_built FOLDER TARGET...: tells whether everything is built already.
is_built() {
    local folder=$1
    shift
    # The sources are globbed: a dry run would end where it would look for new ones and run CMake. So that is done first,
    # in earnest, and the dry run reads a file that CMake does not make.
    ninja -C "$folder" build.ninja >"$folder/configure.log" 2>&1 || return
    echo 'include build.ninja' >"$folder/dry_run.ninja"
    [[ $(ninja -C "$folder" -f dry_run.ninja -n "$@" 2>/dev/null | tail -n 1) == "ninja: no work to do." ]]
}

# build_tree FOLDER TARGET...: builds, without a word where everything is built already.
build_tree() {
    local folder=$1
    if is_built "$@"; then return; fi
    shift
    cmake --build "$folder" --parallel "$(build_jobs)" --target "$@"
}
