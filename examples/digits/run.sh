#!/usr/bin/env bash
# Compiles the digits networks with qcc and runs them on this machine and on an emulated Cortex-M4.
#
#   examples/digits/run.sh [path of qcc]
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
qcc=$(realpath "${1:-$here/../../build/bin/qcc}")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$here"

show() { printf '\n$ %s\n' "${*/#$qcc/qcc}"; "$@"; }
checksum() { grep -o 'crc32.*' "$work/$1"; }

on_host() { # label, file for the output, qcc's flags...
  show "$qcc" "${@:3}" -name=digits -o "$work/digits.o"
  cc -std=c11 -O1 -Wall -Werror -I"$work" -I. main.c host.c "$work/digits.o" -o "$work/digits"
  printf '%s:\n' "$1"
  "$work/digits" | tee "$work/$2"
}

on_cortex_m4() { # label, file for the output, qcc's flags...
  show "$qcc" "${@:3}" -target=cortex-m4 -name=digits -o "$work/digits.o"
  arm-none-eabi-gcc -std=c11 -O1 -Wall -Werror -mcpu=cortex-m4 -mfloat-abi=hard -mfpu=fpv4-sp-d16 -nostartfiles -nostdlib \
    -Wl,-z,noexecstack -T cortex-m4.ld -I"$work" -I. main.c cortex-m4.c "$work/digits.o" -lgcc -o "$work/digits.elf"
  printf '%s, the whole program %s bytes of flash:\n' "$1" \
    "$(arm-none-eabi-size "$work/digits.elf" | awk 'NR == 2 { print $1 + $2 }')"
  qemu-system-arm -M mps2-an386 -nographic -monitor none -serial none -icount shift=6 \
    -semihosting-config enable=on,target=native -kernel "$work/digits.elf" 2>&1 | tee "$work/$2"
}

on_host "float network, host" float digits-float.onnx
on_host "quantized while compiling, host" calibrated-host digits-float.onnx -calibrate=calibration
on_host "int8 network, host" int8-host digits-int8.onnx -io=quantized
on_cortex_m4 "quantized while compiling, Cortex-M4" calibrated-m4 digits-float.onnx -calibrate=calibration
on_cortex_m4 "int8 network, Cortex-M4" int8-m4 digits-int8.onnx -io=quantized

echo
for network in calibrated int8; do
  if [ "$(checksum $network-host)" != "$(checksum $network-m4)" ]; then
    echo "$network: host and Cortex-M4 differ"
    exit 1
  fi
  echo "$network: host and Cortex-M4 gave the same bytes"
done
