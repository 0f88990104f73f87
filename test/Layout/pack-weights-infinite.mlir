// RUN: qcc-opt %s -qcc-layout-pack-weights | FileCheck %s

// Packed contractions may leave padding out, which is a product with zero: NaN for an infinite weight.
module attributes {qcc.target = {name = "cortex-m4", cpu = "", attributes = ""}} {
  // CHECK-LABEL: func.func @run
  // CHECK: qnn.conv2d
  // CHECK: kernel.contraction float
  // CHECK-NOT: qnn.conv2d
  func.func @run(%x: tensor<1x1x1x1xf32> {qnn.name = "x"}) -> (tensor<1x3x3x1xf32> {qnn.name = "y"}) {
    %w = qnn.constant dense_resource<infinite> : tensor<1x1x1x1xf32> -> tensor<1x1x1x1xf32>
    %0 = qnn.kernel (%a = %x : tensor<1x1x1x1xf32>, %b = %w : tensor<1x1x1x1xf32>) -> tensor<1x3x3x1xf32> {
      %2 = qnn.conv2d %a, %b {strides = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, dilations = array<i64: 1, 1>, group = 1 : i64} : tensor<1x1x1x1xf32>, tensor<1x1x1x1xf32> -> tensor<1x3x3x1xf32>
      qnn.yield %2 : tensor<1x3x3x1xf32>
    }
    %1 = qnn.kernel (%a = %0 : tensor<1x3x3x1xf32>, %b = %w : tensor<1x1x1x1xf32>) -> tensor<1x3x3x1xf32> {
      %2 = qnn.conv2d %a, %b {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, group = 1 : i64} : tensor<1x3x3x1xf32>, tensor<1x1x1x1xf32> -> tensor<1x3x3x1xf32>
      qnn.yield %2 : tensor<1x3x3x1xf32>
    }
    return %1 : tensor<1x3x3x1xf32>
  }
}
{-#
  dialect_resources: { builtin: { infinite: "0x040000000000807F" } }
#-}
