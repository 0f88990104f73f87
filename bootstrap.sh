#!/usr/bin/env bash
# Sets up a Debian 12 machine, builds qcc, runs its tests or its demonstration.
#
#   ./bootstrap.sh build    installs what is missing, configures preset "release", builds build/bin/qcc
#   ./bootstrap.sh test     build, then all tests; the last line is "N passed, N failed"
#   ./bootstrap.sh demo     build, then the digits example: host and an emulated Cortex-M4 board
#   ./bootstrap.sh setup    only installs
#
# QCC_NO_INSTALL=1 never calls apt-get: what is missing is listed and the script stops.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

packages=(
  # compiler and libraries
  gcc g++ libc6-dev clang-22 lld-22 liblld-22-dev llvm-22 llvm-22-dev llvm-22-tools libmlir-22-dev mlir-22-tools libclang-rt-22-dev
  cmake ninja-build protobuf-compiler libprotobuf-dev zlib1g-dev libzstd-dev libpng-dev libjpeg62-turbo-dev
  # tests, benchmarks, checks
  libgtest-dev libbenchmark-dev clang-format-22 clang-tidy-22 python3-venv git time ca-certificates
  # foreign targets
  qemu-user qemu-system-arm gcc-aarch64-linux-gnu libc6-dev-arm64-cross gcc-arm-none-eabi libnewlib-arm-none-eabi
  bochs bochs-term bochsbios vgabios
)

say() { printf '== %s\n' "$*" >&2; }
die() { printf 'bootstrap.sh: %s\n' "$*" >&2; exit 1; }

missing_packages() {
  local package
  for package in "${packages[@]}"; do
    [ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null || true)" = installed ] || printf '%s\n' "$package"
  done
}

install_packages() {
  command -v dpkg-query >/dev/null || die "needs Debian 12 (dpkg-query not found)"
  local missing
  mapfile -t missing < <(missing_packages)
  [ ${#missing[@]} -gt 0 ] || return 0
  [ "${QCC_NO_INSTALL:-0}" != 1 ] || die "missing packages: ${missing[*]}"
  # shellcheck source=/dev/null
  [ "$(. /etc/os-release && printf %s "${VERSION_CODENAME:-}")" = bookworm ] || die "packages are for Debian 12 (bookworm); missing: ${missing[*]}"
  local as_root=()
  if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null || die "run as root or install sudo; missing: ${missing[*]}"
    as_root=(sudo)
  fi
  # LLVM 22 for bookworm is in the security archive only.
  if ! grep -rqsE '^[^#]*bookworm-security' /etc/apt/sources.list /etc/apt/sources.list.d; then
    say "adding bookworm-security to the package sources"
    # The mirror that serves Debian serves its security archive beside it.
    local mirror
    mirror=$(grep -rhoE 'https?://[^ ]+/debian/?([ ]|$)' /etc/apt/sources.list /etc/apt/sources.list.d | head -n 1 | tr -d ' ')
    [ -n "$mirror" ] || die "no Debian mirror found in the package sources; add bookworm-security there"
    printf 'deb %s bookworm-security main\n' "${mirror%/}-security" |
      "${as_root[@]}" tee /etc/apt/sources.list.d/qcc-bookworm-security.list >/dev/null
  fi
  say "installing ${missing[*]}"
  "${as_root[@]}" apt-get update -q
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}"
}

# True when every pinned package is there in exactly the pinned version.
python_is_ready() {
  [ -x .venv/bin/python ] && .venv/bin/python - test/requirements.txt <<'PY' 2>/dev/null
import importlib.metadata, sys
pins = [line.split("==") for line in open(sys.argv[1]).read().split() if "==" in line]
sys.exit(any(importlib.metadata.version(name) != version for name, version in pins))
PY
}

make_python() {
  if python_is_ready; then return 0; fi
  say "making .venv with the packages of test/requirements.txt"
  if [ -L .venv ]; then rm .venv; fi # a link to an environment with other packages, or to none
  local python=/usr/bin/python3
  [ -x "$python" ] || python=python3
  rm -rf .venv
  "$python" -m venv .venv
  .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps -r test/requirements.txt
  python_is_ready || die ".venv lacks a pinned package"
}

setup() { install_packages; make_python; }

build() {
  setup
  say "configuring build/"
  cmake --preset release >&2
  say "building"
  cmake --build build >&2
}

run_tests() {
  build
  say "running the tests"
  local results=build/test/results.json status=0
  rm -f "$results"
  lit-22 -v --no-progress-bar -o "$results" build/test || status=$?
  .venv/bin/python tools/dev/summarize-tests "$results" "$status"
}

demo() {
  build
  exec examples/digits/run.sh build/bin/qcc
}

case "${1:-}" in
  setup) setup ;;
  build) build ;;
  test) run_tests ;;
  demo) demo ;;
  *) sed -n '2,9s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
esac
