"""What agreement.py compares with: ONNX Runtime, and Reference through qcc-run."""
import importlib
import re
import subprocess
import sys

import numpy as np
import onnx


def load_zoo(folder):
    sys.path.insert(0, str(folder.resolve()))
    return importlib.import_module("zoo")


def declared_shapes(path):
    """Shape of each graph input that no initializer fills; None for a dimension that is not fixed."""
    graph = onnx.load(path, load_external_data=False).graph
    initialized = {tensor.name for tensor in graph.initializer}
    return {value.name: [dim.dim_value if dim.HasField("dim_value") else None for dim in value.type.tensor_type.shape.dim]
            for value in graph.input if value.name not in initialized}


def binding_flags(path, feed):
    """-shape for each input whose declared shape is not the sample's."""
    return [f"-shape={name}={'x'.join(map(str, np.shape(feed[name])))}" for name, shape in declared_shapes(path).items()
            if shape != list(np.shape(feed[name]))]


class Session:
    """ONNX Runtime on one thread. Where the file declares another shape than the sample has, zoo.py's copy with the sample's."""

    def __init__(self, zoo, case, feed):
        shapes = declared_shapes(case.path)
        contradicts = any(size is not None and size != given for name, shape in shapes.items()
                          for size, given in zip(shape, np.shape(feed[name])))
        self.session = zoo.session(zoo.prepare(case) if contradicts else case.path)
        self.names = [value.name for value in self.session.get_inputs()]

    def run(self, feed):
        return self.session.run(None, {name: feed[name] for name in self.names})


def compare_with_reference(qcc_run, path, flags, feeds, folder):
    """Compares every kernel with Reference; returns the cell of the table and what is wrong."""
    command = [qcc_run, path, "-compare=reference", f"-samples={len(feeds)}", *flags]
    for index, name in enumerate(feeds[0]):
        file = folder / f"samples{index}.npy"
        np.save(file, np.stack([feed[name] for feed in feeds]))
        command.append(f"-input={name}:{file}")
    done = subprocess.run([str(word) for word in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    found = re.search(r"reference: .*, (\d+) different", done.stdout)
    if not found:
        return "?", f"qcc-run ended with {done.returncode}: {done.stdout.strip()[:300]}"
    return ("bytes equal", None) if found[1] == "0" and not done.returncode else ("bytes differ", done.stdout.strip()[:300])
