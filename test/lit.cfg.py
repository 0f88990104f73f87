# Configuration of every lit test below test/: features, substitutions and the tools that must exist.
import os
import shutil

import lit.formats

config.name = "qcc"
config.test_format = lit.formats.ShTest(execute_external=False)
config.suffixes = [".mlir", ".test", ".onnxtxt"]
config.excludes = ["Inputs", "tools"]
config.test_source_root = os.path.dirname(__file__)
config.test_exec_root = os.path.join(config.qcc_build_dir, "test")

BIN = os.path.join(config.qcc_build_dir, "bin")
TEST_TOOLS = os.path.join(config.test_source_root, "tools")


def require(path, what):
    """A missing tool is a failed run: a skipped check would look like a passed one."""
    found = shutil.which(path)
    if not found:
        lit_config.fatal(f"{what} not found: {path}")
    return found


python = require(config.qcc_python, "the pinned Python environment (bootstrap.sh makes it)")

# Names longer than others come first, so that %qcc-run is not read as %qcc.
substitutions = {
    "%onnx": f"{python} {TEST_TOOLS}/onnx-text.py",
    "%exits": f"{python} {TEST_TOOLS}/exits.py",
    "%rig": f"{python} {config.test_source_root}/EndToEnd/rig.py --qcc {BIN}/qcc",
    "%python": python,
    "%source": config.qcc_source_dir,
    "%build": config.qcc_build_dir,
}

# LLVM's test tools carry the version in their names on Debian; tests call them by their plain names.
tool_dir = os.path.join(config.test_exec_root, "bin")
os.makedirs(tool_dir, exist_ok=True)


def link(name, target):
    path = os.path.join(tool_dir, name)
    if os.path.islink(path) and os.readlink(path) == target:
        return
    temporary = f"{path}.{os.getpid()}"
    os.symlink(target, temporary)
    os.replace(temporary, path)


for tool in ("FileCheck", "not", "split-file", "count", "llvm-readelf", "llvm-readobj", "llvm-nm", "llvm-objdump", "llvm-size",
             "llvm-objcopy", "clang"):
    link(tool, require(tool + "-22", "LLVM tool"))

# Every tool that the build makes; the three that tests rely on must be there as soon as their sources are.
for tool in ("qcc", "qcc-opt", "qcc-run"):
    if os.path.exists(os.path.join(config.qcc_source_dir, "tools", tool, "CMakeLists.txt")):
        require(os.path.join(BIN, tool), "built tool")

config.environment["PATH"] = os.pathsep.join([BIN, tool_dir, os.environ.get("PATH", "")])
config.environment["FILECHECK_OPTS"] = "-enable-var-scope"
config.environment["PYTHONDONTWRITEBYTECODE"] = "1"
config.environment["QCC_PYTHON"] = python
for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS", "CI"):
    if name in os.environ:
        config.environment[name] = os.environ[name]

# Binary models are not part of the tree. Tests of them say that they were skipped where there are none;
# with QCC_REQUIRE_MODELS=1 that is a failure.
models = os.environ.get("QCC_MODELS") or os.path.join(os.path.dirname(config.qcc_source_dir), "shared", "models")
models = os.path.abspath(models)
if os.path.isdir(models):
    config.available_features.add("models")
    substitutions["%models"] = models
    config.environment["QCC_MODELS"] = models
elif os.environ.get("QCC_REQUIRE_MODELS") == "1":
    lit_config.fatal(f"QCC_REQUIRE_MODELS=1 and no models in {models}")
else:
    lit_config.note(f"no models in {models}: tests that need them are skipped")
    substitutions["%models"] = models

# What knows the samples and labels of those networks lies beside them.
zoo = os.path.join(os.path.dirname(models), "peers")
substitutions["%zoo"] = zoo
if os.path.isfile(os.path.join(zoo, "zoo.py")):
    config.available_features.add("zoo")
elif os.environ.get("QCC_REQUIRE_MODELS") == "1":
    lit_config.fatal(f"QCC_REQUIRE_MODELS=1 and no zoo.py in {zoo}")
elif "models" in config.available_features:
    lit_config.note(f"no zoo.py in {zoo}: the tests that need it are skipped")

if config.qcc_sanitize:
    config.available_features.add("sanitize")

for key in sorted(substitutions, key=len, reverse=True):
    config.substitutions.append((key + r"\b", substitutions[key]))
