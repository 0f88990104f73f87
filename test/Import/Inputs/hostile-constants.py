"""The models of hostile.py for small files that make large constants: the same arguments, the same rules."""
import hostile
import numpy as np
from hostile import FLOAT, INT64, array, case, model, node, value
from onnx import TensorProto

hostile.CASES.clear()
hostile.OPTIONS.clear()

OPERATOR_SET = 24


def one(op, shapes, types=(), initializers=(), **attributes):
    """A node on inputs of these shapes, then the initializers."""
    names = [f"x{i}" for i in range(len(shapes))]
    types = [*types, *[FLOAT] * (len(shapes) - len(types))]
    return model([node(op, names + [tensor.name for tensor in initializers], ["y"], **attributes)],
                 [value(*input) for input in zip(names, shapes, types)], [value("y", None, TensorProto.UNDEFINED)], initializers,
                 opset=OPERATOR_SET, ir=10)


def integers(name, numbers):
    return array(name, numbers, np.int64)


def filled(count, dtype, made):
    """A node that reads `count` ones."""
    return model([node("ConstantOfShape", ["n"], ["c"], "fill", value=array("v", [1], dtype)), made],
                 [value("x", [4]), value("one", [1], INT64)], initializers=[integers("n", [count])])


def transform(op, shape, *numbers, **attributes):
    return one(op, [shape], initializers=[integers(f"n{i}", number) for i, number in enumerate(numbers)], **attributes)


case("C-lp-pool", "E7003", "'bad'", lambda: one(
    "LpPool", [(1, 1, 1, 1)], kernel_shape=[40_000, 40_000], pads=[20_000] * 4, strides=[2, 2]))
case("C-lp-pool-channels", "E7003", "'bad'", lambda: one(
    "LpPool", [(1, 1 << 20, 32, 32)], kernel_shape=[32, 32]))
case("C-average-pool-dilated", "E7003", "'bad'", lambda: one(
    "AveragePool", [(1, 1, 40_000, 40_000)], kernel_shape=[2, 2], dilations=[2, 2]))
case("C-tensor-scatter", "E7003", "'bad'", lambda: one("TensorScatter", [(1, 1 << 30, 1)] * 2))
case("C-nonzero", "E7003", "'bad'", lambda: model(
    [node("ConstantOfShape", ["n"], ["c"], "fill", value=array("v", [True], np.bool_)), node("NonZero", ["c"], ["y"])],
    outputs=[value("y", None, INT64)], initializers=[integers("n", [1 << 26])]))
case("C-hardmax", "E7003", "'bad'", lambda: one("Hardmax", [(1, 1 << 30)]))
case("C-one-hot", "E7003", "'bad'", lambda: one(
    "OneHot", [(1,)], [INT64], [integers("d", 1 << 24), array("v", [0, 1])]))
case("C-reverse-sequence", "E7003", "'bad'", lambda: one("ReverseSequence", [(1 << 30, 1), (1,)], [FLOAT, INT64]))
case("C-roi-align", "E7003", "'bad'", lambda: one(
    "RoiAlign", [(1, 1, 1, 1), (1, 4), (1,)], [FLOAT, FLOAT, INT64], output_height=1 << 16, sampling_ratio=1 << 10))
case("C-suppression", "E7003", "'bad'", lambda: one(
    "NonMaxSuppression", [(1, 1 << 24, 4), (1, 1, 1 << 24)], initializers=[integers("n", [1 << 24])]))
case("C-attention", "E7003", "'bad'", lambda: one("Attention", [(1, 1, 1 << 14, 1)] * 3, is_causal=1))
case("C-deformable", "E7003", "'bad'", lambda: one(
    "DeformConv", [(1 << 30, 1, 1, 1), (1, 1, 1, 1), (1 << 30, 2, 1, 1)]))
case("C-pad-shifted", "E2309", "'edge'", lambda: one(
    "Pad", [(1 << 30,)], initializers=[integers("n", [-5, 5])], mode="edge"))
case("C-gather", "E7003", "'bad'", lambda: filled(1 << 25, np.int32, node("Gather", ["x", "c"], ["y"])))
case("C-scales", "E7003", "'bad'", lambda: filled(1 << 25, np.float32, node("QuantizeLinear", ["x", "c"], ["y"])))
case("C-exponents", "E7003", "'bad'", lambda: filled(1 << 25, np.float32, node("Pow", ["one", "c"], ["y"])))
case("C-triangle", "E7003", "'bad'", lambda: one("Trilu", [(1 << 15, 1 << 15)]))
case("C-diagonal", "E7003", "'bad'", lambda: one("EyeLike", [(1 << 14, 1 << 14)], dtype=TensorProto.BOOL))
case("C-spectrum", "E7003", "'bad'", lambda: transform("DFT", (1, 8191, 1)))
case("C-spectrum-halved", "E7003", "'bad'", lambda: transform("DFT", (1, 2 * 4093, 2)))
case("C-frames", "E7003", "'bad'", lambda: transform("STFT", (1, 8192, 2), 1, onesided=0))
case("C-frames-window", "E7003", "'bad'", lambda: one(
    "STFT", [(1, 8192, 2)], initializers=[integers("n", 1), array("w", np.ones(8192))], onesided=0))
case("C-affine-grid", "E7003", "'bad'", lambda: one(
    "AffineGrid", [(1, 2, 3)], initializers=[integers("n", [1, 1, 1 << 14, 1 << 14])]))
case("C-resize", "E7003", "'bad'", lambda: model(
    [node("Resize", ["x", "", "", "n"], ["y"], mode="linear")], [value("x", [1, 1, 1, 2])],
    initializers=[integers("n", [1, 1, 1, 1 << 30])], opset=OPERATOR_SET))

if __name__ == "__main__":
    hostile.main()
