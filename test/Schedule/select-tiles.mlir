// RUN: qcc-opt %s -qcc-layout-pack-weights -qcc-schedule-select-tiles | FileCheck %s

// A padded convolution gets a register tile and room for the padded copy of its input; an elementwise kernel is generic;
// a schedule that is there stays.
// CHECK-LABEL: func.func @run
// CHECK: qnn.kernel
// CHECK-SAME: schedule = {emitter = "contraction", rows = {{[1-9]}} : i64, scratch = {{[0-9]+}} : i64}
// CHECK: qnn.kernel
// CHECK-SAME: schedule = {emitter = "generic"}
// CHECK: qnn.kernel
// CHECK-SAME: schedule = {emitter = "generic", rows = 9 : i64}
module attributes {qcc.target = {name = "x86_64", cpu = "haswell", attributes = ""}} {
  func.func @run(%x: tensor<1x6x6x4xf32> {qnn.name = "x"}) -> (tensor<1x6x6x2xf32> {qnn.name = "y"}) {
    %w = qnn.constant dense_resource<w> : tensor<2x1x1x4xf32> -> tensor<2x1x1x4xf32>
    %0 = qnn.kernel (%a = %x : tensor<1x6x6x4xf32>, %b = %w : tensor<2x1x1x4xf32>) -> tensor<1x8x8x2xf32> {
      %1 = qnn.conv2d %a, %b {strides = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, dilations = array<i64: 1, 1>, group = 1 : i64} : tensor<1x6x6x4xf32>, tensor<2x1x1x4xf32> -> tensor<1x8x8x2xf32>
      qnn.yield %1 : tensor<1x8x8x2xf32>
    }
    %2 = qnn.kernel (%a = %0 : tensor<1x8x8x2xf32>) -> tensor<1x6x6x2xf32> {
      %1 = qnn.slice %a at [0, 1, 1, 0] by [1, 1, 1, 1] : tensor<1x8x8x2xf32> -> tensor<1x6x6x2xf32>
      qnn.yield %1 : tensor<1x6x6x2xf32>
    }
    %3 = qnn.kernel (%a = %2 : tensor<1x6x6x2xf32>) -> tensor<1x6x6x2xf32> attributes {schedule = {emitter = "generic", rows = 9 : i64}} {
      %1 = qnn.relu %a : tensor<1x6x6x2xf32> -> tensor<1x6x6x2xf32>
      qnn.yield %1 : tensor<1x6x6x2xf32>
    }
    return %3 : tensor<1x6x6x2xf32>
  }
}
{-# dialect_resources: { builtin: { w: "0x040000000000803F0000803F0000803F0000803F0000803F0000803F0000803F0000803F" } } #-}
