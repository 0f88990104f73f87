"""Cases with element types that only constants have, rewritten so that qcc can run them.

Inputs of such a type become initializers, which leaves nothing but folding to test. Outputs of such a type are converted to float,
which holds all of their numbers.
"""
import numpy
import onnx
from onnx import TensorProto, helper, numpy_helper

import cases
import rules


def is_stored(value):
    return cases.describe_type(value.type) in rules.RULES["stored_types"]


def has_stored_types(case):
    return any(is_stored(value) for value in [*case.inputs, *case.model.graph.output])


def write_tensors(arrays, folder, kind):
    for index, array in enumerate(arrays):
        (folder / f"{kind}_{index}.pb").write_bytes(numpy_helper.from_array(array).SerializeToString())


def rewrite(case, folder):
    """The same case in a new folder below this one, with no input or output of such a type."""
    [data] = case.data
    new_folder = folder / "stored"
    new_folder.mkdir()
    model = onnx.ModelProto()
    model.CopyFrom(case.model)
    graph = model.graph
    inputs, outputs = [], []
    for index, value in enumerate(case.inputs):
        if not is_stored(value):
            inputs.append(case.load_inputs(data)[index])
            continue
        tensor = graph.initializer.add()
        tensor.ParseFromString((data / f"input_{index}.pb").read_bytes())
        tensor.name = value.name
        graph.input.remove(value)
    del graph.output[:]
    for value, array in zip(case.model.graph.output, case.load_outputs(data)):
        if is_stored(value):
            array = array.astype(numpy.float32)
            converted = helper.make_tensor_value_info(value.name + "_as_float", TensorProto.FLOAT, array.shape)
            graph.node.append(helper.make_node("Cast", [value.name], [converted.name], to=TensorProto.FLOAT))
            value = converted
        graph.output.append(value)
        outputs.append(array)
    write_tensors(inputs, new_folder, "input")
    write_tensors(outputs, new_folder, "output")
    path = new_folder / case.path.name
    path.write_bytes(model.SerializeToString())
    return cases.Case(case.name, case.category, path, [new_folder])
