#!/usr/bin/env bash
# .ci/neon.sh [CTEST ARGUMENTS...]: the unit tests of the image layer, compiled for AArch64 and run under qemu-user: the
# same tests and the same golden bytes as here, with NEON and SVE. Exit status 77, and why, where what it takes cannot be had.
set -euo pipefail
cd "$(dirname "$0")/.."

packages=(libhwy-dev libhwy1 libdeflate-dev libdeflate0 libpng-dev libpng16-16 libjpeg62-turbo-dev libjpeg62-turbo
  zlib1g-dev zlib1g libfmt-dev libfmt9 libexpected-dev libgtest-dev libxxhash-dev liburing-dev libseccomp-dev nlohmann-json3-dev libcli11-dev)
libraries=build/aarch64-libraries

leave_out() {
  echo "NEON was not tested: $1"
  exit 77
}

# Debian's packages for arm64, unpacked in a folder: apt works on lists of its own, so that the machine is left as it is.
fetch_libraries() {
  local apt
  apt=$(mktemp -d)
  trap "rm -rf '$apt'" RETURN
  mkdir -p "$apt/lists/partial" "$apt/archives/partial" "$apt/debs"
  local options=(-qq -o APT::Architecture=arm64 -o APT::Architectures=arm64 -o APT::Sandbox::User= -o Acquire::Languages=none
    -o "Dir::State=$apt" -o Dir::State::status=/dev/null -o "Dir::Cache=$apt")
  apt-get "${options[@]}" update || return
  (cd "$apt/debs" && apt-get "${options[@]}" download "${packages[@]}") || return
  rm -rf "$libraries"
  mkdir -p "$libraries"
  for deb in "$apt"/debs/*.deb; do dpkg-deb -x "$deb" "$libraries" || return; done
  echo "${packages[*]}" >"$libraries/complete"
}

./setup.sh g++-aarch64-linux-gnu qemu-user || leave_out "the cross compiler or qemu-user cannot be installed"
if [ "$(cat "$libraries/complete" 2>/dev/null)" != "${packages[*]}" ]; then
  fetch_libraries || leave_out "the libraries for arm64 cannot be fetched"
fi

tests=(decode png resample samples)
cmake --preset neon >/dev/null
cmake --build build/neon --target "${tests[@]/#/test_image_}"
run() { ctest --test-dir build/neon -j "$(nproc)" --output-on-failure --no-tests=error "$@"; }

status=0
run -R '^image_' -E NOT_BUILT "$@" || status=$?
# SVE is code of its own where its vectors have 16 or 32 bytes (above they had 64): what is vector code, once more.
for bytes in 16 32; do
  echo "SVE with vectors of $bytes bytes"
  QEMU_CPU=max,sve-default-vector-length=$bytes run -R '^image_.*(PngFilter|OnEveryTarget|OnEveryMachine)' -E NOT_BUILT || status=$?
done
exit $status
