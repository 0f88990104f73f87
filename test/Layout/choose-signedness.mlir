// RUN: qcc-opt %s -qcc-layout-choose-signedness | FileCheck %s

!s = !quant.uniform<i8:f32, 5.000000e-01:3>

// The network's input and output stay i8: a table flips the top bit on the way in and out.
// CHECK-LABEL: func.func @run(%{{.*}}: tensor<4xi8>
// CHECK-SAME: -> (tensor<4xi8>
module attributes {qcc.target = {name = "x86_64", cpu = "", attributes = ""}} {
  func.func @run(%x: tensor<4xi8> {qnn.name = "x"}) -> (tensor<4xi8> {qnn.name = "y"}) {
    // CHECK: qnn.kernel
    // CHECK-NEXT: qnn.lookup %{{.*}} : tensor<4xi8>, tensor<256xui8> -> tensor<4x!quant.uniform<u8:f32, 5.000000e-01:131>>
    %0 = qnn.bitcast %x : tensor<4xi8> -> tensor<4x!s>
    // CHECK: qnn.kernel
    // CHECK-NEXT: qnn.relu %{{.*}} : tensor<4x!quant.uniform<u8:f32, 5.000000e-01:131>>
    %1 = qnn.kernel (%a = %0 : tensor<4x!s>) -> tensor<4x!s> {
      %r = qnn.relu %a : tensor<4x!s> -> tensor<4x!s>
      qnn.yield %r : tensor<4x!s>
    }
    // CHECK: qnn.kernel
    // CHECK-NEXT: qnn.lookup %{{.*}} : tensor<4x!quant.uniform<u8:f32, 5.000000e-01:131>>, tensor<256xi8> -> tensor<4xi8>
    %2 = qnn.bitcast %1 : tensor<4x!s> -> tensor<4xi8>
    return %2 : tensor<4xi8>
  }
}
