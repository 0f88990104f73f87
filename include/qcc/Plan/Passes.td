// Passes of the Plan stage: arena offsets.
#ifndef QCC_PLAN_PASSES_TD
#define QCC_PLAN_PASSES_TD

include "mlir/Pass/PassBase.td"

def AssignArena : Pass<"qcc-plan-assign-arena", "::mlir::ModuleOp"> {
  let summary = "places every kernel result and scratch buffer in the arena";
  let description = [{
    A kernel's `arena` attribute lists the byte offset of each result and, last, of its scratch buffer; -1 where
    there is none or the result is a network output, which lies in the caller's buffer. Two buffers share bytes
    only if no kernel needs both. The module gets `qcc.arena_size`, `qcc.arena_align` and `qcc.arena_bound`, the
    largest sum of bytes that one kernel keeps alive: no plan without overlap inside a kernel can be smaller.
    The search is bounded in steps, never in seconds: the same network gives the same plan.
  }];
  let options = [Option<"keepTensors", "keep-tensors", "bool", "false",
                        "give every result memory of its own, for comparing them after a run">];
  let dependentDialects = ["::qcc::qnn::QNNDialect"];
}

#endif
