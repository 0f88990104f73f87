// RUN: sed 's/TARGET/x86_64/;s/CPU/haswell/' %s | qcc-opt -qcc-layout-pack-weights | FileCheck %s --check-prefixes=CHECK,AVX2
// RUN: sed 's/TARGET/x86_64/;s/CPU/znver4/' %s | qcc-opt -qcc-layout-pack-weights | FileCheck %s --check-prefixes=CHECK,VNNI
// RUN: sed 's/TARGET/aarch64/;s/CPU//' %s | qcc-opt -qcc-layout-pack-weights | FileCheck %s --check-prefixes=CHECK,NEON
// RUN: sed 's/TARGET/cortex-m4/;s/CPU//' %s | qcc-opt -qcc-layout-pack-weights | FileCheck %s --check-prefixes=CHECK,SCALAR

// Weights [2, 3] of codes 1..6, symmetric; input zero point 3.
!x = !quant.uniform<u8:f32, 5.000000e-01:3>
!y = !quant.uniform<u8:f32, 2.500000e-01:7>

// CHECK-LABEL: func.func @run
// Two products a lane: K = 3 is padded to 4, the channels to one vector of 8.
// AVX2: kernel.contraction word_pairs
// AVX2-SAME: lanes = 8 : i64
// AVX2-SAME: tensor<32xi16>, tensor<8xi32>, tensor<8xf32>
// Four products a lane; the zero point of the raw codes is folded into the bias.
// VNNI: kernel.contraction byte_quads
// VNNI-SAME: lanes = 16 : i64
// VNNI-SAME: tensor<64xi8>, tensor<16xi32>, tensor<16xf32>
// NEON: kernel.contraction words
// NEON-SAME: tensor<12xi16>, tensor<4xi32>, tensor<4xf32>
// SCALAR: kernel.contraction codes
// SCALAR-SAME: lanes = 1 : i64
// SCALAR-SAME: tensor<6xi8>, tensor<2xi32>, tensor<2xf32>
// CHECK-NOT: qnn.linear
module attributes {qcc.target = {name = "TARGET", cpu = "CPU", attributes = ""}} {
  func.func @run(%x: tensor<1x3x!x> {qnn.name = "x"}) -> (tensor<1x2x!y> {qnn.name = "y"}) {
    %w = qnn.constant dense_resource<w> : tensor<2x3xi8> -> tensor<2x3xi8>
    %b = qnn.constant dense_resource<b> : tensor<2xi32> -> tensor<2xi32>
    %s = qnn.constant dense_resource<s> : tensor<1xf32> -> tensor<1xf32>
    %z = qnn.constant dense_resource<z> : tensor<1xi8> -> tensor<1xi8>
    %0 = qnn.kernel (%a = %x : tensor<1x3x!x>, %c = %w : tensor<2x3xi8>, %d = %b : tensor<2xi32>, %e = %s : tensor<1xf32>, %f = %z : tensor<1xi8>) -> tensor<1x2x!y> {
      %1 = qnn.linear %a, %c bias %d scale %e zero_point %f : tensor<1x3x!x>, tensor<2x3xi8>, bias tensor<2xi32>, scale tensor<1xf32>, zero_point tensor<1xi8> -> tensor<1x2x!y>
      qnn.yield %1 : tensor<1x2x!y>
    }
    return %0 : tensor<1x2x!y>
  }
}
// -3 * (1 + 2 + 3) + 10 = -8 and -3 * (4 + 5 + 6) + 20 = -25 start the sums of raw codes.
// VNNI: dialect_resources
// VNNI: F8FFFFFFE7FFFFFF00000000
{-#
  dialect_resources: { builtin: {
    w: "0x01000000010203040506",
    b: "0x040000000A00000014000000",
    s: "0x040000000000803F",
    z: "0x0100000000"
  } }
#-}
