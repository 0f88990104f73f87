"""Writes a model whose weights 1, 2 lie at offset 4 of weights.bin beside it.

With a second argument N, the positions of the weights that are not zero, of which there are 2^N, all zero.
"""
import pathlib
import struct
import sys

import onnx
from onnx import TensorProto, helper

path, power = pathlib.Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else None
name, count = ("weights.bin", 2) if power is None else ("zeros.bin", 1 << power)
tensor = TensorProto(name="w", data_type=TensorProto.FLOAT, dims=[count], data_location=TensorProto.EXTERNAL)
for key, content in (("location", name), ("offset", "4"), ("length", str(4 * count)), ("checksum", "unused")):
    tensor.external_data.add(key=key, value=content)
x, y = (helper.make_tensor_value_info(value, TensorProto.FLOAT, [2]) for value in "xy")
nodes, outputs = [helper.make_node("Add", ["x", "w"], ["y"])], [y]
if power is not None:
    nodes = [helper.make_node("NonZero", ["w"], ["z"]), helper.make_node("Relu", ["x"], ["y"])]
    outputs.append(helper.make_tensor_value_info("z", TensorProto.INT64, None))
graph = helper.make_graph(nodes, "g", [x], outputs, [tensor])
model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
path.write_bytes(model.SerializeToString())
if power is None:
    (path.parent / name).write_bytes(struct.pack("<3f", 9, 1, 2))
else:
    with open(path.parent / name, "wb") as zeros:
        zeros.truncate(4 + 4 * count)
