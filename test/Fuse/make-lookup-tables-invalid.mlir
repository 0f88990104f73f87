// RUN: qcc-opt %s -pass-pipeline='builtin.module(func.func(qcc-fuse-make-lookup-tables))' -verify-diagnostics

!u = !quant.uniform<u8:f32, 0.5:3>
func.func @run(%x: tensor<4x!u>) -> tensor<4x!u> {
  %0 = qnn.dequantize %x : tensor<4x!u> -> tensor<4xf32>
  %1 = qnn.cast %0 : tensor<4xf32> -> tensor<4xi32>
  %2 = qnn.sigmoid %1 : tensor<4xi32> -> tensor<4xi32>
  %3 = qnn.cast %2 : tensor<4xi32> -> tensor<4xf32>
  // expected-error @below {{qnn.sigmoid is not defined for this element type [E4020]}}
  %4 = qnn.quantize %3 : tensor<4xf32> -> tensor<4x!u>
  return %4 : tensor<4x!u>
}
