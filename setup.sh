#!/usr/bin/env bash
# ./setup.sh [PACKAGE...]: installs what building, testing and benchmarking labday needs, and the packages given, from
# Debian's own packages. Does nothing, quickly, when all of it is there. Needs root or sudo; on other systems it prints
# the list and stops.
set -euo pipefail

packages=(
  # build
  g++ cmake ninja-build pkg-config ccache git ca-certificates
  libjpeg62-turbo-dev libpng-dev libdeflate-dev libhwy-dev liburing-dev libseccomp-dev libxxhash-dev
  libfmt-dev libcli11-dev nlohmann-json3-dev libexpected-dev
  # tests: Pillow is the oracle for pixels, pngcheck for the files
  libgtest-dev python3 python3-pil python3-pytest pngcheck strace xfsprogs
  # tests: the page of labday report is looked at in a real browser
  chromium chromium-driver python3-selenium fonts-dejavu-core
  # instruction counts, format, lint, the sanitizers
  valgrind clang clang-format clang-tidy libclang-rt-14-dev codespell
  # benchmarks
  libbenchmark-dev python3-joblib
)
# build: the page is bundled with npm. A Node.js from elsewhere brings its own, which Debian's does not go beside.
command -v npm >/dev/null && command -v node >/dev/null || packages+=(nodejs npm)
packages+=("$@")

missing=()
if command -v dpkg-query >/dev/null; then
  installed=$(dpkg-query -W -f='${Package} ${db:Status-Status}\n' "${packages[@]}" 2>/dev/null || true)
  for package in "${packages[@]}"; do
    grep -qx "$package installed" <<<"$installed" || missing+=("$package")
  done
else
  missing=("${packages[@]}")
fi
if [ ${#missing[@]} -eq 0 ]; then exit 0; fi

if ! command -v apt-get >/dev/null || ! grep -q '^ID=debian$' /etc/os-release; then
  echo "setup.sh installs on Debian only. labday needs what these Debian 12 packages hold:" >&2
  printf '  %s\n' "${missing[@]}" >&2
  exit 1
fi
as_root=()
if [ "$(id -u)" -ne 0 ]; then
  if ! command -v sudo >/dev/null; then
    echo "setup.sh must install packages: run it as root, or install them yourself:" >&2
    echo "  apt-get install ${missing[*]}" >&2
    exit 1
  fi
  as_root=(sudo)
fi

echo "Installing ${#missing[@]} packages: ${missing[*]}"
install() {
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install -qq -y --no-install-recommends "${missing[@]}" </dev/null
}
log=$(mktemp)
trap 'rm -f "$log"' EXIT
# The package lists may be absent or out of date: fetch them, then install.
"${as_root[@]}" apt-get update -qq </dev/null >"$log" 2>&1 || true
if ! install >>"$log" 2>&1; then
  echo "The installation failed:" >&2
  tail -20 "$log" >&2
  exit 1
fi
