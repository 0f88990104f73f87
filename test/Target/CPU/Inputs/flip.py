"""flip.py OBJECT OUT POSITION: changes one bit of byte POSITION of the weights 00 01 02 ... of net.mlir."""
import sys

data = bytearray(open(sys.argv[1], "rb").read())
start = data.index(bytes(range(48)))
data[start + int(sys.argv[3])] ^= 0x40
open(sys.argv[2], "wb").write(data)
