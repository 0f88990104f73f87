"""Makes models that are a little wrong, the same ones on every run.

    mutate-onnx.py DIRECTORY COUNT SEED MODEL...

Half of them have fields changed inside the parsed model, so that they get past the parser; the other half have
bytes changed. With the word "prefixes" as COUNT, each model is cut at every length instead; with "damage", each
input and output of a node is left out, each attribute is dropped or set to extremes, and so is each dimension and element
type of a graph input.
"""
import pathlib
import random
import sys

import onnx

NUMBERS = [0, 1, -1, 2, 3, 4, 5, 7, 8, 9, 16, 127, 128, 255, 256, 1000, 65535, (1 << 31) - 1, 1 << 31, 1 << 32,
           (1 << 62), (1 << 63) - 1, -(1 << 63), -(1 << 31), -2, -3]
FLOATS = [0.0, -0.0, 1.0, -1.0, 1e-45, 1e38, float("inf"), float("-inf"), float("nan"), 0.5, 3e-5]
INTEGERS = ("CPPTYPE_INT32", "CPPTYPE_INT64", "CPPTYPE_UINT32", "CPPTYPE_UINT64")


def messages(message, found):
    """The message and all below it."""
    found.append(message)
    for field, content in message.ListFields():
        if field.message_type:
            for part in content if field.is_repeated else [content]:
                messages(part, found)
    return found


def number(random_source, field):
    limits = {field.CPPTYPE_INT32: (-(1 << 31), (1 << 31) - 1), field.CPPTYPE_INT64: (-(1 << 63), (1 << 63) - 1),
              field.CPPTYPE_UINT32: (0, (1 << 32) - 1), field.CPPTYPE_UINT64: (0, (1 << 64) - 1)}
    low, high = limits[field.cpp_type]
    return max(low, min(high, random_source.choice(NUMBERS)))


def content_of(random_source, field, names):
    """A new value for a field that holds no message."""
    if field.cpp_type in (field.CPPTYPE_FLOAT, field.CPPTYPE_DOUBLE):
        return random_source.choice(FLOATS)
    if field.cpp_type == field.CPPTYPE_ENUM:
        return random_source.choice(field.enum_type.values).number
    if field.cpp_type == field.CPPTYPE_STRING:
        if field.type == field.TYPE_BYTES:
            return random_source.randbytes(random_source.choice([0, 1, 4, 8, 24, 64]))
        return random_source.choice(names)
    return number(random_source, field)


def mutate_message(random_source, model):
    everything = messages(model, [])
    names = [""] + [name for node in model.graph.node for name in [*node.input, *node.output, node.op_type]]
    for _ in range(random_source.choice([1, 1, 1, 2, 3])):
        target = random_source.choice(everything)
        fields = target.ListFields()
        if random_source.random() < 0.2:
            fields = [(field, None) for field in target.DESCRIPTOR.fields if not field.message_type]
        if not fields:
            continue
        field, content = random_source.choice(fields)
        if field.is_repeated:
            content = getattr(target, field.name)
            action = random_source.random()
            if content and action < 0.3:
                del content[random_source.randrange(len(content))]
            elif content and action < 0.5:
                other = random_source.choice(content)
                content.append(other)
            elif content and action < 0.6:
                del content[:]
            elif not field.message_type:
                item = content_of(random_source, field, names)
                if content and action < 0.9:
                    content[random_source.randrange(len(content))] = item
                else:
                    content.append(item)
            elif len(content) > 1:
                first, second = random_source.sample(range(len(content)), 2)
                copy = type(content[first])()
                copy.CopyFrom(content[first])
                content[first].CopyFrom(content[second])
                content[second].CopyFrom(copy)
        elif field.message_type or random_source.random() < 0.15:
            target.ClearField(field.name)
        else:
            setattr(target, field.name, content_of(random_source, field, names))
    return model.SerializeToString()


def mutate_bytes(random_source, data):
    data = bytearray(data)
    for _ in range(random_source.choice([1, 1, 2, 4, 16])):
        position = random_source.randrange(len(data))
        action = random_source.randrange(5)
        if action == 0:
            data[position] ^= 1 << random_source.randrange(8)
        elif action == 1:
            data[position] = random_source.randrange(256)
        elif action == 2:
            del data[position:position + random_source.choice([1, 2, 8, 100])]
        elif action == 3:
            data[position:position] = random_source.randbytes(random_source.choice([1, 2, 8]))
        else:
            data = data[:position + 1]
        if not data:
            return b"\0"
    return bytes(data)


SIZES = [0, 1, 1 << 16, 1 << 30]
TYPES = [onnx.TensorProto.FLOAT, onnx.TensorProto.INT8, onnx.TensorProto.INT32, onnx.TensorProto.INT64, onnx.TensorProto.BOOL]


def nodes_of(model):
    """All nodes, those of functions and of graphs in nodes too."""
    pending = [node for part in [model.graph, *model.functions] for node in part.node]
    for node in pending:
        pending += [inner for attribute in node.attribute for inner in attribute.g.node]
    return pending


def damage_attribute(attribute):
    """Functions that change the attribute."""
    yield lambda attribute: attribute.Clear()
    for value in NUMBERS if attribute.type == onnx.AttributeProto.INT else []:
        if -(1 << 63) <= value < 1 << 63:
            yield lambda attribute, value=value: setattr(attribute, "i", value)
    for value in FLOATS if attribute.type == onnx.AttributeProto.FLOAT else []:
        yield lambda attribute, value=value: setattr(attribute, "f", value)
    for position in range(len(attribute.ints)):
        for value in (0, -1, (1 << 31) - 1, (1 << 63) - 1, -(1 << 63)):
            yield lambda attribute, value=value, position=position: attribute.ints.__setitem__(position, value)
    for name in ("ints", "floats", "strings"):
        if getattr(attribute, name):
            yield lambda attribute, name=name: attribute.ClearField(name)


def damage(model):
    """Functions that change a model in one place."""
    for index, node in enumerate(nodes_of(model)):
        for name in ("input", "output"):
            for position in range(len(getattr(node, name))):
                def leave_out(changed, index=index, name=name, position=position):
                    getattr(nodes_of(changed)[index], name)[position] = ""
                yield leave_out
        for position, attribute in enumerate(node.attribute):
            for change in damage_attribute(attribute):
                def change_attribute(changed, index=index, position=position, change=change):
                    change(nodes_of(changed)[index].attribute[position])
                yield change_attribute
    for index, value in enumerate(model.graph.input):
        for position in range(len(value.type.tensor_type.shape.dim)):
            for size in SIZES:
                def resize(changed, index=index, position=position, size=size):
                    changed.graph.input[index].type.tensor_type.shape.dim[position].dim_value = size
                yield resize
        for element in TYPES:
            def retype(changed, index=index, element=element):
                changed.graph.input[index].type.tensor_type.elem_type = element
            yield retype


def write_damaged(directory, index, data):
    for number, change in enumerate(damage(onnx.ModelProto.FromString(data))):
        changed = onnx.ModelProto.FromString(data)
        change(changed)
        for output in changed.graph.output:  # they are computed otherwise now
            output.type.tensor_type.Clear()
        (directory / f"{index}-{number}.onnx").write_bytes(changed.SerializeToString())


def main():
    directory, count, seed, paths = pathlib.Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), sys.argv[4:]
    directory.mkdir(parents=True, exist_ok=True)
    random_source = random.Random(seed)
    seeds = [pathlib.Path(path).read_bytes() for path in paths]
    if count == "damage":
        for index, data in enumerate(seeds):
            write_damaged(directory, index, data)
        return
    if count == "prefixes":
        for index, data in enumerate(seeds):
            for length in range(len(data)):
                (directory / f"{index}-{length}.onnx").write_bytes(data[:length])
        return
    for index in range(int(count)):
        data = random_source.choice(seeds)
        if index % 2:
            mutant = mutate_bytes(random_source, data)
        else:
            mutant = mutate_message(random_source, onnx.ModelProto.FromString(data))
        (directory / f"{index}.onnx").write_bytes(mutant)


if __name__ == "__main__":
    main()
