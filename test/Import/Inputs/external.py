"""Writes a model whose weights 1, 2 lie at offset 4 of weights.bin beside it."""
import pathlib
import struct
import sys

import onnx
from onnx import TensorProto, helper

path = pathlib.Path(sys.argv[1])
tensor = TensorProto(name="w", data_type=TensorProto.FLOAT, dims=[2], data_location=TensorProto.EXTERNAL)
for key, content in (("location", "weights.bin"), ("offset", "4"), ("length", "8"), ("checksum", "unused")):
    tensor.external_data.add(key=key, value=content)
values = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [2]) for name in "xy"]
graph = helper.make_graph([helper.make_node("Add", ["x", "w"], ["y"])], "g", values[:1], values[1:], [tensor])
model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
path.write_bytes(model.SerializeToString())
(path.parent / "weights.bin").write_bytes(struct.pack("<3f", 9, 1, 2))
