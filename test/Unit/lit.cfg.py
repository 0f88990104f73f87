# GoogleTest executables: every program below build/test/Unit whose name ends in Tests.
import glob
import os

import lit.formats

config.name = "qcc-unit"
config.suffixes = []
config.excludes = ["CMakeFiles"]
config.test_exec_root = os.path.join(config.qcc_build_dir, "test", "Unit")
config.test_source_root = config.test_exec_root
config.test_format = lit.formats.GoogleTest(".", "Tests")

for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS"):
    if name in os.environ:
        config.environment[name] = os.environ[name]

# A room whose tests were not built must not look like a room without tests.
for listed in glob.glob(os.path.join(config.qcc_source_dir, "test", "Unit", "*", "CMakeLists.txt")):
    room = os.path.basename(os.path.dirname(listed))
    if not glob.glob(os.path.join(config.test_exec_root, room, "*Tests")):
        lit_config.fatal(f"unit tests of {room} are not built")
