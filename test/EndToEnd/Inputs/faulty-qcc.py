#!/usr/bin/env python3
"""Stands in for qcc in the test of the rig: an object made from C that has the fault that -fault= names.

Without a fault the network is right: it adds its input to its output's index, by way of the arena.
"""
import json
import pathlib
import subprocess
import sys

DEEP = "volatile unsigned char deep[2048]; for (int i = 0; i < 2048; ++i) deep[i] = 1;"
FAULTS = {
    "none": "",
    "writes-input": "((float *)in0)[1] = 3;",
    "reads-arena": "extra = ((unsigned char *)arena)[7];",
    "reads-output": "",
    "after-output": "out0[4] = 1;",
    "before-arena": "((volatile unsigned char *)arena)[-1] = 1;",
    "after-arena": "((volatile unsigned char *)arena)[16] = 1;",
    "deep-stack": DEEP,
    "deep-selftest": "",
    "deep-reset": "((unsigned char *)state)[0]++;",
    "error": "return net_NULL_POINTER;",
    "undefined-symbol": "extern void outside(void); outside();",
    "writable-data": "static int calls; out0[0] += (float)(calls++ * 0);",
    "other-symbol": "",
    "wrong-bound": "",
    "wrong-kernel": "",
    "stateful": "extra = ((unsigned char *)state)[0]++;",
    "no-reset": "((unsigned char *)state)[0]++;",
    "changes": "",
}
CODE = """
#include "net.h"
%s
net_status net_run(const float *in0, float *out0, PARAMETERS) {
  float *copy = arena, extra = 0;
  %s
  for (int i = 0; i < 4; ++i)
    copy[i] = in0[i] + (float)i;
  for (int i = 0; i < 4; ++i)
    out0[i] %s= copy[i] + extra;
  %s
  return net_OK;
}
"""
HEADER = """
typedef enum { net_OK, net_NULL_POINTER } net_status;
#define NET_OK net_OK
#define NET_ARENA_SIZE 16u
#define NET_ARENA_ALIGN 16u
#define NET_STACK_MAX 128u
#define NET_IN0_TYPE float
#define NET_IN0_SIZE 16u
#define NET_IN0_RANK 1
#define NET_IN0_DIMS {4}
#define NET_OUT0_TYPE float
#define NET_OUT0_SIZE 16u
#define NET_OUT0_RANK 1
#define NET_OUT0_DIMS {4}
net_status net_run(const float *in0, float *out0, PARAMETERS);
"""
SELFTEST = """
net_status net_selftest(void *work) {
  (void)work;
  %s
  return net_OK;
}
""" % DEEP
RESET = """
net_status net_reset(void *state) {
  DEEP
  for (int i = 0; i < COUNT; ++i)
    ((volatile unsigned char *)state)[i] = 0;
  return net_OK;
}
"""
FUSED = """
func.func @run(%x: tensor<4xf32>) -> tensor<4xf32> {
  %c = qnn.constant dense_resource<index> : tensor<4xf32> -> tensor<4xf32>
  %y = qnn.kernel (%a = %x : tensor<4xf32>, %b = %c : tensor<4xf32>) -> tensor<4xf32> attributes {id = 0 : i64} {
    %s = qnn.add %a, %b : tensor<4xf32>, tensor<4xf32> -> tensor<4xf32>
    qnn.yield %s : tensor<4xf32>
  }
  return %y : tensor<4xf32>
}
{-# dialect_resources: { builtin: { index: "0x04000000000000000000803f0000004000004040" } } #-}
"""
COMPILERS = {"host": ["cc"], "cortex-m3": ["arm-none-eabi-gcc", "-mcpu=cortex-m3"]}


def main():
    options = dict(word[1:].split("=", 1) for word in sys.argv[1:] if word.startswith("-") and "=" in word)
    output, fault = pathlib.Path(sys.argv[sys.argv.index("-o") + 1]), options["fault"]
    if options.get("emit") == "fuse":
        output.write_text(FUSED)
        return
    seed = pathlib.Path(sys.argv[1])
    tensor = {"name": "x", "type": "f32", "dims": [4]}
    node = {"name": "copy", "id": 0, "emitter": "generic", "reads": [], "results": [{"offset": 0, "type": "f32", "dims": [4]}]}
    count, stateful = 0, fault in ("stateful", "no-reset", "deep-reset")
    tested = fault == "deep-selftest"
    parameters = "void *state, void *arena" if stateful else "void *arena"
    if fault == "changes":  # the model file of this fault counts the calls
        count = int(seed.read_text()) + 1
        seed.write_text(str(count))
    manifest = {"inputs": [tensor], "outputs": [tensor], "nodes": [node], "state": {"size": 16 * stateful}, "stack_max": 128, "weights_size": 0,
                "arena": {"size": 16, "align": 16, "bound": 12 if fault == "wrong-bound" else 16}, "code_size": count}
    declarations = "#define NET_STATE_SIZE 16u\n#define NET_STATE_ALIGN 16u\nnet_status net_reset(void *state);\n" if stateful else ""
    if tested:
        manifest["selftest_size"] = 16
        declarations += "#define NET_SELFTEST_SIZE 16u\nnet_status net_selftest(void *work);\n"
    output.with_suffix(".h").write_text((HEADER + declarations).replace("PARAMETERS", parameters))
    pathlib.Path(options["manifest"]).write_text(json.dumps(manifest))
    code = CODE % ("int other(void);\nint other(void) { return 1; }" if fault == "other-symbol" else "",
                   FAULTS[fault], "+" if fault == "reads-output" else "", "copy[2] += 1;" if fault == "wrong-kernel" else "")
    reset = RESET.replace("COUNT", "0" if fault == "no-reset" else "16").replace("DEEP", DEEP if fault == "deep-reset" else "")
    code = code.replace("PARAMETERS", parameters) + reset * stateful + SELFTEST * tested
    subprocess.run([*COMPILERS[options["target"]], "-O1", "-ffreestanding", "-fno-tree-loop-distribute-patterns", "-x", "c", "-", "-c", "-I", output.parent,
                    "-o", output], input=code.encode(), check=True)


if __name__ == "__main__":
    main()
