// RUN: qcc-opt %s -split-input-file -qcc-layout-pack-weights | FileCheck %s

!s = !quant.uniform<i8:f32, 5.000000e-01:3>

// A core without a float unit: bytes as they are, a record of four words for each channel.
// CHECK-LABEL: name = "cortex-m3"
// CHECK: kernel.contraction codes
// CHECK-SAME: tensor<8xi8>, tensor<2xi32>, tensor<8xi32>
module attributes {qcc.target = {name = "cortex-m3", cpu = "", attributes = ""}} {
  func.func @run(%x: tensor<1x4x!s> {qnn.name = "x"}) -> (tensor<1x2x!s> {qnn.name = "y"}) {
    %w = qnn.constant dense_resource<w> : tensor<2x4xi8> -> tensor<2x4xi8>
    %s = qnn.constant dense_resource<s> : tensor<1xf32> -> tensor<1xf32>
    %z = qnn.constant dense_resource<z> : tensor<1xi8> -> tensor<1xi8>
    %0 = qnn.kernel (%a = %x : tensor<1x4x!s>, %b = %w : tensor<2x4xi8>, %c = %s : tensor<1xf32>, %d = %z : tensor<1xi8>) -> tensor<1x2x!s> {
      %r = qnn.linear %a, %b scale %c zero_point %d : tensor<1x4x!s>, tensor<2x4xi8>, scale tensor<1xf32>, zero_point tensor<1xi8> -> tensor<1x2x!s>
      qnn.yield %r : tensor<1x2x!s>
    }
    return %0 : tensor<1x2x!s>
  }
}
{-# dialect_resources: { builtin: { w: "0x040000000102030405060708", s: "0x040000000000003F", z: "0x0400000000" } } #-}

// -----

!w = !quant.uniform<i16:f32, 5.000000e-01:0>

// Activations of 16 bits keep their op.
// CHECK-LABEL: module attributes {qcc.name = "words"}
// CHECK: qnn.linear
module attributes {qcc.name = "words"} {
  func.func @run(%x: tensor<1x4x!w> {qnn.name = "x"}) -> (tensor<1x2x!w> {qnn.name = "y"}) {
    %w = qnn.constant dense_resource<w> : tensor<2x4xi8> -> tensor<2x4xi8>
    %s = qnn.constant dense_resource<s> : tensor<1xf32> -> tensor<1xf32>
    %z = qnn.constant dense_resource<z> : tensor<1xi8> -> tensor<1xi8>
    %0 = qnn.kernel (%a = %x : tensor<1x4x!w>, %b = %w : tensor<2x4xi8>, %c = %s : tensor<1xf32>, %d = %z : tensor<1xi8>) -> tensor<1x2x!w> {
      %r = qnn.linear %a, %b scale %c zero_point %d : tensor<1x4x!w>, tensor<2x4xi8>, scale tensor<1xf32>, zero_point tensor<1xi8> -> tensor<1x2x!w>
      qnn.yield %r : tensor<1x2x!w>
    }
    return %0 : tensor<1x2x!w>
  }
}
{-# dialect_resources: { builtin: { w: "0x040000000102030405060708", s: "0x040000000000003F", z: "0x0400000000" } } #-}
