#!/bin/sh
# Exports the MNIST core in two architectures and prints its size and speed, as in README.md. Needs memspike, yosys and
# nextpnr-ice40 on the PATH; with nextpnr-ecp5 also the figures of an ECP5.
set -eu
cd "$(dirname "$0")/.."
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
# What `memspike quantise` prints for 8 bits.
export_core() {
    memspike export-verilog --weights weights/mnist.npy --threshold 17.29387509817801 --retention 0.984375 \
        --reset 5.892037499999999 --step 0.0007345226036284757 --bits 8 --count-bits 8 "$@"
}
for arch in serial parallel; do
    export_core --arch $arch --out "$out/$arch"
    memspike synth "$out/$arch"
    memspike synth "$out/$arch" --part axi
    memspike synth "$out/$arch" --part layer_0
    memspike synth "$out/$arch" --device up5k
    memspike synth "$out/$arch" --device ecp5 || echo "(no figures of an ECP5)"
done
memspike synth "$out/parallel" --part bank_0
for arch in serial parallel; do
    export_core --arch $arch --weights-memory ram --out "$out/${arch}_ram"
    memspike synth "$out/${arch}_ram"
    memspike synth "$out/${arch}_ram" --part axi
done
