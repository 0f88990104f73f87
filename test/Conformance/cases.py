"""Test cases of the ONNX suite: a model, the values of its inputs and the outputs that it must give."""
import dataclasses
import functools
import pathlib
import re
import tarfile
import zlib

import numpy
import onnx
from onnx import numpy_helper

EXPANDED = re.compile(r"_expanded(_ver\d+)?$")
DEFAULT_DOMAIN = "ai.onnx"
# As headers and manifests of qcc spell them.
SHORT_NAMES = {"FLOAT": "f32", "DOUBLE": "f64", "FLOAT16": "f16", "BFLOAT16": "bf16", "BOOL": "bool", "INT8": "i8", "INT16": "i16",
               "INT32": "i32", "INT64": "i64", "UINT8": "u8", "UINT16": "u16", "UINT32": "u32", "UINT64": "u64"}


def is_in_tenth(name):
    """A fixed tenth, drawn by name, in which the large networks are not."""
    return zlib.crc32(name.encode()) % 10 == 5


def list_graphs(graph):
    """The graph and those inside of it."""
    yield graph
    for node in graph.node:
        for attribute in node.attribute:
            for inner in [attribute.g] if attribute.HasField("g") else attribute.graphs:
                yield from list_graphs(inner)


def describe_type(type_proto):
    """`FLOAT`, `sequence`, `optional`, ...: what a value is made of."""
    kind = type_proto.WhichOneof("value")
    if kind == "tensor_type":
        return onnx.TensorProto.DataType.Name(type_proto.tensor_type.elem_type)
    return (kind or "untyped").removesuffix("_type")


@dataclasses.dataclass
class Case:
    name: str
    category: str  # folder of the suite: node, simple, pytorch-converted, pytorch-operator, light
    path: pathlib.Path  # of the model
    data: list = dataclasses.field(default_factory=list)  # folders of input_N.pb and output_N.pb

    @functools.cached_property
    def model(self):
        return onnx.load(self.path, load_external_data=False)

    @functools.cached_property
    def inputs(self):
        """Graph inputs without the initializers, which old models list as inputs as well."""
        known = {tensor.name for tensor in self.model.graph.initializer}
        return [value for value in self.model.graph.input if value.name not in known]

    @functools.cached_property
    def operators(self):
        """`Conv`, `ai.onnx.ml:LabelEncoder`, ... of every graph and function of the model."""
        bodies = [graph.node for graph in list_graphs(self.model.graph)]
        bodies += [function.node for function in self.model.functions]
        names = {}
        for node in (node for body in bodies for node in body):
            names.setdefault((f"{node.domain}:" if node.domain not in ("", DEFAULT_DOMAIN) else "") + node.op_type)
        return list(names)

    @functools.cached_property
    def types(self):
        """Types of the inputs and outputs."""
        return {describe_type(value.type) for value in [*self.inputs, *self.model.graph.output]}

    @property
    def is_expanded(self):
        """The body of a function operator in place of the operator."""
        return EXPANDED.search(self.name) is not None

    def load_inputs(self, folder):
        if self.category == "light":  # the suite's own rule for inputs of these
            return [make_ramp(value) for value in self.inputs]
        return [load_tensor(folder / f"input_{i}.pb") for i in range(len(self.inputs))]

    def load_outputs(self, folder):
        prefix = self.path.stem + "_" if self.category == "light" else ""
        return [load_tensor(folder / f"{prefix}output_{i}.pb") for i in range(len(self.model.graph.output))]


def make_ramp(value):
    shape = [dim.dim_value or 1 for dim in value.type.tensor_type.shape.dim]
    count = int(numpy.prod(shape))
    return (numpy.arange(count).reshape(shape) / count).astype(numpy.float32)


def load_tensor(path):
    tensor = onnx.TensorProto()
    tensor.ParseFromString(path.read_bytes())
    return numpy_helper.to_array(tensor)


def unpack(archive, folder, is_wanted):
    """Unpacks the cases that are wanted; of another layout than suite/case/..., everything."""
    with tarfile.open(archive) as files:
        members = [member for member in files if member.isfile() and wants(pathlib.PurePosixPath(member.name), is_wanted)]
        files.extractall(folder, members)
    return folder


def wants(path, is_wanted):
    name = path.parts[1] if len(path.parts) > 1 else ""
    return not name.startswith("test_") or is_wanted(EXPANDED.sub("", name)) or is_wanted(name)


def find_cases(root):
    """The cases below a folder, sorted by name. A case is a folder with model.onnx and data sets, or light_*.onnx."""
    cases = []
    for path in sorted(root.rglob("*.onnx")):
        if path.name == "model.onnx":
            data = sorted(path.parent.glob("test_data_set_*"))
            if data:
                cases.append(Case(path.parent.name, path.parent.parent.name, path, data))
        elif path.name.startswith("light_"):
            cases.append(Case(path.stem, "light", path, [path.parent]))
    return sorted(cases, key=lambda case: (case.category != "node", case.category, case.name))
