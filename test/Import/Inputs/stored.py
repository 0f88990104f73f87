"""Writes a model that adds constants of types that only files have: int2 -2 1 -1 0 1; float8e4m3fn 1 -2 448 2^-9 0.25; float4e2m1."""
import pathlib
import sys

from onnx import TensorProto, helper, numpy_helper
import numpy as np

codes = TensorProto(name="w", data_type=TensorProto.INT2, dims=[5], raw_data=bytes([0b00110110, 0b01]))
eights = TensorProto(name="e", data_type=TensorProto.FLOAT8E4M3FN, dims=[5], raw_data=bytes([0x38, 0xC0, 0x7E, 0x01, 0x28]))
fours = TensorProto(name="f", data_type=TensorProto.FLOAT4E2M1, dims=[5], raw_data=bytes([0xC1, 0x07, 0x08]))
scale = numpy_helper.from_array(np.array(1, np.float32), "s")
values = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [5]) for name in "xy"]
nodes = [helper.make_node("DequantizeLinear", ["w", "s"], ["a"]), helper.make_node("DequantizeLinear", ["e", "s"], ["b"]),
         helper.make_node("Cast", ["f"], ["c"], to=TensorProto.FLOAT), helper.make_node("Sum", ["x", "a", "b", "c"], ["y"])]
graph = helper.make_graph(nodes, "g", values[:1], values[1:], [codes, eights, fours, scale])
model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 25)], ir_version=13)
pathlib.Path(sys.argv[1], "stored.onnx").write_bytes(model.SerializeToString())
