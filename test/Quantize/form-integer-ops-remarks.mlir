// RUN: qcc-opt %s -split-input-file -verify-diagnostics -o %t -pass-pipeline='builtin.module(func.func(qcc-quantize-form-integer-ops))'

!x = !quant.uniform<i8:f32, 5.000000e-01:3>
!y = !quant.uniform<i8:f32, 1.000000e+00:-1>

func.func @run(%x: tensor<1x2xf32>) -> tensor<1x2x!y> {
  %w = qnn.constant dense_resource<w> : tensor<2x2xi8> -> tensor<2x2xi8>
  %s = qnn.constant dense_resource<s> : tensor<2xf32> -> tensor<2xf32>
  %z = qnn.constant dense_resource<z> : tensor<2xi8> -> tensor<2xi8>
  %1 = qnn.dequantize_weights %w, %s, %z : tensor<2x2xi8>, tensor<2xf32>, tensor<2xi8> -> tensor<2x2xf32>
  // expected-remark @+1 {{qnn.linear stays float: its input is not quantized}}
  %3 = qnn.linear %x, %1 : tensor<1x2xf32>, tensor<2x2xf32> -> tensor<1x2xf32>
  %4 = qnn.quantize %3 : tensor<1x2xf32> -> tensor<1x2x!y>
  return %4 : tensor<1x2x!y>
}

{-#
  dialect_resources: {
    builtin: {
      w: "0x0400000001020304",
      s: "0x040000000000003F0000803F",
      z: "0x040000000000",
      b: "0x040000000100000002000000",
      bf: "0x040000000000803E0000003F",
      bz: "0x040000000000000000000000",
      b1: "0x040000000100000000000000"
    }
  }
#-}

// -----

!x = !quant.uniform<i8:f32, 5.000000e-01:3>
!y = !quant.uniform<i8:f32, 1.000000e+00:-1>

func.func @run(%x: tensor<1x2x!x>, %w: tensor<2x2xf32>) -> tensor<1x2x!y> {
  %0 = qnn.dequantize %x : tensor<1x2x!x> -> tensor<1x2xf32>
  // expected-remark @+1 {{qnn.linear stays float: its weights are not quantized constants}}
  %3 = qnn.linear %0, %w : tensor<1x2xf32>, tensor<2x2xf32> -> tensor<1x2xf32>
  %4 = qnn.quantize %3 : tensor<1x2xf32> -> tensor<1x2x!y>
  return %4 : tensor<1x2x!y>
}

// -----

!x = !quant.uniform<i8:f32, 5.000000e-01:3>
!y = !quant.uniform<i8:f32, 1.000000e+00:-1>

func.func @run(%x: tensor<1x2x!x>) -> tensor<1x2x!y> {
  %w = qnn.constant dense_resource<w> : tensor<2x2xi8> -> tensor<2x2xi8>
  %s = qnn.constant dense_resource<s> : tensor<2xf32> -> tensor<2xf32>
  %z = qnn.constant dense_resource<z> : tensor<2xi8> -> tensor<2xi8>
  %0 = qnn.dequantize %x : tensor<1x2x!x> -> tensor<1x2xf32>
  %1 = qnn.dequantize_weights %w, %s, %z : tensor<2x2xi8>, tensor<2xf32>, tensor<2xi8> -> tensor<2x2xf32>
  %2 = qnn.constant dense_resource<bf> : tensor<2xf32> -> tensor<2xf32>
  // expected-remark @+1 {{qnn.linear stays float: its bias is not quantized}}
  %3 = qnn.linear %0, %1 bias %2 : tensor<1x2xf32>, tensor<2x2xf32>, bias tensor<2xf32> -> tensor<1x2xf32>
  %4 = qnn.quantize %3 : tensor<1x2xf32> -> tensor<1x2x!y>
  return %4 : tensor<1x2x!y>
}

{-#
  dialect_resources: {
    builtin: {
      w: "0x0400000001020304",
      s: "0x040000000000003F0000803F",
      z: "0x040000000000",
      b: "0x040000000100000002000000",
      bf: "0x040000000000803E0000003F",
      bz: "0x040000000000000000000000",
      b1: "0x040000000100000000000000"
    }
  }
#-}

// -----

!x = !quant.uniform<i8:f32, 5.000000e-01:3>
!y = !quant.uniform<i8:f32, 1.000000e+00:-1>

func.func @run(%x: tensor<1x2x!x>) -> tensor<1x2x!y> {
  %w = qnn.constant dense_resource<w> : tensor<2x2xi8> -> tensor<2x2xi8>
  %s = qnn.constant dense_resource<s> : tensor<2xf32> -> tensor<2xf32>
  %z = qnn.constant dense_resource<z> : tensor<2xi8> -> tensor<2xi8>
  %0 = qnn.dequantize %x : tensor<1x2x!x> -> tensor<1x2xf32>
  %1 = qnn.dequantize_weights %w, %s, %z : tensor<2x2xi8>, tensor<2xf32>, tensor<2xi8> -> tensor<2x2xf32>
  %b = qnn.constant dense_resource<b> : tensor<2xi32> -> tensor<2xi32>
  %bs = qnn.constant dense_resource<s> : tensor<2xf32> -> tensor<2xf32>
  %bz = qnn.constant dense_resource<bz> : tensor<2xi32> -> tensor<2xi32>
  %2 = qnn.dequantize_weights %b, %bs, %bz : tensor<2xi32>, tensor<2xf32>, tensor<2xi32> -> tensor<2xf32>
  // expected-remark @+1 {{qnn.linear stays float: the bias scale of channel 0 is not the product of the scales of input and weights}}
  %3 = qnn.linear %0, %1 bias %2 : tensor<1x2xf32>, tensor<2x2xf32>, bias tensor<2xf32> -> tensor<1x2xf32>
  %4 = qnn.quantize %3 : tensor<1x2xf32> -> tensor<1x2x!y>
  return %4 : tensor<1x2x!y>
}

{-#
  dialect_resources: {
    builtin: {
      w: "0x0400000001020304",
      s: "0x040000000000003F0000803F",
      z: "0x040000000000",
      b: "0x040000000100000002000000",
      bf: "0x040000000000803E0000003F",
      bz: "0x040000000000000000000000",
      b1: "0x040000000100000000000000"
    }
  }
#-}

// -----

!x = !quant.uniform<i8:f32, 5.000000e-01:3>
!y = !quant.uniform<i8:f32, 1.000000e+00:-1>

func.func @run(%x: tensor<1x2x!x>) -> tensor<1x2x!y> {
  %w = qnn.constant dense_resource<w> : tensor<2x2xi8> -> tensor<2x2xi8>
  %s = qnn.constant dense_resource<s> : tensor<2xf32> -> tensor<2xf32>
  %z = qnn.constant dense_resource<z> : tensor<2xi8> -> tensor<2xi8>
  %0 = qnn.dequantize %x : tensor<1x2x!x> -> tensor<1x2xf32>
  %1 = qnn.dequantize_weights %w, %s, %z : tensor<2x2xi8>, tensor<2xf32>, tensor<2xi8> -> tensor<2x2xf32>
  %b = qnn.constant dense_resource<b> : tensor<2xi32> -> tensor<2xi32>
  %bs = qnn.constant dense_resource<bf> : tensor<2xf32> -> tensor<2xf32>
  %bz = qnn.constant dense_resource<b1> : tensor<2xi32> -> tensor<2xi32>
  %2 = qnn.dequantize_weights %b, %bs, %bz : tensor<2xi32>, tensor<2xf32>, tensor<2xi32> -> tensor<2xf32>
  // expected-remark @+1 {{qnn.linear stays float: its bias has a zero point}}
  %3 = qnn.linear %0, %1 bias %2 : tensor<1x2xf32>, tensor<2x2xf32>, bias tensor<2xf32> -> tensor<1x2xf32>
  %4 = qnn.quantize %3 : tensor<1x2xf32> -> tensor<1x2x!y>
  return %4 : tensor<1x2x!y>
}

{-#
  dialect_resources: {
    builtin: {
      w: "0x0400000001020304",
      s: "0x040000000000003F0000803F",
      z: "0x040000000000",
      b: "0x040000000100000002000000",
      bf: "0x040000000000803E0000003F",
      bz: "0x040000000000000000000000",
      b1: "0x040000000100000000000000"
    }
  }
#-}

// -----

!x = !quant.uniform<i8:f32, 5.000000e-01:3>
!y = !quant.uniform<i8:f32, 1.000000e+00:-1>

func.func @run(%x: tensor<1x2x!x>) -> tensor<1x2xf32> {
  %w = qnn.constant dense_resource<w> : tensor<2x2xi8> -> tensor<2x2xi8>
  %s = qnn.constant dense_resource<s> : tensor<2xf32> -> tensor<2xf32>
  %z = qnn.constant dense_resource<z> : tensor<2xi8> -> tensor<2xi8>
  %0 = qnn.dequantize %x : tensor<1x2x!x> -> tensor<1x2xf32>
  %1 = qnn.dequantize_weights %w, %s, %z : tensor<2x2xi8>, tensor<2xf32>, tensor<2xi8> -> tensor<2x2xf32>
  // expected-remark @+1 {{qnn.linear stays float: its result is used by func.return and not quantized first}}
  %3 = qnn.linear %0, %1 : tensor<1x2xf32>, tensor<2x2xf32> -> tensor<1x2xf32>
  return %3 : tensor<1x2xf32>
}

{-#
  dialect_resources: {
    builtin: {
      w: "0x0400000001020304",
      s: "0x040000000000003F0000803F",
      z: "0x040000000000",
      b: "0x040000000100000002000000",
      bf: "0x040000000000803E0000003F",
      bz: "0x040000000000000000000000",
      b1: "0x040000000100000000000000"
    }
  }
#-}

// -----

!x = !quant.uniform<i8:f32, 5.000000e-01:3>
!y = !quant.uniform<i8:f32, 1.000000e+00:-1>

func.func @run(%x: tensor<1x2x!x>) -> (tensor<1x2x!x>, tensor<1x2x!y>) {
  %w = qnn.constant dense_resource<w> : tensor<2x2xi8> -> tensor<2x2xi8>
  %s = qnn.constant dense_resource<s> : tensor<2xf32> -> tensor<2xf32>
  %z = qnn.constant dense_resource<z> : tensor<2xi8> -> tensor<2xi8>
  %0 = qnn.dequantize %x : tensor<1x2x!x> -> tensor<1x2xf32>
  %1 = qnn.dequantize_weights %w, %s, %z : tensor<2x2xi8>, tensor<2xf32>, tensor<2xi8> -> tensor<2x2xf32>
  // expected-remark @+1 {{qnn.linear stays float: its result is quantized to two types}}
  %3 = qnn.linear %0, %1 : tensor<1x2xf32>, tensor<2x2xf32> -> tensor<1x2xf32>
  %4 = qnn.quantize %3 : tensor<1x2xf32> -> tensor<1x2x!y>
  %5 = qnn.quantize %3 : tensor<1x2xf32> -> tensor<1x2x!x>
  return %5, %4 : tensor<1x2x!x>, tensor<1x2x!y>
}

{-#
  dialect_resources: {
    builtin: {
      w: "0x0400000001020304",
      s: "0x040000000000003F0000803F",
      z: "0x040000000000",
      b: "0x040000000100000002000000",
      bf: "0x040000000000803E0000003F",
      bz: "0x040000000000000000000000",
      b1: "0x040000000100000000000000"
    }
  }
#-}
