// RUN: qcc-opt %s -qcc-codegen-emulate-float | FileCheck %s
// RUN: sed s/cortex-m3/cortex-m4/ %s | qcc-opt -qcc-codegen-emulate-float | FileCheck %s --check-prefix=UNIT

// Only kernels without f32 tensors, only on cores without a float unit; one function for each operation.
// CHECK-LABEL: func.func private @m_kernel0(
// CHECK-NOT: arith.{{.*}}f32
// CHECK: %[[X:.*]] = call @m_convert(
// CHECK: %[[P:.*]] = call @m_multiply(%[[X]], %{{.*}}) : (f32, f32) -> f32
// CHECK: call @m_add(%[[P]], %{{.*}}) : (f32, f32) -> f32
// CHECK: %[[NEGATED:.*]] = arith.bitcast %{{.*}} : i32 to f32
// CHECK: call @m_add(%{{.*}}, %[[NEGATED]]) : (f32, f32) -> f32
// CHECK: call @m_divide(
// CHECK: %[[GREATER:.*]] = arith.cmpi sgt
// CHECK: arith.andi %[[GREATER]]
// CHECK: arith.select
// Vectors are taken apart.
// CHECK-LABEL: func.func private @m_kernel2(
// CHECK-NOT: arith.{{(mulf|sitofp|cmpf)}}
// CHECK-COUNT-2: call @m_convert(
// CHECK: vector.from_elements
// CHECK-COUNT-2: call @m_multiply(
// CHECK: vector.from_elements
// CHECK-COUNT-2: arith.cmpi sgt
// CHECK: vector.from_elements {{.*}} : vector<2xi1>
// Kernels with f32 tensors keep everything but the root.
// CHECK-LABEL: func.func private @m_kernel1(
// CHECK: arith.mulf
// CHECK: call @m_root(
// CHECK: func.func private @m_convert(%{{.*}}: i32, %{{.*}}: i32) -> f32
// CHECK: func.func private @m_multiply(%{{.*}}: f32, %{{.*}}: f32) -> f32
// CHECK-NOT: f32 {{.*}}arith.mulf

// UNIT: arith.sitofp
// UNIT: arith.mulf
// UNIT: math.sqrt
// UNIT-NOT: qcc.integer
module attributes {qcc.name = "m", qcc.target = {name = "cortex-m3", cpu = "", attributes = ""}} {
  func.func private @m_kernel0(%i: i32, %a: f32, %b: f32) -> f32 attributes {qcc.integer} {
    %x = arith.sitofp %i : i32 to f32
    %p = arith.mulf %x, %a : f32
    %s = arith.addf %p, %b : f32
    %d = arith.subf %s, %a : f32
    %q = arith.divf %d, %b : f32
    %c = arith.cmpf ogt, %q, %a : f32
    %y = arith.select %c, %q, %a : f32
    return %y : f32
  }
  func.func private @m_kernel2(%i: vector<2xi32>, %a: vector<2xf32>) -> vector<2xi1> attributes {qcc.integer} {
    %x = arith.sitofp %i : vector<2xi32> to vector<2xf32>
    %p = arith.mulf %x, %a : vector<2xf32>
    %c = arith.cmpf ogt, %p, %a : vector<2xf32>
    return %c : vector<2xi1>
  }
  func.func private @m_kernel1(%a: f32, %b: f32) -> f32 {
    %p = arith.mulf %a, %b : f32
    %r = math.sqrt %p : f32
    return %r : f32
  }
}
