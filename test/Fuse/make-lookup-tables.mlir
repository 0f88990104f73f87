// RUN: qcc-opt %s -split-input-file -pass-pipeline='builtin.module(func.func(qcc-fuse-make-lookup-tables))' | FileCheck %s

!s = !quant.uniform<i8:f32, 5.000000e-01:3>
!t = !quant.uniform<i8:f32, 3.906250e-03:-128>

// Dequantize, function, quantize: one table.
// CHECK-LABEL: func.func @run
// CHECK-SAME: %[[X:[a-z0-9]*]]: tensor<8x
// CHECK: %[[T:.*]] = qnn.constant {{.*}} tensor<256xi8>
// CHECK: %[[L:.*]] = qnn.lookup %[[X]], %[[T]]
// CHECK: return %[[L]]
func.func @run(%x: tensor<8x!s>) -> tensor<8x!t> {
  %0 = qnn.dequantize %x : tensor<8x!s> -> tensor<8xf32>
  %1 = qnn.sigmoid %0 : tensor<8xf32> -> tensor<8xf32>
  %2 = qnn.quantize %1 : tensor<8xf32> -> tensor<8x!t>
  return %2 : tensor<8x!t>
}

// -----

!s = !quant.uniform<i8:f32, 5.000000e-01:3>

// A clamp alone is cheaper than a table.
// CHECK-LABEL: func.func @run
// CHECK-NEXT: qnn.relu
// CHECK-NOT: qnn.lookup
func.func @run(%x: tensor<8x!s>) -> tensor<8x!s> {
  %0 = qnn.relu %x : tensor<8x!s> -> tensor<8x!s>
  return %0 : tensor<8x!s>
}

// -----

!s = !quant.uniform<i8:f32, 5.000000e-01:3>

// A chain that ends in f32 keeps its last part.
// CHECK-LABEL: func.func @run
// CHECK: qnn.dequantize
// CHECK: qnn.exp
// CHECK-NOT: qnn.lookup
func.func @run(%x: tensor<8x!s>) -> tensor<8xf32> {
  %0 = qnn.dequantize %x : tensor<8x!s> -> tensor<8xf32>
  %1 = qnn.exp %0 : tensor<8xf32> -> tensor<8xf32>
  return %1 : tensor<8xf32>
}
