"""Writes a model that adds dequantized int4 weights -8, 7, -1, 1, 2: the text syntax cannot say how they are packed."""
import pathlib
import sys

from onnx import TensorProto, helper, numpy_helper
import numpy as np

codes = TensorProto(name="w", data_type=TensorProto.INT4, dims=[5], raw_data=bytes([0x78, 0x1F, 0x02]))
scale = numpy_helper.from_array(np.array(1, np.float32), "s")
values = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [5]) for name in "xy"]
nodes = [helper.make_node("DequantizeLinear", ["w", "s"], ["d"]), helper.make_node("Add", ["x", "d"], ["y"])]
graph = helper.make_graph(nodes, "g", values[:1], values[1:], [codes, scale])
model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 21)], ir_version=10)
pathlib.Path(sys.argv[1]).write_bytes(model.SerializeToString())
