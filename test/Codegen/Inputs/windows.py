"""Writes networks of depthwise windows of many taps, and inputs for them, into the current folder."""
import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

random = np.random.default_rng(3)


def save(name, nodes, kind, shape, values):
    graph = helper.make_graph(nodes, name, [helper.make_tensor_value_info("x", kind, shape)], [helper.make_tensor_value_info("y", kind, None)],
                              [numpy_helper.from_array(value, key) for key, value in values.items()])
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8), f"{name}.onnx")


channels, kernel = 19, (9, 11)
attributes = {"group": channels, "pads": [4, 5, 4, 5]}
weights = {"w": random.integers(-100, 100, (channels, 1, *kernel)).astype(np.int8), "sx": np.float32(0.1), "sw": np.float32(0.02),
           "sy": np.float32(0.7), "zx": np.uint8(31), "zw": np.int8(0), "zy": np.uint8(128)}
node = helper.make_node("QLinearConv", ["x", "sx", "zx", "w", "sw", "zw", "sy", "zy"], ["y"], **attributes)
save("codes", [node], TensorProto.UINT8, [1, channels, 12, 13], weights)
np.save("codes.npy", random.integers(0, 256, (2, channels, 12, 13)).astype(np.uint8))
save("floats", [helper.make_node("Conv", ["x", "w"], ["y"], **attributes)], TensorProto.FLOAT, [1, channels, 12, 13],
     {"w": random.normal(size=(channels, 1, *kernel)).astype(np.float32)})
np.save("floats.npy", random.normal(size=(2, channels, 12, 13)).astype(np.float32))
pools = [helper.make_node("LpPool", ["x"], ["p"], kernel_shape=[100, 100], pads=[2, 2, 2, 2], p=1),
         helper.make_node("LpPool", ["p"], ["y"], kernel_shape=[20, 10], p=1)]
save("pool", pools, TensorProto.FLOAT, [1, 3, 120, 110], {})
