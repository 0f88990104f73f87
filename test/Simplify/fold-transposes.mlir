// RUN: qcc-opt %s -split-input-file -pass-pipeline='builtin.module(func.func(qcc-simplify-fold-transposes))' | FileCheck %s

!q = !quant.uniform<i8:f32, 5.000000e-01:1>

// Through elementwise ops, quantize, bitcast and dequantize to the inverse transpose.
// CHECK-LABEL: func.func @run
// CHECK-SAME: %[[X:[a-z0-9]*]]: tensor<1x4x5x8xf32>
// CHECK-NEXT: %[[R:.*]] = qnn.relu %[[X]]
// CHECK-NEXT: %[[Q:.*]] = qnn.quantize %[[R]]
// CHECK-NEXT: %[[D:.*]] = qnn.dequantize %[[Q]] : tensor<1x4x5x8x!quant.uniform<i8:f32, 5.000000e-01:1>> -> tensor<1x4x5x8xf32>
// CHECK-NEXT: return %[[D]]
func.func @run(%x: tensor<1x4x5x8xf32>) -> tensor<1x4x5x8xf32> {
  %0 = qnn.transpose %x perm [0, 3, 1, 2] : tensor<1x4x5x8xf32> -> tensor<1x8x4x5xf32>
  %1 = qnn.relu %0 : tensor<1x8x4x5xf32> -> tensor<1x8x4x5xf32>
  %2 = qnn.quantize %1 : tensor<1x8x4x5xf32> -> tensor<1x8x4x5x!q>
  %3 = qnn.bitcast %2 : tensor<1x8x4x5x!q> -> tensor<1x8x4x5xi8>
  %4 = qnn.bitcast %3 : tensor<1x8x4x5xi8> -> tensor<1x8x4x5x!q>
  %5 = qnn.dequantize %4 : tensor<1x8x4x5x!q> -> tensor<1x8x4x5xf32>
  %6 = qnn.transpose %5 perm [0, 2, 3, 1] : tensor<1x8x4x5xf32> -> tensor<1x4x5x8xf32>
  return %6 : tensor<1x4x5x8xf32>
}

// -----

// Two branches and a gate of one number for each channel: no transpose is left.
// CHECK-LABEL: func.func @run
// CHECK-NOT: qnn.transpose
// CHECK: return
func.func @run(%x: tensor<1x4x5x8xf32>, %y: tensor<1x4x5x8xf32>, %gate: tensor<1x8x1x1xf32>) -> tensor<1x4x5x8xf32> {
  %0 = qnn.transpose %x perm [0, 3, 1, 2] : tensor<1x4x5x8xf32> -> tensor<1x8x4x5xf32>
  %1 = qnn.transpose %y perm [0, 3, 1, 2] : tensor<1x4x5x8xf32> -> tensor<1x8x4x5xf32>
  %2 = qnn.add %0, %1 : tensor<1x8x4x5xf32>, tensor<1x8x4x5xf32> -> tensor<1x8x4x5xf32>
  %3 = qnn.mul %2, %gate : tensor<1x8x4x5xf32>, tensor<1x8x1x1xf32> -> tensor<1x8x4x5xf32>
  %4 = qnn.transpose %3 perm [0, 2, 3, 1] : tensor<1x8x4x5xf32> -> tensor<1x4x5x8xf32>
  return %4 : tensor<1x4x5x8xf32>
}

// -----

// Attributes follow their dimensions.
// CHECK-LABEL: func.func @run
// CHECK: qnn.concat %{{.*}}, %{{.*}} axis 3 : tensor<1x4x5x8xf32>, tensor<1x4x5x8xf32> -> tensor<1x4x5x16xf32>
// CHECK: qnn.slice %{{.*}} at [0, 1, 0, 2] by [1, 1, 2, 3] : tensor<1x4x5x16xf32> -> tensor<1x3x3x4xf32>
// CHECK: qnn.pad %{{.*}} low [0, 1, 2, 0] high [0, 3, 4, 0] : tensor<1x3x3x4xf32> -> tensor<1x7x9x4xf32>
// CHECK: qnn.softmax %{{.*}} axis 3 : tensor<1x7x9x4xf32> -> tensor<1x7x9x4xf32>
// CHECK: qnn.reduce mean %{{.*}} over [1, 2] : tensor<1x7x9x4xf32> -> tensor<1x1x1x4xf32>
// CHECK-NOT: qnn.transpose
func.func @run(%x: tensor<1x4x5x8xf32>) -> tensor<1x4x1x1xf32> {
  %0 = qnn.transpose %x perm [0, 3, 1, 2] : tensor<1x4x5x8xf32> -> tensor<1x8x4x5xf32>
  %1 = qnn.concat %0, %0 axis 1 : tensor<1x8x4x5xf32>, tensor<1x8x4x5xf32> -> tensor<1x16x4x5xf32>
  %2 = qnn.slice %1 at [0, 2, 1, 0] by [1, 3, 1, 2] : tensor<1x16x4x5xf32> -> tensor<1x4x3x3xf32>
  %3 = qnn.pad %2 low [0, 0, 1, 2] high [0, 0, 3, 4] : tensor<1x4x3x3xf32> -> tensor<1x4x7x9xf32>
  %4 = qnn.softmax %3 axis 1 : tensor<1x4x7x9xf32> -> tensor<1x4x7x9xf32>
  %5 = qnn.reduce mean %4 over [2, 3] : tensor<1x4x7x9xf32> -> tensor<1x4x1x1xf32>
  return %5 : tensor<1x4x1x1xf32>
}

// -----

// Channel shuffle: what is left permutes channels, not the layout.
// CHECK-LABEL: func.func @run
// CHECK-SAME: %[[X:[a-z0-9]*]]: tensor<1x4x5x8xf32>
// CHECK-NEXT: %[[A:.*]] = qnn.reshape %[[X]] : tensor<1x4x5x8xf32> -> tensor<1x4x5x2x4xf32>
// CHECK-NEXT: %[[B:.*]] = qnn.transpose %[[A]] perm [0, 1, 2, 4, 3] : tensor<1x4x5x2x4xf32> -> tensor<1x4x5x4x2xf32>
// CHECK-NEXT: %[[C:.*]] = qnn.reshape %[[B]] : tensor<1x4x5x4x2xf32> -> tensor<1x4x5x8xf32>
// CHECK-NEXT: return %[[C]]
func.func @run(%x: tensor<1x4x5x8xf32>) -> tensor<1x4x5x8xf32> {
  %0 = qnn.transpose %x perm [0, 3, 1, 2] : tensor<1x4x5x8xf32> -> tensor<1x8x4x5xf32>
  %1 = qnn.reshape %0 : tensor<1x8x4x5xf32> -> tensor<1x2x4x4x5xf32>
  %2 = qnn.transpose %1 perm [0, 2, 1, 3, 4] : tensor<1x2x4x4x5xf32> -> tensor<1x4x2x4x5xf32>
  %3 = qnn.reshape %2 : tensor<1x4x2x4x5xf32> -> tensor<1x8x4x5xf32>
  %4 = qnn.transpose %3 perm [0, 2, 3, 1] : tensor<1x8x4x5xf32> -> tensor<1x4x5x8xf32>
  return %4 : tensor<1x4x5x8xf32>
}

// -----

// A flattening transpose before a linear layer permutes its weights, also behind quantize and dequantize, and per-channel
// parameters keep their axis.
!q = !quant.uniform<i8:f32, 5.000000e-01:1>
// CHECK-LABEL: func.func @run
// CHECK: %[[W:.*]] = qnn.constant dense_resource<[[CODES:.*]]> : tensor<2x4xi8>
// CHECK: qnn.dequantize_weights %[[W]]
// CHECK-NOT: qnn.transpose
// CHECK: qnn.linear
// CHECK: [[CODES]]: "0x400000000103020405070608"
func.func @run(%x: tensor<1x1x2x2xf32>, %scale: tensor<2xf32>, %zero: tensor<2xi8>) -> tensor<1x2xf32> {
  %0 = qnn.transpose %x perm [0, 3, 1, 2] : tensor<1x1x2x2xf32> -> tensor<1x2x1x2xf32>
  %1 = qnn.quantize %0 : tensor<1x2x1x2xf32> -> tensor<1x2x1x2x!q>
  %2 = qnn.reshape %1 : tensor<1x2x1x2x!q> -> tensor<1x4x!q>
  %3 = qnn.dequantize %2 : tensor<1x4x!q> -> tensor<1x4xf32>
  %w = qnn.constant dense_resource<w> : tensor<4x2xi8> -> tensor<4x2xi8>
  %4 = qnn.dequantize_weights %w, %scale, %zero {axis = 1 : i64} : tensor<4x2xi8>, tensor<2xf32>, tensor<2xi8> -> tensor<4x2xf32>
  %5 = qnn.transpose %4 perm [1, 0] : tensor<4x2xf32> -> tensor<2x4xf32>
  %6 = qnn.linear %3, %5 : tensor<1x4xf32>, tensor<2x4xf32> -> tensor<1x2xf32>
  return %6 : tensor<1x2xf32>
}
{-# dialect_resources: { builtin: { w: "0x400000000105020603070408" } } #-}

// -----

// The transpose of an input stays, on bytes and before the pad.
!q = !quant.uniform<i8:f32, 5.000000e-01:1>
// CHECK-LABEL: func.func @run
// CHECK: %[[Q:.*]] = qnn.quantize
// CHECK: %[[T:.*]] = qnn.transpose %[[Q]]
// CHECK: %[[D:.*]] = qnn.dequantize %[[T]]
// CHECK: %[[P:.*]] = qnn.pad %[[D]] low [0, 1, 1, 0]
// CHECK: return %[[P]]
func.func @run(%x: tensor<1x3x4x5xf32>) -> tensor<1x5x6x3xf32> {
  %0 = qnn.quantize %x : tensor<1x3x4x5xf32> -> tensor<1x3x4x5x!q>
  %1 = qnn.dequantize %0 : tensor<1x3x4x5x!q> -> tensor<1x3x4x5xf32>
  %2 = qnn.pad %1 low [0, 0, 1, 1] high [0, 0, 0, 0] : tensor<1x3x4x5xf32> -> tensor<1x3x5x6xf32>
  %3 = qnn.transpose %2 perm [0, 2, 3, 1] : tensor<1x3x5x6xf32> -> tensor<1x5x6x3xf32>
  return %3 : tensor<1x5x6x3xf32>
}

// -----

// Transposes of dimensions of size 1 are reshapes: they come to rest although both operands could take them.
// CHECK-LABEL: func.func @run
// CHECK-NOT: qnn.transpose
// CHECK: return
func.func @run(%x: tensor<1x4x8xf32>, %y: tensor<1x1x8xf32>) -> tensor<4x1x8xf32> {
  %0 = qnn.transpose %x perm [1, 0, 2] : tensor<1x4x8xf32> -> tensor<4x1x8xf32>
  %1 = qnn.transpose %y perm [1, 0, 2] : tensor<1x1x8xf32> -> tensor<1x1x8xf32>
  %2 = qnn.add %0, %1 : tensor<4x1x8xf32>, tensor<1x1x8xf32> -> tensor<4x1x8xf32>
  %3 = qnn.reshape %2 : tensor<4x1x8xf32> -> tensor<4x8xf32>
  %4 = qnn.transpose %3 perm [1, 0] : tensor<4x8xf32> -> tensor<8x4xf32>
  %5 = qnn.transpose %4 perm [1, 0] : tensor<8x4xf32> -> tensor<4x8xf32>
  %6 = qnn.reshape %5 : tensor<4x8xf32> -> tensor<4x1x8xf32>
  return %6 : tensor<4x1x8xf32>
}

// -----

// The shuffle of two branches joins their channels in turn, also behind a quantize.
!q = !quant.uniform<i8:f32, 5.000000e-01:1>
// CHECK-LABEL: func.func @run
// CHECK-NOT: qnn.transpose
// CHECK: %[[C:.*]] = qnn.concat %{{.*}}, %{{.*}} axis 4 : tensor<1x4x5x3x1xf32>, tensor<1x4x5x3x1xf32> -> tensor<1x4x5x3x2xf32>
// CHECK-NEXT: %[[Q:.*]] = qnn.quantize %[[C]]
// CHECK-NEXT: %[[R:.*]] = qnn.reshape %[[Q]]
// CHECK-NEXT: return %[[R]]
func.func @run(%x: tensor<1x4x5x3xf32>, %y: tensor<1x4x5x3xf32>) -> tensor<1x4x5x6x!q> {
  %0 = qnn.concat %x, %y axis 3 : tensor<1x4x5x3xf32>, tensor<1x4x5x3xf32> -> tensor<1x4x5x6xf32>
  %1 = qnn.quantize %0 : tensor<1x4x5x6xf32> -> tensor<1x4x5x6x!q>
  %2 = qnn.reshape %1 : tensor<1x4x5x6x!q> -> tensor<1x4x5x2x3x!q>
  %3 = qnn.transpose %2 perm [0, 1, 2, 4, 3] : tensor<1x4x5x2x3x!q> -> tensor<1x4x5x3x2x!q>
  %4 = qnn.reshape %3 : tensor<1x4x5x3x2x!q> -> tensor<1x4x5x6x!q>
  return %4 : tensor<1x4x5x6x!q>
}

// -----

// Planes become channels, also behind a slice.
// CHECK-LABEL: func.func @run
// CHECK-NOT: qnn.transpose
// CHECK: %[[C:.*]] = qnn.concat %{{.*}}, %{{.*}}, %{{.*}} axis 3 : {{.*}} -> tensor<1x4x5x3xf32>
// CHECK-NEXT: qnn.slice %[[C]] at [0, 1, 2, 0] by [1, 1, 1, 1] : tensor<1x4x5x3xf32> -> tensor<1x2x3x3xf32>
func.func @run(%x: tensor<1x1x4x5xf32>, %y: tensor<1x1x4x5xf32>) -> tensor<1x2x3x3xf32> {
  %0 = qnn.concat %x, %y, %x axis 1 : tensor<1x1x4x5xf32>, tensor<1x1x4x5xf32>, tensor<1x1x4x5xf32> -> tensor<1x3x4x5xf32>
  %1 = qnn.slice %0 at [0, 0, 1, 2] by [1, 1, 1, 1] : tensor<1x3x4x5xf32> -> tensor<1x3x2x3xf32>
  %2 = qnn.transpose %1 perm [0, 2, 3, 1] : tensor<1x3x2x3xf32> -> tensor<1x2x3x3xf32>
  return %2 : tensor<1x2x3x3xf32>
}

// -----

// Parts of different sizes, and a joined tensor that is read elsewhere, stay.
// CHECK-LABEL: func.func @run
// CHECK: qnn.transpose
// CHECK: qnn.transpose
func.func @run(%x: tensor<1x4x2xf32>, %y: tensor<1x4x4xf32>) -> (tensor<1x4x3x2xf32>, tensor<1x4x4x2xf32>, tensor<1x4x2x4xf32>) {
  %0 = qnn.concat %x, %y axis 2 : tensor<1x4x2xf32>, tensor<1x4x4xf32> -> tensor<1x4x6xf32>
  %1 = qnn.reshape %0 : tensor<1x4x6xf32> -> tensor<1x4x2x3xf32>
  %2 = qnn.transpose %1 perm [0, 1, 3, 2] : tensor<1x4x2x3xf32> -> tensor<1x4x3x2xf32>
  %3 = qnn.concat %y, %y axis 2 : tensor<1x4x4xf32>, tensor<1x4x4xf32> -> tensor<1x4x8xf32>
  %4 = qnn.reshape %3 : tensor<1x4x8xf32> -> tensor<1x4x2x4xf32>
  %5 = qnn.transpose %4 perm [0, 1, 3, 2] : tensor<1x4x2x4xf32> -> tensor<1x4x4x2xf32>
  return %2, %5, %4 : tensor<1x4x3x2xf32>, tensor<1x4x4x2xf32>, tensor<1x4x2x4xf32>
}

// -----

// Transposes around a reshape that cuts across dimensions are one.
// CHECK-LABEL: func.func @run
// CHECK-NEXT: %[[A:.*]] = qnn.reshape %{{.*}} : tensor<1x99x8xf32> -> tensor<3x33x8xf32>
// CHECK-NEXT: %[[B:.*]] = qnn.transpose %[[A]] perm [1, 2, 0] : tensor<3x33x8xf32> -> tensor<33x8x3xf32>
// CHECK-NEXT: %[[C:.*]] = qnn.reshape %[[B]] : tensor<33x8x3xf32> -> tensor<1x33x24xf32>
// CHECK-NEXT: return %[[C]]
func.func @run(%x: tensor<1x99x8xf32>) -> tensor<1x33x24xf32> {
  %0 = qnn.transpose %x perm [0, 2, 1] : tensor<1x99x8xf32> -> tensor<1x8x99xf32>
  %1 = qnn.reshape %0 : tensor<1x8x99xf32> -> tensor<1x24x33xf32>
  %2 = qnn.transpose %1 perm [0, 2, 1] : tensor<1x24x33xf32> -> tensor<1x33x24xf32>
  return %2 : tensor<1x33x24xf32>
}

// -----

// A part of a state joins a convolution's input in the order of the convolution; what becomes of the state is transposed.
// CHECK-LABEL: func.func @run
// CHECK-SAME: %[[S:[a-z0-9]*]]: tensor<1x2x3x4xf32>, %[[X:[a-z0-9]*]]: tensor<1x1x4x2xf32>
// CHECK: %[[T:.*]] = qnn.transpose %[[S]] perm [0, 2, 3, 1]
// CHECK: %[[C:.*]] = qnn.concat %[[T]], %[[X]] axis 1 : tensor<1x3x4x2xf32>, tensor<1x1x4x2xf32> -> tensor<1x4x4x2xf32>
// CHECK-DAG: qnn.conv2d %[[C]]
// CHECK-DAG: %[[N:.*]] = qnn.slice %[[C]] at [0, 1, 0, 0]
// CHECK-DAG: qnn.transpose %[[N]] perm [0, 3, 1, 2]
func.func @run(%state: tensor<1x2x3x4xf32>, %x: tensor<1x1x4x2xf32>, %w: tensor<2x1x1x2xf32>) -> (tensor<1x4x4x2xf32>, tensor<1x2x3x4xf32>) {
  %0 = qnn.transpose %x perm [0, 3, 1, 2] : tensor<1x1x4x2xf32> -> tensor<1x2x1x4xf32>
  %1 = qnn.concat %state, %0 axis 2 : tensor<1x2x3x4xf32>, tensor<1x2x1x4xf32> -> tensor<1x2x4x4xf32>
  %2 = qnn.transpose %1 perm [0, 2, 3, 1] : tensor<1x2x4x4xf32> -> tensor<1x4x4x2xf32>
  %3 = qnn.conv2d %2, %w {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>} : tensor<1x4x4x2xf32>, tensor<2x1x1x2xf32> -> tensor<1x4x4x2xf32>
  %4 = qnn.slice %1 at [0, 0, 1, 0] by [1, 1, 1, 1] : tensor<1x2x4x4xf32> -> tensor<1x2x3x4xf32>
  return %3, %4 : tensor<1x4x4x2xf32>, tensor<1x2x3x4xf32>
}

// -----

// A clamp runs in the contractions that make its elements, not behind what lays them side by side; not where another op makes some.
// CHECK-LABEL: func.func @run
// CHECK: %[[C:.*]] = qnn.conv2d
// CHECK: %[[R:.*]] = qnn.relu %[[C]] : tensor<1x1x4x2xf32>
// CHECK: %[[D:.*]] = qnn.conv2d
// CHECK: %[[S:.*]] = qnn.relu %[[D]] : tensor<1x1x4x2xf32>
// CHECK: %[[J:.*]] = qnn.concat %[[R]], %[[S]] axis 3
// CHECK: %[[P:.*]] = qnn.reshape %[[J]]
// CHECK: %[[Q:.*]] = qnn.slice %[[P]]
// CHECK: %[[O:.*]] = qnn.concat
// CHECK: %[[T:.*]] = qnn.relu %[[O]]
// CHECK: return %[[Q]], %[[T]]
func.func @run(%x: tensor<1x1x4x2xf32>, %w: tensor<2x1x1x2xf32>) -> (tensor<1x1x7x2xf32>, tensor<1x1x8x2xf32>) {
  %0 = qnn.conv2d %x, %w {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>} : tensor<1x1x4x2xf32>, tensor<2x1x1x2xf32> -> tensor<1x1x4x2xf32>
  %1 = qnn.conv2d %x, %w {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>} : tensor<1x1x4x2xf32>, tensor<2x1x1x2xf32> -> tensor<1x1x4x2xf32>
  %2 = qnn.concat %0, %1 axis 3 : tensor<1x1x4x2xf32>, tensor<1x1x4x2xf32> -> tensor<1x1x4x4xf32>
  %3 = qnn.reshape %2 : tensor<1x1x4x4xf32> -> tensor<1x1x8x2xf32>
  %4 = qnn.slice %3 at [0, 0, 1, 0] by [1, 1, 1, 1] : tensor<1x1x8x2xf32> -> tensor<1x1x7x2xf32>
  %5 = qnn.relu %4 : tensor<1x1x7x2xf32> -> tensor<1x1x7x2xf32>
  %6 = qnn.conv2d %x, %w {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>} : tensor<1x1x4x2xf32>, tensor<2x1x1x2xf32> -> tensor<1x1x4x2xf32>
  %7 = qnn.concat %6, %x axis 2 : tensor<1x1x4x2xf32>, tensor<1x1x4x2xf32> -> tensor<1x1x8x2xf32>
  %8 = qnn.relu %7 : tensor<1x1x8x2xf32> -> tensor<1x1x8x2xf32>
  return %5, %8 : tensor<1x1x7x2xf32>, tensor<1x1x8x2xf32>
}

// -----

// Moves of quantized weights end in the codes: a pad takes the zero point, a slice takes its scales along, and dimensions that join
// the one with the scales repeat them.
// CHECK-LABEL: func.func @run
// CHECK-DAG: %[[W:.*]] = qnn.constant dense_resource<[[CODES:.*]]> : tensor<8xui8>
// CHECK-DAG: %[[S:.*]] = qnn.constant dense_resource<[[SCALES:.*]]> : tensor<8xf32>
// CHECK-DAG: %[[Z:.*]] = qnn.constant dense_resource<[[ZEROS:.*]]> : tensor<8xui8>
// CHECK: %[[R:.*]] = qnn.dequantize_weights %[[W]], %[[S]], %[[Z]] :
// CHECK: return %[[R]]
// CHECK-DAG: [[CODES]]: "0x400000000405060901020309"
// CHECK-DAG: [[SCALES]]: "0x400000000000004000000040000000400000004000{{00803F0000803F0000803F0000803F}}"
// CHECK-DAG: [[ZEROS]]: "0x400000000909090909090909"
func.func @run() -> tensor<8xf32> {
  %w = qnn.constant dense_resource<padded> : tensor<2x3xui8> -> tensor<2x3xui8>
  %scale = qnn.constant dense_resource<scales> : tensor<2xf32> -> tensor<2xf32>
  %zero = qnn.constant dense_resource<nines> : tensor<2xui8> -> tensor<2xui8>
  %0 = qnn.dequantize_weights %w, %scale, %zero : tensor<2x3xui8>, tensor<2xf32>, tensor<2xui8> -> tensor<2x3xf32>
  %1 = qnn.pad %0 low [0, 0] high [0, 1] : tensor<2x3xf32> -> tensor<2x4xf32>
  %2 = qnn.slice %1 at [1, 0] by [-1, 1] : tensor<2x4xf32> -> tensor<2x4xf32>
  %3 = qnn.reshape %2 : tensor<2x4xf32> -> tensor<8xf32>
  return %3 : tensor<8xf32>
}
{-# dialect_resources: { builtin: { padded: "0x40000000010203040506", scales: "0x400000000000803F00000040", nines: "0x400000000909" } } #-}
