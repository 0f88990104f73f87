// RUN: qcc-opt %s -split-input-file -qcc-prove-evaluate-selftest | FileCheck %s

// An int8 network: the input covers the range of its quantization, the output is the same bytes everywhere.
// CHECK: qcc.selftest = {inputs = [{low = -6.250000e+01 : f32, step = {{.*}} : f32}], outputs = [{crc = {{[0-9]+}} : i64}]}
!q = !quant.uniform<i8:f32, 5.000000e-01:-3>
func.func @run(%x: tensor<4xf32> {qnn.name = "x"}) -> (tensor<4xf32> {qnn.name = "y"}) {
  %0 = qnn.quantize %x : tensor<4xf32> -> tensor<4x!q>
  %1 = qnn.relu %0 : tensor<4x!q> -> tensor<4x!q>
  %2 = qnn.dequantize %1 : tensor<4x!q> -> tensor<4xf32>
  return %2 : tensor<4xf32>
}

// -----

// A float sum: values with a tolerance; its quantization: nothing. Integers have no range.
// CHECK: qcc.selftest = {inputs = [{low = -1.000000e+00 : f32, step = {{.*}} : f32}, {}],
// CHECK-SAME: outputs = [{stride = 1 : i64, tolerance = {{.*}} : f32, values = array<f32: {{[^,]*}}>}, {}, {crc = {{[0-9]+}} : i64}]}
!r = !quant.uniform<i8:f32, 5.000000e-01:-3>
func.func @run(%x: tensor<1x8xf32> {qnn.name = "x"}, %i: tensor<2xi64> {qnn.name = "i"}) -> (tensor<1x1xf32> {qnn.name = "y"}, tensor<1x1x!r> {qnn.name = "z"}, tensor<2xi64> {qnn.name = "j"}) {
  %t = qnn.reshape %x : tensor<1x8xf32> -> tensor<8x1xf32>
  %0 = qnn.matmul %x, %t : tensor<1x8xf32>, tensor<8x1xf32> -> tensor<1x1xf32>
  %1 = qnn.quantize %0 : tensor<1x1xf32> -> tensor<1x1x!r>
  return %0, %1, %i : tensor<1x1xf32>, tensor<1x1x!r>, tensor<2xi64>
}
