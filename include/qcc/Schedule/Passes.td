// Passes of the Schedule stage: emitter and tile of each kernel.
#ifndef QCC_SCHEDULE_PASSES_TD
#define QCC_SCHEDULE_PASSES_TD

include "mlir/Pass/PassBase.td"

def SelectTiles : Pass<"qcc-schedule-select-tiles", "::mlir::ModuleOp"> {
  let summary = "chooses the emitter, tile and scratch of every kernel";
  let description = [{
    Sets `schedule` on each kernel that has none: `emitter`, and for contractions `rows` (output pixels of a register
    tile; the panel of output channels is fixed by the packed weights) and `scratch` bytes.

    ```mlir
    qnn.kernel (...) attributes {schedule = {emitter = "contraction", rows = 4 : i64, scratch = 1040 : i64}}
    ```
  }];
  let dependentDialects = ["::qcc::qnn::QNNDialect", "::qcc::kernel::KernelDialect"];
}

#endif
