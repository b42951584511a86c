# Sourced by the scripts of this folder: what they do before they measure. After take_folder they go to the project's
# own folder, where the others are called.
# shellcheck shell=bash

# take_folder ARGUMENTS...: $folder is the first of them, unless that is an option; $rest is all others. Paths are from
# where the user is.
take_folder() {
  folder=
  rest=("$@")
  if [ $# -gt 0 ] && [ "${1#-}" = "$1" ]; then
    folder=$(realpath -- "$1")
    rest=("${@:2}")
  fi
  local i
  for ((i = 1; i < ${#rest[@]}; i++)); do
    case ${rest[i - 1]} in --json | --output) rest[i]=$(realpath -m -- "${rest[i]}") ;; esac
  done
}

# build [-DOPTION...] TARGET...: sets up, and builds for release; shows how only where that fails.
build() {
  local options=()
  while [ "${1#-D}" != "$1" ]; do
    options+=("$1")
    shift
  done
  ./setup.sh
  local log
  log=$(mktemp)
  if ! { cmake --preset release "${options[@]}" && cmake --build build/release --target "$@"; } >"$log" 2>&1; then
    cat "$log"
    rm -f "$log"
    return 1
  fi
  rm -f "$log"
}

# draw_samples: photos for who gave no $folder. Needs labday.
draw_samples() {
  [ -z "$folder" ] || return 0
  folder=$PWD/build/samples
  [ -e "$folder/sample-10.jpg" ] || { rm -rf "$folder"; build/release/labday samples -o "$folder"; }
}
