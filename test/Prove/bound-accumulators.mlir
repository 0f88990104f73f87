// RUN: qcc-opt %s -split-input-file -pass-pipeline='builtin.module(func.func(qcc-prove-bound-accumulators))' | FileCheck %s

!x = !quant.uniform<i8:f32, 1.000000e+00:28>
!y = !quant.uniform<i8:f32, 2.000000e+00>

// Codes less 28 lie in [-156, 99]; weights [2, -1] and [3, 3], bias [10, 0].
// Channel 0: [10 - 2*156 - 99, 10 + 2*99 + 156], channel 1: 6 * [-156, 99].
// CHECK-LABEL: func.func @run
// CHECK: qnn.linear {{.*}}prove.accumulator = array<i64: -936, 594>
// After relu the codes less 28 lie in [0, 99].
// CHECK: qnn.linear {{.*}}prove.accumulator = array<i64: -89, 594>
// A clip whose bounds are in the wrong order gives the upper one, the code of 10.
// CHECK: qnn.linear {{.*}}prove.accumulator = array<i64: 20, 60>
func.func @run(%x: tensor<1x2x!x>) -> (tensor<1x2x!y>, tensor<1x2x!y>, tensor<1x2x!y>) {
  %w = qnn.constant dense_resource<w> : tensor<2x2xi8> -> tensor<2x2xi8>
  %b = qnn.constant dense_resource<b> : tensor<2xi32> -> tensor<2xi32>
  %s = qnn.constant dense_resource<s> : tensor<1xf32> -> tensor<1xf32>
  %z = qnn.constant dense_resource<z> : tensor<1xi8> -> tensor<1xi8>
  %0 = qnn.linear %x, %w bias %b scale %s zero_point %z : tensor<1x2x!x>, tensor<2x2xi8>, bias tensor<2xi32>, scale tensor<1xf32>, zero_point tensor<1xi8> -> tensor<1x2x!y>
  %1 = qnn.relu %x : tensor<1x2x!x> -> tensor<1x2x!x>
  %2 = qnn.linear %1, %w bias %b scale %s zero_point %z : tensor<1x2x!x>, tensor<2x2xi8>, bias tensor<2xi32>, scale tensor<1xf32>, zero_point tensor<1xi8> -> tensor<1x2x!y>
  %3 = qnn.clip %x to 30.0, 10.0 : tensor<1x2x!x> -> tensor<1x2x!x>
  %4 = qnn.linear %3, %w bias %b scale %s zero_point %z : tensor<1x2x!x>, tensor<2x2xi8>, bias tensor<2xi32>, scale tensor<1xf32>, zero_point tensor<1xi8> -> tensor<1x2x!y>
  return %0, %2, %4 : tensor<1x2x!y>, tensor<1x2x!y>, tensor<1x2x!y>
}

{-#
  dialect_resources: {
    builtin: {
      w: "0x0400000003000404",
      b: "0x040000000A00000000000000",
      s: "0x040000000000803F",
      z: "0x0400000001"
    }
  }
#-}

// -----

!x = !quant.uniform<i8:f32, 1.000000e+00:-128>

// Padding adds a zero, which unsigned codes have anyway; a product of activations is bounded by its depth.
// CHECK-LABEL: func.func @run
// CHECK: qnn.matmul {{.*}}prove.accumulator = array<i64: 0, 260100>
func.func @run(%a: tensor<2x4x!x>, %b: tensor<4x2x!x>) -> tensor<2x2x!x> {
  %0 = qnn.matmul %a, %b : tensor<2x4x!x>, tensor<4x2x!x> -> tensor<2x2x!x>
  return %0 : tensor<2x2x!x>
}
