"""Writes a model whose weights are 2.4 GB of zeros in a file that takes no space on the disk.

usage: large.py MODEL.onnx
"""
import pathlib
import sys

import onnx
from onnx import TensorProto, helper

COUNT = 600_000_000

path = pathlib.Path(sys.argv[1])
weights = TensorProto(name="w", data_type=TensorProto.FLOAT, dims=[COUNT], data_location=TensorProto.EXTERNAL)
for key, value in (("location", path.stem + ".bin"), ("length", str(4 * COUNT))):
    weights.external_data.add(key=key, value=value)
with open(path.with_suffix(".bin"), "wb") as file:
    file.truncate(4 * COUNT)
value = lambda name, shape: helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)
graph = helper.make_graph([helper.make_node("Add", ["x", "w"], ["y"])], "large", [value("x", [1])], [value("y", [COUNT])], [weights])
path.write_bytes(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8).SerializeToString())
