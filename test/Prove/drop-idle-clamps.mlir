// RUN: qcc-opt %s -split-input-file -pass-pipeline='builtin.module(func.func(qcc-prove-drop-idle-clamps))' | FileCheck %s

!low = !quant.uniform<i8:f32, 1.000000e+00:-128>
!mid = !quant.uniform<i8:f32, 1.000000e+00:0>

// CHECK-LABEL: func.func @run
// CHECK-SAME: %[[X:[a-z0-9]*]]: {{.*}}, %[[Y:[a-z0-9]*]]:
// CHECK-NEXT: %[[R:.*]] = qnn.relu %[[Y]]
// CHECK-NEXT: return %[[X]], %[[R]]
func.func @run(%x: tensor<4x!low>, %y: tensor<4x!mid>) -> (tensor<4x!low>, tensor<4x!mid>) {
  %0 = qnn.relu %x : tensor<4x!low> -> tensor<4x!low>
  %1 = qnn.relu %y : tensor<4x!mid> -> tensor<4x!mid>
  return %0, %1 : tensor<4x!low>, tensor<4x!mid>
}

// -----

!mid = !quant.uniform<i8:f32, 1.000000e+00:0>

// A second clamp has nothing left to do, also behind moves; a tighter one has.
// CHECK-LABEL: func.func @run
// CHECK-NEXT: %[[C:.*]] = qnn.clip %{{.*}} to 0.000000e+00, 6.000000e+00
// CHECK-NEXT: %[[S:.*]] = qnn.reshape %[[C]]
// CHECK-NEXT: %[[T:.*]] = qnn.clip %[[S]] to 0.000000e+00, 5.000000e+00
// CHECK-NEXT: return %[[S]], %[[T]]
func.func @run(%x: tensor<4x!mid>) -> (tensor<2x2x!mid>, tensor<2x2x!mid>) {
  %0 = qnn.clip %x to 0.0, 6.0 : tensor<4x!mid> -> tensor<4x!mid>
  %1 = qnn.reshape %0 : tensor<4x!mid> -> tensor<2x2x!mid>
  %2 = qnn.relu %1 : tensor<2x2x!mid> -> tensor<2x2x!mid>
  %3 = qnn.clip %1 to 0.0, 5.0 : tensor<2x2x!mid> -> tensor<2x2x!mid>
  return %2, %3 : tensor<2x2x!mid>, tensor<2x2x!mid>
}
